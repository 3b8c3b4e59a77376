"""The dialogs on real projects, files and detectors."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from tests.presence import present

from boxwright.config import paths
from boxwright.sampling.samplers import samplers
from boxwright.services.project.project import Project
from boxwright.ui.batches.sampler_words import plan_words
from boxwright.ui.detectors.add_detector import AddDetectorDialog
from boxwright.ui.project.queue import View


def press(dialog) -> None:
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)


def trigger(driver, action_id: str):
    driver.window.live_actions[action_id].trigger()
    return driver.dialog()


@pytest.mark.parametrize(("action_id", "field"), [("detector.add", "file"), ("project.import", "path")])
def test_a_dialog_takes_what_is_typed_at_once_and_return_does_not_cancel_it(opened, action_id, field):
    dialog = trigger(opened, action_id)
    QTest.keyClicks(dialog.focusWidget(), "x")
    assert getattr(dialog, field).edit.text() == "x"
    opened.key(Qt.Key.Key_Return)
    assert dialog.isVisible()
    dialog.reject()


def test_a_batch_is_drawn_as_asked_and_shown_at_once(opened, folder):
    dialog = trigger(opened, "batch.next")
    opened.until(lambda: "2 unlabelled" in dialog.plan.text() or "6 unlabelled" in dialog.plan.text())
    dialog.size_box.setValue(2)
    dialog.sampler.setCurrentIndex(dialog.sampler.findData("random"))
    assert "at random" in dialog.plan.text()
    QTest.keyClicks(dialog.seed, "7")
    press(dialog)
    opened.until(lambda: opened.workspace.queue.batch is not None and len(opened.workspace.queue.batch.items) == 2)
    assert opened.workspace.queue.batch.settings["seed"] == 7
    assert "Batch 2: 2 images" in opened.window.status.currentMessage()
    opened.shown(row=0)


def test_a_seed_that_is_no_number_is_told_in_the_dialog(opened):
    dialog = trigger(opened, "batch.next")
    QTest.keyClicks(dialog.seed, "seven")
    press(dialog)
    assert "'seven' is not a whole number" in dialog.problem.text()
    dialog.reject()


def test_a_spent_pool_is_told_instead_of_an_empty_batch(opened):
    opened.workspace.load(View.ALL)
    opened.until(lambda: len(opened.workspace.queue) == 6)
    for _ in range(6):
        opened.shown()
        opened.key(Qt.Key.Key_E)
    opened.saved()
    dialog = trigger(opened, "batch.next")
    press(dialog)
    opened.until(lambda: bool(dialog.problem.text()))
    dialog.reject()


@pytest.mark.parametrize("share", [0, 50, 100])
def test_the_plan_adds_up_to_the_size(share):
    words = plan_words("uncertainty-random", 40, 1000, "entropy", 20, share, scored=True)
    assert (f"the {40 - 40 * share // 100:,} most" in words) is (share < 100)
    assert (f"Another {40 * share // 100:,} are drawn at random" in words) is (share == 50)
    assert ("Draws 40 of the 1,000 unlabelled images at random" in words) is (share == 100)


@pytest.mark.parametrize("sampler", list(samplers()))
def test_every_sampler_of_the_program_is_told_in_words_of_its_own(sampler):
    words = plan_words(sampler, 40, 1000, "entropy", 20, 50, scored=True)
    assert "with the sampler" not in words
    assert "1,000 unlabelled images" in words


def test_a_file_that_is_no_detector_is_refused_and_the_old_one_stays(opened, tmp_path):
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"this is not a model")
    before = opened.workspace.detector
    dialog = trigger(opened, "detector.add")
    assert isinstance(dialog, AddDetectorDialog)
    dialog.file.path = broken
    opened.until(lambda: bool(dialog.problem.text()))
    assert "broken.onnx" in dialog.problem.text()
    assert not dialog.go.isEnabled()
    dialog.reject()
    assert opened.workspace.detector == before
    assert not list((opened.workspace.project.folder / "models").iterdir())


def test_a_detector_is_inspected_mapped_and_added(opened, folder):
    dialog = trigger(opened, "detector.add")
    dialog.file.path = paths.models() / "starter.onnx"
    opened.until(lambda: dialog.go.isEnabled())
    assert "sure" in dialog.found.text()
    assert dialog.table.rowCount() > 0
    assert dialog.dropped.text()
    press(dialog)
    opened.until(lambda: opened.workspace.detector is not None and opened.workspace.detector.name != "tester")
    prelabel = opened.dialog()
    opened.until(lambda: prelabel.left.text() == "6 images to go.")
    prelabel.reject()
    with Project.open(folder, read_only=True) as project:
        assert present(project.models.active()).name == opened.workspace.detector.name


def test_pre_labelling_runs_in_the_background_and_is_told(opened, folder):
    dialog = trigger(opened, "detector.add")
    dialog.file.path = paths.models() / "starter.onnx"
    opened.until(lambda: dialog.go.isEnabled())
    press(dialog)
    opened.until(lambda: opened.workspace.detector is not None and opened.workspace.detector.name != "tester")
    prelabel = opened.dialog()
    prelabel.device.setCurrentIndex(prelabel.device.findData("cpu"))
    press(prelabel)
    assert opened.window.opened.task is not None
    assert opened.window.status.job.isVisible()
    opened.until(opened.window.isActiveWindow)
    opened.key(Qt.Key.Key_D)
    opened.shown(row=1)
    opened.until(lambda: opened.window.opened.task is None)
    opened.until(lambda: "CPU" in opened.window.status.device.text())
    with Project.open(folder, read_only=True) as project:
        assert len(project.predictions.predicted_ids(present(project.models.active()).id)) == 6


@pytest.fixture
def flawed(tmp_path: Path) -> Path:
    """A YOLO dataset of the project's own pictures, with flaws."""
    data = tmp_path / "dataset"
    (data / "labels").mkdir(parents=True)
    (data / "images").symlink_to(tmp_path / "pictures")
    (data / "data.yaml").write_text("path: .\ntrain: images\nval: images\nnames: [nut, bolt, spring]\n")
    (data / "labels" / "part 00.txt").write_text("0 0.5 0.5 0.2 0.2\n1 0.3 0.3 0 0\n9 0.5 0.5 0.1 0.1\n")
    (data / "labels" / "part 01.txt").write_text("2 0.5 0.5 0.2 0.2\n")
    (data / "labels" / "part 02.txt").write_text("")
    return data


