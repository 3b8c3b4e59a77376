"""Removing a class from the window: asked with numbers, merged or with its boxes, and taken back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.ui.conftest import stored

from boxwright.services.project.project import Project
from boxwright.ui.panels.class_removal import RemoveClassDialog

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def asked(opened):
    """One image is labelled and one begun; the dialog asks about the class of the first box of each."""
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.key(Qt.Key.Key_Tab)
    opened.key(Qt.Key.Key_Return)
    bolt = opened.workspace.model.classes[0]
    opened.window.opened.area.boxes_panel.classes.remove_wanted.emit(bolt.id)
    dialog = opened.dialog()
    assert isinstance(dialog, RemoveClassDialog)
    return dialog


def numbers(folder) -> dict[str, tuple[int, int]]:
    with Project.open(folder, read_only=True) as project:
        uses = {c.name: project.removed_classes.use(c.id) for c in project.classes.all()}
        return {name: (use.boxes, use.pre_labels) for name, use in uses.items()}


def removed(opened, dialog, count: int = 2) -> None:
    QTest.mouseClick(dialog.go, LEFT)
    opened.until(lambda: len(opened.workspace.model.classes) == count)
    opened.saved()


def test_what_would_go_is_told_and_nothing_goes_unasked(opened, asked, folder):
    assert asked.words.text() == "It has 3 boxes on 2 images, and 12 pre-labels on 6 images."
    assert asked.merge.isChecked()
    asked.reject()
    assert len(opened.workspace.model.classes) == 3
    assert numbers(folder)["nut"] == (3, 12)


def test_a_class_is_merged_into_another_and_the_person_stays_where_they_are(opened, asked, folder):
    opened.saved()
    image, before = opened.labels.image_id, stored(folder, opened.labels.image_id)
    was = numbers(folder)
    asked.into.setCurrentIndex(asked.into.findText("washer"))
    removed(opened, asked)
    opened.shown(row=1)
    assert opened.labels.image_id == image
    assert numbers(folder) == {"bolt": was["bolt"], "washer": (3, 12)}
    opened.until(lambda: "washer" in opened.window.status.currentMessage())
    names = {c.id: c.name for c in opened.workspace.model.classes}
    opened.until(lambda: {names.get(a.class_id) for a in opened.labels.annotations.values()} <= {"washer", "bolt"})
    assert not opened.workspace.model.undo_stack.canUndo()
    opened.window.live_actions["project.undo_class"].trigger()
    opened.until(lambda: len(opened.workspace.model.classes) == 3)
    assert numbers(folder) == was
    assert stored(folder, image).annotations == before.annotations


def test_a_class_goes_with_its_boxes_if_the_person_says_so(opened, asked, folder):
    was = numbers(folder)
    asked.drop.click()
    removed(opened, asked)
    assert "nut" not in numbers(folder)
    opened.until(lambda: not opened.labels.annotations)
    opened.window.live_actions["project.undo_class"].trigger()
    opened.until(lambda: len(opened.workspace.model.classes) == 3)
    assert numbers(folder) == was


def test_there_may_be_nothing_to_take_back(opened):
    opened.window.live_actions["project.undo_class"].trigger()
    dialog = opened.dialog()
    assert "No removal of a class can be taken back" in dialog.words.text()
