"""Played use of the window, off screen: opens dialogs, presses their buttons, looks at what is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from boxwright.domain.errors import BoxwrightError
from boxwright.ui.demo.hand import LEFT, press
from boxwright.ui.demo.wait import wait_a_moment, wait_until
from boxwright.ui.project.workspace import ImageRecord, Workspace
from boxwright.ui.shell.main_window import MainWindow
from boxwright.ui.shell.open_project import OpenProject
from boxwright.ui.widgets.dialog import Sheet

Narrate = Callable[[str], None]
"""A line for who watches a story that is played off screen."""


class Player:
    """Player of the window. Leaves numbered `screenshots` in `out`. Everything here raises `BoxwrightError` naming
    what did not come."""

    def __init__(self, window: MainWindow, out: Path, narrate: Narrate = lambda _: None) -> None:
        self.window, self.out, self.narrate = window, out, narrate
        self.screenshots: list[Path] = []

    @property
    def opened(self) -> OpenProject:
        if self.window.opened is None:
            raise BoxwrightError("The played demo stopped: the project did not open in the window.")
        return self.window.opened

    @property
    def workspace(self) -> Workspace:
        return self.opened.workspace

    def open(self, project: Path) -> None:
        self.window.show()
        self.window.activateWindow()
        self.shoot("start")
        self.window.open_project(project)
        wait_until(lambda: self.window.opened is not None and self.shown(), "the first image")

    def through(self, action: str, name: str, fill: Callable[[Sheet], None] | None = None) -> None:
        """Open the dialog of `action`, let `fill` work in it, press its button and see it through to the end."""
        dialog, gone = self._dialog(action, name)
        if fill:
            fill(dialog)
        self.shoot(name, dialog)
        QTest.mouseClick(dialog.go, LEFT)
        wait_until(lambda: bool(gone) or not dialog.isVisible() or _finished(dialog), name)
        if not gone and dialog.isVisible():
            if dialog.problem.isVisible():
                raise BoxwrightError(f"The played demo stopped at {name}: {dialog.problem.text()}")
            self.shoot(f"{name}-done", dialog)
            press(dialog, Qt.Key.Key_Escape)
        wait_until(lambda: self.opened.task is None, name)

    def look(self, action: str, name: str, ready: Callable[[Sheet], bool]) -> None:
        """Open the dialog of `action`, take a picture once `ready`, and close it."""
        dialog, gone = self._dialog(action, name)
        wait_until(lambda: ready(dialog), name)
        self.shoot(name, dialog)
        press(dialog, Qt.Key.Key_Escape)
        wait_until(lambda: bool(gone), f"the end of {name}")

    def to_the_canvas(self) -> None:
        """Off screen no window manager gives the keyboard back after a dialog."""
        self.window.activateWindow()
        self.opened.canvas.setFocus()
        wait_until(self.opened.canvas.hasFocus, "the keyboard")

    def shown(self) -> bool:
        """An image with its boxes is on the canvas."""
        return self.workspace.record is not None and self.workspace.model.labels is not None

    def left(self) -> bool:
        """Some image of the queue is still to be labelled."""
        return self.workspace.queue.next_open(-1) is not None

    def moved_on(self, before: ImageRecord) -> bool:
        """The next image is shown, or `before` was the last one and is finished."""
        record = self.workspace.record
        if record is not None and record.image.id != before.image.id:
            return self.shown()
        return not self.left()

    def shoot(self, name: str, widget: QWidget | None = None, again: bool = False) -> None:
        """Save what is on screen; `again` replaces an earlier picture of that name."""
        wait_a_moment()
        known = [path for path in self.screenshots if path.stem.partition("-")[2] == name]
        path = known[0] if known and again else self.out / f"{len(self.screenshots) + 1:02d}-{name}.png"
        (widget or self.window).grab().save(str(path))
        if path not in self.screenshots:
            self.screenshots.append(path)

    def _dialog(self, action: str, name: str) -> tuple[Sheet, list[bool]]:
        """The dialog, and a list that is no longer empty once it is gone."""
        self.window.live_actions[action].trigger()
        wait_until(lambda: isinstance(QApplication.activeModalWidget(), Sheet), f"the dialog for {name}")
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, Sheet)
        gone: list[bool] = []
        dialog.destroyed.connect(lambda: gone.append(True))
        return dialog, gone


def type_into(field: QWidget, text: str) -> None:
    """Replace what stands in a field by typing."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)


def _finished(dialog: Sheet) -> bool:
    """The dialog stays open to be read: its work is done, or it complains."""
    return dialog.go.isHidden() or dialog.problem.isVisible()
