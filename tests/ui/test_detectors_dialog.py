"""The list of detectors: its figures, which is in use, and changing it."""

from __future__ import annotations

from contextlib import suppress

import psutil
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.presence import present
from tests.ui.conftest import add_detector
from tests.unruly_detectors import never_answering

from boxwright.services.project.project import Project
from boxwright.ui.detectors.remove_detector import RemoveDetectorDialog


def _opened(driver):
    driver.window.live_actions["detector.list"].trigger()
    dialog = driver.dialog()
    driver.until(lambda: dialog.list.topLevelItemCount() > 0)
    return dialog


def _click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _texts(dialog, row: int) -> list[str]:
    item = dialog.list.topLevelItem(row)
    return [item.text(column) for column in range(dialog.list.columnCount())]


def test_detectors_are_listed_with_their_figures_and_the_one_in_use_is_named(driver, folder):
    with Project.open(folder) as project:
        second = add_detector(project)
        project.models.set_metrics(second, {"AP50": 0.6123, "AP": 0.4, "fixes_per_image": 2.04})
    driver.open(folder)
    dialog = _opened(driver)
    assert _texts(dialog, 0)[:7] == ["tester", "", "–", "–", "–", "3 of 3", "6 of 6"]
    assert _texts(dialog, 1)[:7] == ["tester", "active", "0.612", "0.400", "2.0", "3 of 3", "6 of 6"]
    assert dialog.list.currentItem() is dialog.list.topLevelItem(1)
    assert not dialog.go.isEnabled(), "it is active already"
    assert not dialog.prelabel.isEnabled(), "it has seen every image"
    dialog.reject()


def test_another_detector_is_made_active_by_keys_and_its_pre_labels_are_shown(driver, folder):
    with Project.open(folder) as project:
        first = present(project.models.active()).id
        second = add_detector(project)
    driver.open(folder)
    before = set(driver.labels.predictions)
    dialog = _opened(driver)
    driver.key(Qt.Key.Key_Up)
    driver.until(dialog.go.isEnabled)
    _click(dialog.go)
    driver.until(lambda: driver.workspace.detector.id == first)
    driver.until(lambda: _texts(dialog, 0)[1] == "active")
    assert not dialog.go.isEnabled()
    dialog.reject()
    driver.until(lambda: driver.workspace.model.labels is not None and set(driver.labels.predictions) != before)
    with Project.open(folder, read_only=True) as project:
        assert present(project.models.active()).id == first != second


def test_a_detector_that_has_not_seen_the_pool_is_let_loose_with_one_button(driver, folder):
    from boxwright.config import paths
    from boxwright.services.detectors.admission import add_model

    with Project.open(folder) as project:
        starter = add_model(project, paths.models() / "starter.onnx", mapping={})
        project.models.activate(starter.id)
    driver.open(folder)
    dialog = _opened(driver)
    assert "6 images" in dialog.words.text()
    _click(dialog.prelabel)
    driver.until(lambda: driver.window.opened.task is not None)
    driver.until(lambda: driver.window.opened.task is None)
    with Project.open(folder, read_only=True) as project:
        assert len(project.predictions.predicted_ids(starter.id)) == 6


def test_a_second_window_lists_detectors_but_changes_none(driver, folder):
    with Project.open(folder) as writer:
        add_detector(writer)
        driver.open(folder)
        dialog = _opened(driver)
        dialog.list.setCurrentItem(dialog.list.topLevelItem(0))
        assert not dialog.go.isEnabled()
        assert not dialog.prelabel.isEnabled()
        dialog.reject()


def test_a_list_that_is_closed_before_it_is_read_troubles_nobody(opened):
    for action_id in ("detector.list", "detector.prelabel", "batch.next"):
        opened.window.live_actions[action_id].trigger()
        opened.dialog().reject()
    answered: list[object] = []
    opened.workspace.reader.ask(lambda project: project.images.usable_count(), answered.append)
    opened.until(lambda: bool(answered))


def test_a_detector_is_removed_after_a_question_that_tells_what_goes(driver, folder):
    with Project.open(folder) as project:
        second = add_detector(project)
    driver.open(folder)
    dialog = _opened(driver)
    dialog.list.setCurrentItem(dialog.list.topLevelItem(1))
    driver.until(dialog.remove.isEnabled)
    _click(dialog.remove)
    driver.until(lambda: isinstance(QApplication.activeModalWidget(), RemoveDetectorDialog))
    question = driver.dialog()
    assert "12 pre-labels on 6 images" in question.words.text()
    assert "active detector" in question.words.text()
    driver.key(Qt.Key.Key_Return)
    driver.until(lambda: driver.dialog() is dialog)
    assert dialog.list.topLevelItemCount() == 2, "Return gives the careful answer"
    _click(dialog.remove)
    driver.until(lambda: isinstance(QApplication.activeModalWidget(), RemoveDetectorDialog))
    _click(driver.dialog().go)
    driver.until(lambda: dialog.list.topLevelItemCount() == 1)
    driver.until(lambda: driver.workspace.detector is None)
    dialog.reject()
    driver.until(lambda: driver.workspace.model.labels is not None and not driver.labels.predictions)
    with Project.open(folder, read_only=True) as project:
        assert [model.id for model in project.models.all()] != [second]
        assert project.models.active() is None


def test_a_file_that_never_answers_ends_with_its_dialog(opened, tmp_path):
    opened.window.live_actions["detector.add"].trigger()
    dialog = opened.dialog()
    dialog.file.path = never_answering(tmp_path / "endless.onnx")
    opened.until(lambda: bool(_workers()))
    assert not dialog.go.isEnabled()
    dialog.reject()
    opened.until(lambda: not _workers())


def _workers() -> list[psutil.Process]:
    """Children of this process that look into a detector."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            if child.status() != psutil.STATUS_ZOMBIE and "inspect" in child.cmdline():
                found.append(child)
    return found
