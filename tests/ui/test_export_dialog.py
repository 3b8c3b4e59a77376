"""The export dialog: what would be exported and lost is told first; then it is done in another process."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxwright.domain.edits import set_marks
from boxwright.domain.image import Split
from boxwright.domain.marks import ImageMarks
from boxwright.formats.manifest import verify
from boxwright.services.project.project import Project
from boxwright.ui.exchange.export_dialog import ExportDialog


@pytest.fixture
def labelled(driver, folder: Path):
    """Three of six images labelled, one of them tagged, one held out."""
    with Project.open(folder) as project:
        ids = project.images.ids().tolist()
        project.labels.import_labels([(i, []) for i in ids[:3]])
        project.labels.apply(ids[0], set_marks(project.labels.load(ids[0]), ImageMarks(frozenset({"night & fog"}))))
        project.images.set_split(ids[:1], Split.VALIDATION)
    driver.open(folder)
    return driver


def opened_dialog(driver) -> ExportDialog:
    driver.window.live_actions["project.export"].trigger()
    dialog = driver.dialog()
    assert isinstance(dialog, ExportDialog)
    driver.until(lambda: dialog.seen is not None)
    return dialog


def check(dialog: ExportDialog, name: str, row: int) -> None:
    """As a click on the box of that row does."""
    dialog.choices[name].list.item(row).setCheckState(Qt.CheckState.Checked)


def use_format(driver, dialog: ExportDialog, name: str) -> None:
    dialog.seen = None
    dialog.format.setCurrentIndex(dialog.format.findData(name))
    driver.until(lambda: dialog.seen is not None)


def export_to(driver, dialog: ExportDialog, out: Path) -> None:
    dialog.out.path = out
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    driver.until(lambda: bool(dialog.summary.text()))


def test_what_is_chosen_is_counted_while_it_is_chosen(labelled):
    dialog = opened_dialog(labelled)
    labelled.until(lambda: dialog.choices["classes"].list.count() == 3)
    assert dialog.count.text() == "3 images (2 train, 1 validation): 0 boxes, 3 confirmed empty."
    check(dialog, "tags", 0)
    labelled.until(lambda: dialog.count.text().startswith("1 image (1 validation)"))
    assert dialog.choices["tags"].text() == "night && fog (1)"
    check(dialog, "splits", 0)
    labelled.until(lambda: "choose less narrowly" in dialog.count.text())
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_filters_without_a_choice_are_not_shown(labelled):
    dialog = opened_dialog(labelled)
    labelled.until(lambda: dialog.choices["tags"].isVisible())
    assert dialog.choices["batches"].isVisible()
    assert not dialog.choices["annotators"].isVisible()
    dialog.reject()


def test_what_the_format_does_not_keep_is_told_before_it_is_lost(labelled):
    dialog = opened_dialog(labelled)
    use_format(labelled, dialog, "createml")
    assert "The tags of 1 image are not kept." in dialog.losses.text()
    assert "3 classes without a box are not kept." in dialog.losses.text()
    assert dialog.losses.isVisible()
    assert dialog.keeps.text().startswith("Keeps splits")
    dialog.reject()


def test_an_export_can_be_added_to_where_one_lies(labelled, tmp_path, folder):
    dialog = opened_dialog(labelled)
    use_format(labelled, dialog, "yolo")
    assert not dialog.update_there.isVisible()
    export_to(labelled, dialog, tmp_path / "out")
    assert "3 images with 0 boxes" in dialog.summary.text()
    dialog.reject()
    labelled.saved()
    labelled.workspace.writer.submit(
        lambda project: project.labels.import_labels([(int(project.images.ids()[4]), [])])
    ).result()
    dialog = opened_dialog(labelled)
    dialog.format.setCurrentIndex(dialog.format.findData("yolo"))
    dialog.out.path = tmp_path / "out"
    labelled.until(dialog.update_there.isVisible)
    dialog.update_there.setChecked(True)
    export_to(labelled, dialog, tmp_path / "out")
    assert "1 images are new, 0 changed, 0 are no longer in it." in dialog.summary.text()
    assert verify(tmp_path / "out").sound
    dialog.reject()


def test_closing_the_dialog_stops_the_export_and_leaves_nothing(labelled, tmp_path):
    dialog = opened_dialog(labelled)
    dialog.out.path = tmp_path / "exports" / "out"
    (tmp_path / "exports").mkdir()
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    task = dialog._task
    assert task is not None
    said: list[str] = []
    task.stopped.connect(said.append)
    dialog.reject()
    labelled.until(lambda: bool(said))
    assert "as it was" in said[0]
    assert list((tmp_path / "exports").iterdir()) == []


def test_a_folder_that_holds_other_things_is_refused_in_the_dialog(labelled, tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "a.txt").write_text("mine")
    dialog = opened_dialog(labelled)
    dialog.out.path = tmp_path / "thesis"
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    labelled.until(lambda: "not an earlier export" in dialog.problem.text())
    assert dialog.go.isEnabled()
    dialog.reject()


def test_images_outside_the_image_folders_are_asked_about(labelled, folder, tmp_path):
    with Project.open(folder, read_only=True) as project:
        file = project.images.file(1)
    file.rename(tmp_path / "elsewhere.jpg")
    file.symlink_to(tmp_path / "elsewhere.jpg")
    dialog = opened_dialog(labelled)
    use_format(labelled, dialog, "yolo")
    assert not dialog.outside.isVisibleTo(dialog)
    dialog.out.path = tmp_path / "out"
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    labelled.until(lambda: "outside the image folders" in dialog.problem.text())
    assert not (tmp_path / "out").exists()
    assert dialog.outside.isVisibleTo(dialog)
    dialog.outside.setChecked(True)
    export_to(labelled, dialog, tmp_path / "out")
    assert len(list((tmp_path / "out").rglob("*.jpg"))) == 3
