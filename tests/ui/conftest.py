"""A real project on disk and the real window on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as PillowImage
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from boxwright.config.settings import Settings
from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.labels import ImageLabels
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.demo.wait import comes
from boxwright.ui.project.workspace import Workspace
from boxwright.ui.shell.main_window import MainWindow

CLASSES = ("nut", "bolt", "washer")
BOXES = ((10.0, 10.0, 50.0, 40.0), (60.0, 30.0, 110.0, 90.0))
SCORES = ((0.85, 0.10, 0.05), (0.45, 0.40, 0.15))


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and caches of a test are its own."""
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path / "home"))


def wait_until(condition: Callable[[], bool]) -> None:
    """Let the window work until `condition` holds, however long that takes; fails when nothing moves any more."""
    assert comes(condition), "What was waited for did not come, and nothing is at work any more."


def show(window: QWidget) -> None:
    """On screen, and with the keyboard."""
    window.show()
    window.activateWindow()
    wait_until(window.isActiveWindow)


def make_pictures(folder: Path, count: int, size: tuple[int, int] = (160, 120)) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(7)
    for number in range(count):
        pixels = rng.integers(0, 255, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8)
        PillowImage.fromarray(pixels).resize(size).save(folder / f"part {number:02}.jpg")


def add_detector(project: Project) -> int:
    """A detector of the project that has already looked at every image: two boxes each, the second doubtful."""
    card = DetectorCard("yolov8", ProbKind.SIGMOID, CLASSES, InputSpec(320, 320))
    ids = {c.name: c.id for c in project.classes.all()}
    with project.transaction():
        model = project.models.add(
            name="tester",
            file="models/tester.onnx",
            sha256="0" * 64,
            card=card,
            class_map={i: ids[name] for i, name in enumerate(CLASSES)},
        )
        project.models.activate(model.id)
    probs = np.array(SCORES, np.float32)
    seen = Detections(np.array(BOXES, np.float32), probs.max(1), probs.argmax(1), probs, ProbKind.SIGMOID, 0.85)
    project.predictions.replace(model.id, [ImagePredictions(int(i), seen) for i in project.images.ids()])
    return model.id


def add_batch(project: Project, count: int) -> None:
    items = [
        BatchItem(int(i), rank, Slot.UNCERTAIN if rank % 2 == 0 else Slot.RANDOM, 0.93 if rank % 2 == 0 else None)
        for rank, i in enumerate(project.images.ids()[:count])
    ]
    project.batches.add(None, {"sampler": "uncertainty-random", "score": "entropy", "seed": 1}, items)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of six pictures with pre-labels and a batch of four."""
    make_pictures(tmp_path / "pictures", 6)
    with Project.create(tmp_path / "project", CLASSES) as project:
        add_folders(project, [tmp_path / "pictures"])
        add_detector(project)
        add_batch(project, 4)
    return tmp_path / "project"


@dataclass
class Driver:
    """The window with the words a test needs: keys to where the focus is, waits for what must come."""

    qtbot: QtBot
    window: MainWindow

    @property
    def workspace(self) -> Workspace:
        assert self.window.opened is not None
        return self.window.opened.workspace

    @property
    def canvas(self) -> CanvasView:
        assert self.window.opened is not None
        return self.window.opened.area.canvas

    @property
    def labels(self) -> ImageLabels:
        labels = self.workspace.model.labels
        assert labels is not None
        return labels

    def open(self, folder: Path) -> None:
        self.window.open_project(folder)
        self.until(lambda: self.window.opened is not None and self.workspace.queue_loaded)
        if len(self.workspace.queue):
            self.shown()

    def until(self, condition: Callable[[], bool]) -> None:
        wait_until(condition)

    def shown(self, row: int | None = None) -> None:
        """Wait until the current image, or that of `row`, can be labelled."""
        self.until(lambda: self.workspace.model.labels is not None and (row is None or self.workspace.row == row))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """A key to the widget that has the focus, as a person would type it."""
        target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifier)

    def dialog(self) -> QWidget:
        """The dialog that is open and has the keyboard."""
        self.until(lambda: (found := QApplication.activeModalWidget()) is not None and found.isActiveWindow())
        dialog = QApplication.activeModalWidget()
        assert dialog is not None
        return dialog

    def saved(self) -> None:
        self.until(lambda: self.workspace.saved)


@pytest.fixture
def driver(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    window = MainWindow(Settings())

    def answer_everything(_: QWidget) -> None:
        """What a failed test left unsaved or running would make the window ask as it closes, and nobody answers."""
        monkeypatch.setattr(QMessageBox, "warning", lambda *_: QMessageBox.StandardButton.Discard)
        monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Close)
        # A modal dialog outlives its window and would take the keys of the tests that follow.
        for dialog in window.findChildren(QDialog):
            dialog.reject()

    # The plug-in closes the window before fixtures end.
    qtbot.addWidget(window, before_close_func=answer_everything)
    show(window)
    yield Driver(qtbot, window)


@pytest.fixture
def opened(driver: Driver, folder: Path) -> Driver:
    """The window on the project of `folder`."""
    driver.open(folder)
    return driver


def stored(folder: Path, image_id: int) -> ImageLabels:
    """What is on disk, read by somebody else."""
    with Project.open(folder, read_only=True) as project:
        return project.labels.load(image_id)