def looked_at(opened, path: Path):
    """The import dialog, after the dataset at `path` has been looked at."""
    dialog = trigger(opened, "project.import")
    dialog.path.path = path
    opened.until(dialog.go.isEnabled)
    return dialog


def test_the_import_report_tells_every_flaw_with_its_line_and_can_be_copied(opened, flawed):
    dialog = looked_at(opened, flawed)
    assert "yolo" in dialog.why.text()
    press(dialog)
    opened.until(lambda: dialog.outcome is not None)
    assert "1 are confirmed empty" in dialog.summary.text()
    assert "spring" in dialog.summary.text()
    tree = dialog.flaws
    lines = [
        (child.text(1), child.text(2))
        for top in range(tree.topLevelItemCount())
        for child in (tree.topLevelItem(top).child(i) for i in range(tree.topLevelItem(top).childCount()))
    ]
    assert {line for file, line in lines if file.endswith("part 00.txt")} == {"2", "3"}
    QTest.mouseClick(dialog.copy, Qt.MouseButton.LeftButton)
    assert "part 00.txt\t2\t" in QGuiApplication.clipboard().text()
    dialog.reject()
    opened.until(lambda: any(c.name == "spring" for c in opened.workspace.model.classes))


def test_a_dataset_is_shown_before_anything_is_written_and_its_classes_are_mapped(opened, flawed, folder):
    dialog = looked_at(opened, flawed)
    assert "with 2 boxes" in dialog.tabs.words.text()
    assert dialog.tabs.pictures.count() == 2
    assert dialog.tabs.tabText(2).startswith("Flaws (")
    with Project.open(folder, read_only=True) as project:
        assert project.labels.counts() == {}
    table = dialog.tabs.classes
    assert [table.item(row, 3).text() for row in range(3)] == ["in the project", "in the project", "a new class"]
    table.cellWidget(0, 2).setCurrentText("— left out —")
    spring = table.cellWidget(2, 2)
    spring.lineEdit().selectAll()
    QTest.keyClicks(spring.lineEdit(), "coil")
    assert table.mapping() == {"nut": "", "bolt": "bolt", "spring": "coil"}
    press(dialog)
    opened.until(lambda: dialog.outcome is not None)
    assert dialog.outcome.classes_added == ("coil",)
    with Project.open(folder, read_only=True) as project:
        names = {c.id: c.name for c in project.classes.all()}
        assert {names[id_]: count for id_, count in project.labels.counts().items()} == {"coil": 1}
    dialog.reject()


