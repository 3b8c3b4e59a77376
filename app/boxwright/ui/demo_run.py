"""The demo without a display: its main job, played through the real window off screen with real events."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from PySide6.QtCore import QMessageLogContext, Qt, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from boxwright.config import paths
from boxwright.config.logging import logger
from boxwright.config.settings import Settings
from boxwright.domain.errors import BoxwrightError, ProjectError
from boxwright.services.demo.report import Played, write_report
from boxwright.services.demo.truth import FILE, TrueBox, read_truth
from boxwright.services.project import Project
from boxwright.ui.application import make_application
from boxwright.ui.demo_hand import LEFT, press, wait_a_moment, wait_until
from boxwright.ui.demo_worker import PlayedWorker
from boxwright.ui.dialogs.base import Sheet
from boxwright.ui.dialogs.exporting import ExportDialog
from boxwright.ui.dialogs.next_batch import NextBatchDialog
from boxwright.ui.main_window import MainWindow
from boxwright.ui.theme import apply_theme
from boxwright.ui.workspace import Record, Workspace

IMAGES = 10
BATCH = 16
SEED = "42"
EXPORT = "coco"


def play_demo(project: Path, out: Path, images: int = IMAGES) -> Mapping[str, Any]:
    """Pre-label, draw a batch, correct `images` images of it and export to COCO, all through the window; leaves
    screenshots, the export and a summary in `out` and returns the summary. Off screen, whatever display there is.

    Raises `BoxwrightError` naming the step that did not come about."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    out = out.absolute()
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ProjectError(f"The demo's report cannot be written to {out}: {error.strerror}.") from error
    began = monotonic()
    with _settings_of_its_own(), _calm_platform():
        app = make_application()
        apply_theme(app, "light")
        window = MainWindow(Settings())
        play = _Play(window, out)
        try:
            edits = play.run(project, images)
        finally:
            window.close_project()
            window.close()
            window.deleteLater()
    with Project.open(project, read_only=True) as closed:
        return write_report(closed, Played(edits, play.screenshots, out / EXPORT, monotonic() - began), out)


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


class _Play:
    """One run through one window."""

    def __init__(self, window: MainWindow, out: Path) -> None:
        self._window, self._out = window, out
        self.screenshots: list[Path] = []

    @property
    def _workspace(self) -> Workspace:
        if self._window.workspace is None:
            raise BoxwrightError("The played demo stopped: the project did not open in the window.")
        return self._window.workspace

    def run(self, project: Path, images: int) -> dict[int, int]:
        """Image id -> edits by hand of every image that was finished."""
        self._window.show()
        self._window.activateWindow()
        self._shoot("start")
        self._window.open_project(project)
        wait_until(lambda: self._window.work_area is not None and self._shown(), "the first image")
        self._through("detector.prelabel", "prelabel")
        self._shoot("prelabelled")
        self._draw_batch()
        edits = self._correct(read_truth(project / FILE), images)
        self._export()
        return edits

    def _draw_batch(self) -> None:
        before = self._workspace.queue.latest

        def fill(dialog: Sheet) -> None:
            assert isinstance(dialog, NextBatchDialog)
            _type(dialog.size_box, str(BATCH))
            _type(dialog.seed, SEED)

        self._through("batch.next", "next-batch", fill)
        wait_until(lambda: self._workspace.queue.batch not in (None, before) and self._shown(), "the new batch")
        if not self._left():
            raise BoxwrightError("The played demo stopped: no image of the batch is left to label.")

    def _correct(self, truth: Mapping[str, tuple[TrueBox, ...]], images: int) -> dict[int, int]:
        area = self._window.work_area
        assert area is not None
        # Off screen no window manager gives the keyboard back after a dialog.
        self._window.activateWindow()
        area.canvas.setFocus()
        wait_until(area.canvas.hasFocus, "the keyboard")
        worker = PlayedWorker(area.canvas, truth)
        edits: dict[int, int] = {}
        most = 0
        while len(edits) < images:
            record = self._workspace.record
            assert record is not None
            if record.image.id in edits:
                break
            crowd = len(truth[record.file.name])
            told = not edits or crowd > most
            most = max(most, crowd)
            name = "first" if not edits else "crowded"
            if told:
                self._shoot(f"{name}-before", again=True)
            edits[record.image.id] = worker.correct(record.file)
            if told:
                self._shoot(f"{name}-after", again=True)
            worker.accept()
            wait_until(lambda before=record: self._moved_on(before), "the next image")  # type: ignore[misc]
        self._shoot("done")
        return edits

    def _export(self) -> None:
        def fill(dialog: Sheet) -> None:
            assert isinstance(dialog, ExportDialog)
            dialog.format.setCurrentIndex(dialog.format.findData(EXPORT))
            _type(dialog.out.edit, str(self._out / EXPORT))

        self._through("project.export", "export", fill)

    def _through(self, action: str, name: str, fill: Callable[[Sheet], None] | None = None) -> None:
        """Open the dialog of `action`, let `fill` work in it, press its button and see it through to the end."""
        self._window.actions_map[action].trigger()
        wait_until(lambda: isinstance(QApplication.activeModalWidget(), Sheet), f"the dialog for {name}")
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, Sheet)
        gone: list[bool] = []
        dialog.destroyed.connect(lambda: gone.append(True))
        if fill:
            fill(dialog)
        self._shoot(name, dialog)
        QTest.mouseClick(dialog.go, LEFT)
        wait_until(lambda: bool(gone) or not dialog.isVisible() or _finished(dialog), name, 120)
        if not gone and dialog.isVisible():
            if dialog.problem.isVisible():
                raise BoxwrightError(f"The played demo stopped at {name}: {dialog.problem.text()}")
            self._shoot(f"{name}-done", dialog)
            press(dialog, Qt.Key.Key_Escape)
        wait_until(lambda: self._window.task is None, name, 120)

    def _shown(self) -> bool:
        """An image with its boxes is on the canvas."""
        workspace = self._workspace
        return workspace.record is not None and workspace.model.labels is not None

    def _left(self) -> bool:
        """Some image of the queue is still to be labelled."""
        return self._workspace.queue.next_open(-1) is not None

    def _moved_on(self, before: Record) -> bool:
        """The next image is shown, or `before` was the last one and is finished."""
        record = self._workspace.record
        if record is not None and record.image.id != before.image.id:
            return self._shown()
        return not self._left()

    def _shoot(self, name: str, widget: QWidget | None = None, again: bool = False) -> None:
        """Save what is on screen; `again` replaces an earlier picture of that name."""
        wait_a_moment()
        known = [path for path in self.screenshots if path.stem.partition("-")[2] == name]
        path = known[0] if known and again else self._out / f"{len(self.screenshots) + 1:02d}-{name}.png"
        (widget or self._window).grab().save(str(path))
        if path not in self.screenshots:
            self.screenshots.append(path)


def _finished(dialog: Sheet) -> bool:
    """The dialog stays open to be read: its work is done, or it complains."""
    return dialog.go.isHidden() or dialog.problem.isVisible()


def _type(field: QWidget, text: str) -> None:
    """Replace what stands in a field by typing."""
    field.setFocus()
    QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(field, text)
