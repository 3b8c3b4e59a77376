"""Application start: paint first, load the project and the heavy libraries afterwards."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from boxwright.config import paths
from boxwright.config.logging import start_logging
from boxwright.config.settings import load_settings
from boxwright.domain.messages import joined
from boxwright.services.project.layout import DATABASE
from boxwright.ui.language.translation import use_language
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.shell.interrupt import InterruptWatch
from boxwright.ui.shell.main_window import MainWindow
from boxwright.ui.shell.uncaught import UncaughtReporter
from boxwright.ui.shell.warm_up import AFTER_MS, warm_up


def make_application() -> QApplication:
    """The one QApplication of this process, named and dressed."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        # Qt's own file dialog writes the folders it showed there; on Windows and macOS the system's is used.
        QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(paths.config_dir()))
        app = QApplication(sys.argv[:1])
    app.setApplicationName("boxwright")
    app.setApplicationDisplayName("Boxwright")
    app.setDesktopFileName("boxwright")
    picture = paths.resources() / "icons" / "boxwright.svg"
    if picture.is_file():
        app.setWindowIcon(QIcon(str(picture)))
    return app


def project_folder(given: Path) -> Path:
    """The project's folder, also for the file in it that a file manager hands over."""
    return given.parent if given.name == DATABASE and given.is_file() else given


def run_window(project_path: str | Path | None) -> int:
    """Open the window, on `project_path` when one is given, and return the exit status when it closes."""
    start_logging(to_file=True)
    app = make_application()
    settings, warnings = load_settings()
    apply_theme(app, settings.theme)
    use_language(app, settings.language)
    window = MainWindow(settings)
    UncaughtReporter(window.banner)
    InterruptWatch(window)
    window.show()
    if warnings:
        window.banner.tell(joined(" ", warnings))
    if project_path is not None:
        folder = project_folder(Path(project_path))
        # After the first paint, so that a window is there at once even for a large pool on a slow disk.
        QTimer.singleShot(0, window, lambda: window.open_project(folder))
    else:
        QTimer.singleShot(AFTER_MS, window, warm_up)
    return app.exec()