def test_what_differs_from_a_persons_labels_is_reviewed_on_word(opened, flawed, folder):
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.workspace.flush()
    dialog = looked_at(opened, flawed)
    assert dialog.form.isRowVisible(dialog.conflicts)
    dialog.conflicts.setCurrentIndex(1)
    press(dialog)
    opened.until(lambda: dialog.outcome is not None)
    assert (dialog.outcome.review, dialog.outcome.review_boxes) == (1, 1)
    dialog.reject()
    opened.until(lambda: opened.workspace.queue.review == 1)
    opened.workspace.load(View.REVIEW)
    opened.until(lambda: opened.workspace.queue.view is View.REVIEW)
    opened.until(lambda: opened.workspace.model.labels is not None and opened.workspace.row == 0)
    labels = opened.workspace.model.labels
    assert (len(labels.annotations), len(labels.open_predictions())) == (2, 1)
    opened.key(Qt.Key.Key_Space)
    opened.until(lambda: opened.workspace.queue.done == 1)
    opened.workspace.flush()
    with Project.open(folder, read_only=True) as project:
        assert sorted(project.reviews.waiting()[0].tolist()) == []


def test_a_table_whose_header_tells_nothing_is_read_by_the_persons_word(opened, tmp_path, folder):
    table = tmp_path / "pictures" / "teile.csv"
    table.write_text("Foto;Art;links;oben;rechts;unten\npart 00.jpg;nut;1;2;30;40,5\n", encoding="utf-8")
    dialog = trigger(opened, "project.import")
    dialog.path.path = table
    opened.until(dialog.columns.isVisible)
    assert not dialog.go.isEnabled()
    rows = dialog.columns.table
    assert [rows.item(row, 0).text() for row in range(6)] == ["Foto", "Art", "links", "oben", "rechts", "unten"]
    assert rows.item(0, 1).text() == "part 00.jpg"
    for row, meaning in enumerate(("image", "class", "xmin", "ymin", "xmax")):
        rows.cellWidget(row, 2).setCurrentText(meaning)
    QTest.mouseClick(dialog.columns.read, Qt.MouseButton.LeftButton)
    opened.until(lambda: "do not make a box" in dialog.problem.text())
    assert dialog.columns.isVisible()
    rows.cellWidget(5, 2).setCurrentText("ymax")
    QTest.mouseClick(dialog.columns.read, Qt.MouseButton.LeftButton)
    opened.until(dialog.go.isEnabled)
    assert dialog.columns.isHidden()
    press(dialog)
    opened.until(lambda: dialog.outcome is not None)
    assert (dialog.outcome.format, dialog.outcome.images, dialog.outcome.boxes) == ("csv", 1, 1)
    dialog.reject()


def test_text_files_named_like_their_images_are_read_by_the_persons_word(opened, tmp_path):
    labels = tmp_path / "pictures" / "boards"
    labels.mkdir()
    (labels / "part 00.txt").write_text("10 20 40 60 nut\n50 5 60 15 bolt\n")
    dialog = trigger(opened, "project.import")
    dialog.path.path = labels
    opened.until(dialog.columns.isVisible)
    rows = dialog.columns.table
    assert [rows.item(row, 0).text() for row in range(5)] == ["1", "2", "3", "4", "5"]
    assert rows.item(4, 1).text() == "nut · bolt"
    for row, meaning in enumerate(("xmin", "ymin", "xmax", "ymax", "class")):
        rows.cellWidget(row, 2).setCurrentText(meaning)
    QTest.mouseClick(dialog.columns.read, Qt.MouseButton.LeftButton)
    opened.until(dialog.go.isEnabled)
    press(dialog)
    opened.until(lambda: dialog.outcome is not None)
    assert (dialog.outcome.images, dialog.outcome.boxes) == (1, 2)
    dialog.reject()


