"""The real window in Korean: an open project follows the language, and nothing in it is left in English."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

import pytest
from PySide6.QtCore import QAbstractListModel, QLocale, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QWidget,
)

from boxwright.formats.registry import formats
from boxwright.sampling.samplers import samplers
from boxwright.training.registry import title_of, trainers
from boxwright.ui.language.translation import resolve, use_language

NAMES = {
    "Boxwright", "ONNX", "COCO", "CPU", "GPU", "AP", "mAP", "px", "bolt", "nut", "washer", "part", "jpg", "tester",
    "project", "Ctrl", "Shift", "Alt", "Tab", "Esc", "Space", "Del", "Return", "Ins", "PgUp", "PgDown", "Home", "End",
    "NVIDIA", "MB", "English", "labelImg", "CVAT", "AnyLabeling", "VoTT", "CUDA",
    "boxwright", "evaluate", "flip", "hybrid",
}  # fmt: skip
"""What stays as it is in any language: names of programs, formats and keys, and of what the project holds."""

WORD = re.compile("[A-Za-z]{2,}")


def names() -> set[str]:
    """And of samplers, trainers and formats, each word for itself."""
    titles = [*samplers(), *trainers(), *(known.title for known in formats())]
    titles += [title_of(trainer) for trainer in trainers().values() if trainer.name == "ultralytics"]
    return NAMES | {word for title in titles for word in WORD.findall(title)}


@pytest.fixture
def korean(driver, folder):
    driver.open(folder)
    driver.window.change_setting(language="ko", annotator="김하나")
    return driver


@pytest.fixture(autouse=True)
def english(qapp):
    yield
    use_language(qapp, "en")


def texts(root: QWidget) -> Iterator[tuple[str, str]]:
    """(whose, what) of everything that `root` shows or tells a screen reader."""
    for widget in (root, *root.findChildren(QWidget)):
        if not widget.isVisible():
            continue
        said = [widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.statusTip()]
        if isinstance(widget, QLabel | QAbstractButton | QProgressBar):
            said.append(widget.text())
        if isinstance(widget, QGroupBox):
            said.append(widget.title())
        if isinstance(widget, QDockWidget) or widget.isWindow():
            said.append(widget.windowTitle())
        if isinstance(widget, QLineEdit):
            said.append(widget.placeholderText())
        if isinstance(widget, QComboBox):
            said += [widget.itemText(row) for row in range(widget.count())]
        if isinstance(widget, QAbstractItemView):
            said += _of_model(widget)
        yield from ((type(widget).__name__, text) for text in said if text)
    for action in root.findChildren(QAction):
        said = [action.text(), action.iconText(), action.toolTip()]
        yield from ((action.objectName() or "action", text) for text in said if text)


def _of_model(view: QAbstractItemView) -> list[str]:
    model = view.model()
    roles = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
    columns = range(1 if isinstance(model, QAbstractListModel) else model.columnCount())
    places = [model.index(row, column) for row in range(model.rowCount()) for column in columns]
    said = [str(place.data(role) or "") for place in places for role in roles]
    heads = [model.headerData(n, Qt.Orientation.Horizontal) for n in columns]
    return [*said, *(head for head in heads if isinstance(head, str))]


def latin(root: QWidget, besides: Collection[str] = ()) -> list[str]:
    """Words of `root` that are no names, nor among `besides`. Markup and paths are no words."""
    found, known = [], names() | set(besides)
    for whose, text in texts(root):
        plain = re.sub("<[^>]*>|(?<!\\w)/[^\n]*|[\\w ]+[.]jpg", "", text)
        words = [word for word in WORD.findall(plain) if word not in known and not re.fullmatch(r"F\d+", word)]
        if words:
            found.append(f"{whose}: {plain}")
    return sorted(set(found))


def test_what_is_left_in_english_would_be_found(driver):
    assert any("New project" in line for line in latin(driver.window))


def test_the_start_page_and_the_menus_are_korean(driver):
    driver.window.change_setting(language="ko")
    assert latin(driver.window) == []


def test_a_project_in_the_middle_of_the_work_is_korean(korean):
    window = korean.window
    korean.until(lambda: window.status.device.text() != "")
    assert latin(window) == []
    korean.canvas.setFocus()
    korean.key(Qt.Key.Key_Tab)
    assert latin(window) == []
    korean.key(Qt.Key.Key_Return)
    korean.saved()
    assert latin(window) == []
    window.live_actions["view.tone"].trigger()
    assert latin(window) == []
    window.live_actions["go.last"].trigger()
    korean.shown()
    korean.canvas.setFocus()
    korean.key(Qt.Key.Key_D)
    assert window.status.currentMessage() == "대기열의 마지막 이미지입니다."
    assert latin(window) == []


@pytest.mark.parametrize(
    "action",
    [
        "label.skip", "go.jump", "window.settings", "help.shortcuts", "help.palette", "project.import",
        "project.export", "project.undo_import", "batch.next", "retrain.start", "rounds.show", "rounds.schedule",
        "detector.list", "detector.add", "detector.prelabel", "detector.map", "tools.experiment",
        "pool.statistics", "pool.review", "image.marks",
    ],
)  # fmt: skip
def test_dialogs_in_reach_of_a_key_are_korean(korean, action):
    korean.window.live_actions[action].trigger()
    dialog = korean.dialog()
    answered: list[bool] = []
    # What the dialog asked of the project before is answered first.
    korean.workspace.reader.ask(lambda _: True, answered.append)
    korean.until(lambda: bool(answered))
    assert latin(dialog) == []
    dialog.reject()


def test_the_gallery_is_korean(korean):
    window = korean.window
    window.live_actions["pool.gallery"].trigger()
    grid = window.opened.gallery.page.grid
    korean.until(lambda: len(grid.ids) == 6)
    korean.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert latin(window) == []


def test_an_open_project_follows_the_language_and_keeps_its_histories(driver, folder):
    driver.open(folder)
    window = driver.window
    window.live_actions["pool.gallery"].trigger()
    driver.until(lambda: len(window.opened.gallery.page.grid.ids) == 6)
    kind = window.opened.gallery.page.filters.kind
    kind.setCurrentIndex(1)
    window.live_actions["pool.gallery"].trigger()
    area, image = window.opened.area, driver.labels.image_id
    driver.canvas.setFocus()
    driver.key(Qt.Key.Key_Tab)
    driver.key(Qt.Key.Key_Return)
    driver.saved()
    assert len(driver.labels.annotations) == 1
    window.change_setting(language="ko")
    assert window.opened.area is area
    assert driver.labels.image_id == image
    assert area.docks["queue"].windowTitle() == "대기열"
    assert area.queue_panel.draw.text() == "배치 뽑기…"
    assert area.boxes_panel.boxes.table.headerData(0, Qt.Orientation.Horizontal) == "클래스"
    assert kind.currentIndex() == 1
    assert kind.currentText() == "할 일"
    QTest.keyClick(driver.canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not driver.labels.annotations, "what was done before the switch can still be undone"
    window.change_setting(language="en")
    assert area.docks["queue"].windowTitle() == "Queue"
    assert kind.currentText() == "to do"


def test_the_language_of_the_system_is_followed_where_it_is_korean(monkeypatch):
    for locale, language in (("ko_KR", "ko"), ("en_GB", "en"), ("de_DE", "en")):
        monkeypatch.setattr(QLocale, "system", staticmethod(lambda name=locale: QLocale(name)))
        assert resolve("system") == language
    assert resolve("ko") == "ko"
