"""What the queue's chooser shows: the batch, what is to do, the validation split, everything."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxwright.domain.image import Split
from boxwright.services.project import Project
from boxwright.services.split import freeze_validation
from boxwright.ui.queue import View


def _choose(driver, view: View) -> None:
    """As a person does: down the list with the keyboard, then Return."""
    source = driver.window.work_area.queue_panel.source
    row = source.findData(view)
    assert row >= 0, f"{view} is not offered"
    source.setFocus()
    QTest.keyClick(source, Qt.Key.Key_Home)
    for _ in range(row):
        QTest.keyClick(source, Qt.Key.Key_Down)
    if source.currentData() is not driver.workspace.queue.view:
        driver.until(lambda: driver.workspace.queue.view is view)


def test_the_validation_images_are_shown_and_labelled(driver, folder):
    with Project.open(folder) as project:
        freeze_validation(project, 0.4, 1)
        frozen = project.images.ids(split=Split.VALIDATION).tolist()
    assert frozen
    driver.open(folder)
    assert driver.workspace.queue.view is View.BATCH
    _choose(driver, View.VALIDATION)
    driver.shown()
    assert driver.workspace.queue.ids.tolist() == frozen
    assert driver.canvas.hasFocus(), "the keys label again"
    assert "measure" in driver.window.work_area.queue_panel.hint.text()
    for _ in frozen:
        driver.shown()
        driver.key(Qt.Key.Key_Space)
    assert "validation split" in driver.window.status.currentMessage()
    driver.saved()
    with Project.open(folder, read_only=True) as project:
        assert project.images.counts()["validation_labeled"] == len(frozen)


def test_what_is_to_do_leaves_out_what_is_done(opened):
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.saved()
    done = int(opened.workspace.queue.ids[0])
    _choose(opened, View.TO_DO)
    assert done not in opened.workspace.queue.ids.tolist()
    assert len(opened.workspace.queue) == 5
    source = opened.window.work_area.queue_panel.source
    assert "To do · 5 images" in [source.itemText(i) for i in range(source.count())]
    assert source.findData(View.VALIDATION) < 0, "there is no validation split"


def test_an_empty_list_shows_no_image_of_another_list(opened):
    _choose(opened, View.ALL)
    for _ in range(6):
        opened.shown()
        opened.key(Qt.Key.Key_E)
    opened.saved()
    _choose(opened, View.TO_DO)
    opened.until(lambda: opened.workspace.model.labels is None)
    area = opened.window.work_area.image_area
    assert area.name.text() == ""
    assert "no image" in area.why.text()
    assert not opened.window.actions_map["label.accept_all"].isEnabled()
