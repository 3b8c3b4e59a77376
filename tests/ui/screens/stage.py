"""The window in one look, going from state to state."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QApplication, QDialog
from tests.presence import present
from tests.ui.screens.pool import finish

from boxwright.config import paths
from boxwright.config.settings import Settings, Theme
from boxwright.ui.demo.wait import comes
from boxwright.ui.project.queue import View
from boxwright.ui.shell.main_window import MainWindow

SIZE = (1366, 768)


@dataclass(frozen=True)
class Look:
    theme: Theme
    language: str

    @property
    def name(self) -> str:
        return f"{self.theme} {self.language}"


LOOKS = tuple(Look(theme, language) for theme in ("light", "dark") for language in ("en", "ko"))
CONTRAST = Look("contrast", "en")


class Stage:
    """`pool`: what `make_pool` made; it is copied, so that a state may change it."""

    def __init__(self, pool: Path, look: Look, work: Path) -> None:
        shutil.copytree(pool.parent, work / "pool")
        self.folder = work / "pool" / pool.name
        self.done = work / "pool" / "finished parts"
        shutil.copytree(self.folder, self.done)
        finish(self.done)
        self.detector = paths.models() / "starter.onnx"
        self.look = look
        self.window = MainWindow(Settings())
        self.window.change_setting(theme=look.theme, language=look.language)
        self.window.resize(*SIZE)
        self.window.show()
        self.window.activateWindow()
        self.until(self.window.isActiveWindow)

    def until(self, condition: Callable[[], object]) -> None:
        assert comes(lambda: bool(condition())), "What was waited for did not come, and nothing is at work any more."

    def settle(self) -> None:
        """Until what was asked for is laid out and painted."""
        for _ in range(12):
            QApplication.processEvents()
            time.sleep(0.004)

    # --- where a state begins --------------------------------------------------------------------------------------

    def home(self) -> MainWindow:
        """The start page."""
        self.clear()
        assert self.window.close_project()
        return self.window

    def project(self, done: bool = False) -> MainWindow:
        """A project on the canvas; `done`: the one with nothing left to label."""
        self.clear()
        folder = self.done if done else self.folder
        opened = self.window.opened
        if opened is None or opened.workspace.project.folder != folder:
            self.window.open_project(folder)
            self.until(lambda: self.window.opened is not None and self.window.opened.workspace.queue_loaded)
        return self.window

    def batch(self) -> MainWindow:
        """The first image of the batch, nothing selected."""
        window = self.project()
        workspace = present(window.opened).workspace
        if workspace.queue.view is not View.BATCH:
            workspace.show_list(View.BATCH)
            self.until(lambda: workspace.queue.view is View.BATCH and workspace.queue_loaded)
        first = int(workspace.queue.ids[0])
        workspace.show_image(first)
        self.until(lambda: (labels := workspace.model.labels) is not None and labels.image_id == first)
        self.until(lambda: workspace.shown_scale is not None)
        workspace.model.select(())
        return window

    def dialog(self, window: MainWindow, action_id: str) -> QDialog:
        window.live_actions[action_id].trigger()
        return self.topmost()

    def topmost(self) -> QDialog:
        self.until(lambda: QApplication.activeModalWidget() is not None)
        found = QApplication.activeModalWidget()
        assert isinstance(found, QDialog)
        return found

    def clear(self) -> None:
        """No dialog, no gallery, no banner, no panel of a retraining."""
        for dialog in self.window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.reject()
        self.until(lambda: QApplication.activeModalWidget() is None)
        self.window.banner.hold("")
        self.window.banner.tell("")
        self.window.status.retraining.hide()
        if self.window.opened is not None and self.window.opened.gallery.shown:
            self.window.opened.gallery.leave()
        if self.window.opened is not None and (turn := self.window.opened.retraining):
            if turn.panel is not None:
                turn.panel.hide()
            turn.run = None
            self.window.update_actions()

    def close(self) -> None:
        self.home()
        self.window.close()
