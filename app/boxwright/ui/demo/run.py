"""Run of the demo without a display: its main job, played through the real window off screen with real events."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from boxwright.config import paths
from boxwright.config.logging import logger
from boxwright.config.settings import Settings
from boxwright.domain.errors import ProjectError
from boxwright.services.demo.report import Played, clear_report, write_report
from boxwright.services.project.project import Project
from boxwright.ui.demo.play import Narrate, Player
from boxwright.ui.demo.story import EXPORT, Story, StorySettings
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.shell.application import make_application
from boxwright.ui.shell.main_window import MainWindow


def play_demo(project: Path, out: Path, plot: StorySettings, narrate: Narrate = lambda _: None) -> Mapping[str, Any]:
    """Pre-label, draw a batch, correct it, retrain and so on as `plot` has it, and export to COCO, all through the
    window; leaves screenshots, the export and a summary in `out` and returns the summary. Off screen, whatever display
    there is. `narrate` gets a line for each stage.

    Raises `BoxwrightError` naming the step that did not come about."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    out = out.absolute()
    try:
        out.mkdir(parents=True, exist_ok=True)
        clear_report(out)
    except OSError as error:
        raise ProjectError(f"The demo's report cannot be written to {out}: {error.strerror}.") from error
    began = monotonic()
    with _settings_of_its_own(), _calm_platform():
        app = make_application()
        apply_theme(app, "light")
        window = MainWindow(Settings())
        player = Player(window, out, narrate)
        story = Story(player, project, plot)
        try:
            story.play()
        finally:
            window.close_project()
            window.close()
            window.deleteLater()
    with Project.open(project, read_only=True) as closed:
        played = Played(story.laps, player.screenshots, out / EXPORT, monotonic() - began, story.note)
        return write_report(closed, played, out)


@contextmanager
def _settings_of_its_own() -> Iterator[None]:
    """A played run leaves no trace in a person's settings, such as its project among the recent ones."""
    before = os.environ.get(paths.HOME_VARIABLE)
    with tempfile.TemporaryDirectory() as home:
        os.environ[paths.HOME_VARIABLE] = home
        try:
            yield
        finally:
            os.environ.pop(paths.HOME_VARIABLE)
            if before is not None:
                os.environ[paths.HOME_VARIABLE] = before


@contextmanager
def _calm_platform() -> Iterator[None]:
    """The off-screen platform complains about each window's size hints; all else that Qt says goes to the log."""

    def tell(_kind: QtMsgType, _context: QMessageLogContext, message: str | None) -> None:
        if message and "propagateSizeHints" not in message:
            logger.warning("Qt: %s", message)

    before = qInstallMessageHandler(tell)
    try:
        yield
    finally:
        qInstallMessageHandler(before)