def test_labels_that_an_import_replaced_come_back_when_it_is_undone(opened, flawed, folder):
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    opened.workspace.flush()
    with Project.open(folder, read_only=True) as project:
        first = int(project.images.ids()[0])
        before = project.labels.annotations([first])
    dialog = looked_at(opened, flawed)
    dialog.conflicts.setCurrentIndex(2)
    press(dialog)
    opened.until(lambda: dialog.outcome is not None)
    with Project.open(folder, read_only=True) as project:
        assert project.labels.annotations([first]) != before
    QTest.mouseClick(dialog.undo, Qt.MouseButton.LeftButton)
    undo = opened.dialog()
    assert "1 of them had labels of yours" in undo.words.text()
    press(undo)
    opened.until(lambda: "your labels are there again" in undo.words.text())
    with Project.open(folder, read_only=True) as project:
        assert project.labels.annotations([first]) == before
        assert project.images.counts()["labeled"] == 1
    undo.reject()
    opened.until(lambda: opened.workspace.queue.done == 1)
    again = trigger(opened, "project.undo_import")
    assert "No import" in again.words.text()
    assert not again.go.isVisible()
    again.reject()


def test_looking_can_be_left_at_any_time_and_leaves_nothing(opened, flawed, folder):
    import zipfile

    made = flawed.parent / "set.zip"
    with zipfile.ZipFile(made, "w") as out:
        for file in flawed.rglob("*.*"):
            out.write(file, file.relative_to(flawed))
    dialog = looked_at(opened, made)
    assert list((folder / "imports").iterdir())
    dialog.reject()
    opened.until(lambda: not (folder / "imports").exists())


def test_a_folder_without_a_dataset_is_told_and_nothing_changes(opened, tmp_path):
    dialog = trigger(opened, "project.import")
    (tmp_path / "nothing").mkdir()
    dialog.path.path = tmp_path / "nothing"
    opened.until(lambda: bool(dialog.problem.text()))
    assert "no dataset in a known format" in dialog.problem.text()
    assert not dialog.go.isEnabled()
    dialog.reject()


def test_an_export_holds_the_edit_made_just_before_it(opened, tmp_path):
    opened.key(Qt.Key.Key_Space)
    opened.shown(row=1)
    dialog = trigger(opened, "project.export")
    dialog.format.setCurrentIndex(dialog.format.findData("coco"))
    dialog.out.path = tmp_path / "out"
    press(dialog)
    opened.until(lambda: bool(dialog.summary.text()))
    assert "1 images with 2 boxes" in dialog.summary.text()
    assert (tmp_path / "out").is_dir()
    dialog.reject()


def test_the_class_map_shows_what_is_dropped_and_is_stored(opened, folder):
    dialog = trigger(opened, "detector.map")
    assert dialog.words.text() == "Every class of the detector has a class in the project."
    dialog.table.cellWidget(1, 1).setCurrentIndex(0)
    assert "1 of 3 classes are dropped: bolt" in dialog.words.text()
    press(dialog)
    opened.until(lambda: opened.workspace.detector is not None and 1 not in opened.workspace.detector.class_map)


def test_the_status_line_tells_the_device_that_really_runs(driver, folder):
    with Project.open(folder) as project:
        from boxwright.services.detectors.admission import add_model

        model = add_model(project, paths.models() / "starter.onnx")
        project.models.activate(model.id)
    driver.open(folder)
    driver.until(lambda: "· C" in driver.window.status.device.text())
    assert driver.window.status.device.text().split(" · ")[1] in ("CPU", "CUDA")
