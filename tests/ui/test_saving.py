"""Saved is what is on disk: an edit that is refused stays in sight, and can be put somewhere else and taken back."""

from __future__ import annotations

import shutil
import sqlite3
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox
from tests.labelling import judged
from tests.ui.conftest import stored

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import add, set_marks
from boxwright.domain.marks import ImageMarks
from boxwright.services.project import writer
from boxwright.services.project.layout import DATABASE
from boxwright.services.project.project import Project
from boxwright.services.project.rescue import README, RESCUE
from boxwright.ui.recovery.problem import ProblemDialog

REFUSING = "CREATE TRIGGER no BEFORE INSERT ON annotation BEGIN SELECT RAISE(ABORT, 'refused'); END"


def draw(driver, at=5):
    box = drawn(Box(at, 5, at + 20, 30), driver.workspace.model.classes[0].id)
    return driver.workspace.model.push(add(box))


def by_another(folder, statement):
    with sqlite3.connect(folder / DATABASE) as other:
        other.execute(statement)
    other.close()


def refused(driver):
    driver.until(lambda: driver.window.status.saving.text() == "Not saved")
    driver.until(lambda: driver.workspace.model.read_only)


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Nobody here needs to be spared a file that is looked at ten times a second."""
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.1)


@pytest.fixture
def hold():
    """Keeps the writer of a window busy until the first event is set; the second tells that it is."""
    held = []

    def keep_busy(driver):
        go_on, begun = threading.Event(), threading.Event()
        held.append(go_on)

        def wait(_):
            begun.set()
            assert go_on.wait()

        driver.workspace.writer.submit(wait)
        return go_on, begun

    yield keep_busy
    for go_on in held:
        go_on.set()


@pytest.fixture(autouse=True)
def answers(monkeypatch):
    """What a person answers to the question at closing, and what they were asked."""

    class Answers:
        def __init__(self):
            self.answer = QMessageBox.StandardButton.Cancel
            self.asked = []

    given = Answers()

    def warning(_parent, title, text, *_more):
        given.asked.append(f"{title}: {text}")
        return given.answer

    monkeypatch.setattr(QMessageBox, "warning", warning)
    yield given
    given.answer = QMessageBox.StandardButton.Discard


def damage(folder):
    """One page, of an index that only an edit reads."""
    with sqlite3.connect(folder / DATABASE) as other:
        page, size = (
            other.execute("SELECT rootpage FROM sqlite_master WHERE name = 'annotation_class'").fetchone()[0],
            other.execute("PRAGMA page_size").fetchone()[0],
        )
    other.close()
    data = bytearray((folder / DATABASE).read_bytes())
    data[(page - 1) * size : page * size] = b"\xff" * size
    (folder / DATABASE).write_bytes(bytes(data))


def refusing(folder):
    by_another(folder, REFUSING)


@pytest.mark.parametrize("refuse", [refusing, damage])
def test_an_edit_that_is_refused_is_never_called_saved(driver, folder, answers, refuse):
    refuse(folder)
    driver.open(folder)
    said = []
    driver.workspace.saving_changed.connect(lambda saving, _: said.append(saving.value))
    draw(driver)
    refused(driver)
    assert not draw(driver), "nothing more is taken"
    assert len(driver.labels.annotations) == 1, "what was drawn stays on screen"
    driver.workspace.step(1)
    driver.shown(row=1)
    assert not draw(driver)
    driver.workspace.step(-1)
    driver.shown(row=0)
    assert len(driver.labels.annotations) == 1, "also after another image"
    assert driver.window.banner.words.startswith("1 edit is not saved.")
    assert driver.window.banner.button.isVisible()
    assert "All changes saved" not in said
    assert not driver.workspace.saved
    assert not driver.window.close()
    assert len(answers.asked) == 1 and "1 edit is not saved." in answers.asked[0]
    assert driver.window.isVisible() and driver.window.opened is not None


def test_undo_and_redo_take_nothing_either_while_edits_are_refused(driver, folder, answers):
    driver.open(folder)
    draw(driver)
    driver.saved()
    refusing(folder)
    draw(driver, 40)
    refused(driver)
    model = driver.workspace.model
    said: list[str] = []
    model.message.connect(said.append)
    model.undo()
    model.redo()
    assert len(model.labels.annotations) == 2
    assert model.undo_stack.index() == 2
    assert len(said) == 2 and "refused" in said[0]
    assert not driver.window.live_actions["label.skip"].isEnabled()
    panel = driver.window.opened.area.boxes_panel.classes
    assert not panel._add.isEnabled()


def test_what_was_refused_is_written_when_the_file_takes_it_again(opened, folder, answers):
    refusing(folder)
    image_id = opened.labels.image_id
    draw(opened)
    refused(opened)
    by_another(folder, "DROP TRIGGER no")
    opened.saved()
    opened.until(lambda: not opened.window.banner.isVisible())
    assert len(stored(folder, image_id).annotations) == 1
    assert opened.window.status.saving.text() == "All changes saved"
    assert draw(opened, 60)
    opened.saved()
    assert opened.window.live_actions["label.skip"].isEnabled()


def test_edits_wait_for_room_on_the_disk_with_their_number_in_sight(opened, folder):
    """The file's greatest size stands for the disk; room is made on the thread that has the connection."""
    pages, room = "PRAGMA max_page_count", threading.Event()
    image_id, banner = opened.labels.image_id, opened.window.banner

    def fill(project):
        project.store.value(f"{pages}={project.store.value('PRAGMA page_count')}")
        add_row = project.labels.apply

        def apply(*edit):
            if room.is_set():
                project.store.value(f"{pages}=100000")
            add_row(*edit)

        project.labels.apply = apply

    opened.workspace.writer.submit(fill).result()
    opened.workspace.model.push(set_marks(opened.labels, ImageMarks(frozenset(), "x" * 60_000)))
    opened.until(lambda: banner.words.startswith("1 edit waits for room on the disk."))
    for count, at in ((2, 10), (3, 30)):
        assert draw(opened, at), "labelling goes on"
        assert banner.words.startswith(f"{count} edits wait for room on the disk.")
    assert opened.window.status.saving.text() == "Not saved"
    banner.tell("Something else.")
    assert banner.words.startswith("3 edits wait") and banner.words.endswith("Something else.")
    banner.tell("")
    assert banner.isVisible()
    room.set()
    opened.saved()
    opened.until(lambda: not banner.isVisible())
    assert len(stored(folder, image_id).annotations) == 2


@pytest.mark.quick
def test_an_image_is_saved_when_its_own_edits_are(opened, hold):
    """Not when any edit is, nor only when all are."""
    first = opened.labels.image_id
    draw(opened)
    go_on, blocked = hold(opened)
    opened.workspace.step(1)
    opened.shown(row=1)
    second = opened.labels.image_id
    draw(opened)
    draw(opened, 50)
    opened.until(lambda: opened.workspace.saver.unsaved(first) is None)
    assert blocked.wait()
    assert len(opened.workspace.saver.unsaved(second).annotations) == 2
    assert opened.workspace.saver.waiting == 2 and not opened.workspace.saved
    go_on.set()
    opened.saved()
    assert opened.workspace.saver.waiting == 0


def test_what_is_read_again_is_never_laid_over_edits_that_are_on_their_way(opened, hold):
    go_on, begun = hold(opened)
    assert begun.wait()
    draw(opened)
    drawn_now = judged(opened.labels)
    read: list[object] = []
    opened.workspace.refresh()
    opened.workspace.reader.ask(lambda _: True, read.append)
    opened.until(lambda: bool(read))
    assert judged(opened.labels) == drawn_now
    opened.workspace.step(1)
    opened.shown(row=1)
    opened.workspace.step(-1)
    opened.shown(row=0)
    assert judged(opened.labels) == drawn_now
    go_on.set()
    opened.saved()


@pytest.mark.parametrize("waited_for", [False, True])
def test_an_answer_that_is_older_than_a_change_is_not_shown(opened, waited_for):
    """It was read before, and comes after. `waited_for`: its image is already the current one."""
    workspace = opened.workspace
    row = 3
    image_id = int(workspace.queue.ids[row])
    read = threading.Event()
    workspace._forget_records([image_id])
    workspace._ask_record(image_id)
    workspace.reader.ask(lambda _: read.set(), lambda _: None)
    assert read.wait(), "the old answer waits for the window to take it"
    box = drawn(Box(1, 1, 30, 30), workspace.model.classes[0].id)
    workspace.writer.submit(lambda p: p.labels.apply(image_id, add(box))).result()
    workspace._forget_records([image_id])
    workspace._ask_record(image_id)
    if not waited_for:
        read_again: list[object] = []
        workspace.reader.ask(lambda _: True, read_again.append)
        opened.until(lambda: bool(read_again))
    workspace.show_row(row)
    opened.shown(row=row)
    assert list(opened.labels.annotations) == [box.uid]


# --- the file itself ---------------------------------------------------------------------------------------------


def gone(folder):
    for file in folder.glob(f"{DATABASE}*"):
        file.unlink()


def replaced(folder):
    (folder / "other").mkdir()
    with Project.create(folder / "other" / "p"):
        pass
    (folder / "other" / "p" / DATABASE).replace(folder / DATABASE)


def log_gone(folder):
    (folder / f"{DATABASE}-wal").unlink()


@pytest.mark.skipif("sys.platform == 'win32'", reason="there an open file cannot be taken away")
@pytest.mark.parametrize("take", [gone, replaced, log_gone])
def test_a_file_that_is_taken_away_is_noticed_before_the_next_edit(opened, folder, answers, take):
    draw(opened)
    opened.saved()
    take(folder)
    refused(opened)
    assert not draw(opened, 40)
    assert "rescue copy" in opened.window.banner.words
    opened.window.close()
    assert opened.window.opened is not None
    assert "The project cannot be written" in answers.asked[0]
    answers.answer = QMessageBox.StandardButton.Discard


@pytest.mark.skipif("sys.platform == 'win32'", reason="there an open file cannot be taken away")
def test_a_file_that_was_moved_away_and_came_back_goes_on(opened, folder):
    image_id = opened.labels.image_id
    folder.rename(folder.with_name("elsewhere"))
    refused(opened)
    folder.with_name("elsewhere").rename(folder)
    opened.until(lambda: not opened.workspace.model.read_only)
    draw(opened)
    opened.saved()
    assert len(stored(folder, image_id).annotations) == 1


# --- rescue copies -----------------------------------------------------------------------------------------------


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """Where a person puts rescue copies."""
    place = tmp_path / "stick"
    place.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(place))
    return place


def rescued(driver, shelf):
    """Damage may be told beside it."""

    def told():
        return [d for d in driver.window.findChildren(ProblemDialog) if d.isVisible() and str(shelf) in d.words.text()]

    driver.until(lambda: bool(told()))
    words = told()[0].words.text()
    told()[0].accept()
    (found,) = shelf.iterdir()
    assert str(found) in words
    return found, words


@pytest.mark.skipif("sys.platform == 'win32'", reason="there an open file cannot be taken away")
def test_a_rescue_copy_of_a_file_that_is_gone_is_the_whole_project(opened, folder, answers, shelf, hold):
    first = opened.labels.image_id
    draw(opened)
    opened.saved()
    go_on, begun = hold(opened)
    assert begun.wait()
    opened.workspace.step(1)
    opened.shown(row=1)
    second = opened.labels.image_id
    draw(opened)
    shutil.rmtree(folder)
    go_on.set()
    refused(opened)
    opened.window.banner.button.click()
    copy, words = rescued(opened, shelf)
    assert "Open that folder as a project" in words
    assert (copy / README).read_text()
    with Project.open(copy) as project:
        assert not project.read_only
        assert len(project.labels.load(first).annotations) == 1
        assert len(project.labels.load(second).annotations) == 1
        assert project.images.file(first).exists(), "its images are found from there"
    assert opened.window.opened is not None
    answers.answer = QMessageBox.StandardButton.Discard
    opened.window.close()
    assert str(copy) in answers.asked[-1], "closing tells where the edits are"


def test_a_damaged_index_does_not_keep_the_whole_project_from_being_rescued(driver, folder, answers, shelf):
    damage(folder)
    driver.open(folder)
    image_id = driver.labels.image_id
    draw(driver)
    refused(driver)
    driver.window.banner.button.click()
    copy, words = rescued(driver, shelf)
    assert "Open that folder as a project" in words
    assert len(stored(copy, image_id).annotations) == 1


def test_what_is_rescued_at_closing_is_taken_in_again(driver, folder, answers, shelf, monkeypatch):
    """Boxes, a state, tags and what was done with pre-labels, into the project as a backup has it."""
    backup = folder.with_name("backup")
    shutil.copytree(folder, backup)
    refusing(folder)
    driver.open(folder)
    driver.key(Qt.Key.Key_Space)
    driver.until(lambda: driver.workspace.saver.refused is not None)
    driver.workspace.show_row(0)
    driver.shown(row=0)
    seen, image_id = judged(driver.labels), driver.labels.image_id
    assert driver.labels.annotations and driver.labels.standings
    answers.answer = QMessageBox.StandardButton.Save
    assert not driver.window.close()
    answers.answer = QMessageBox.StandardButton.Discard
    copy, words = rescued(driver, shelf)
    assert "Take in a rescue copy" in words and not (copy / DATABASE).exists()
    driver.until(lambda: driver.window.opened is None)

    driver.window.show()
    driver.open(backup)
    assert not driver.labels.annotations
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(copy / RESCUE), ""))
    driver.window.live_actions["project.rescue"].trigger()
    dialog = driver.dialog()
    assert dialog.words.text() == "1 images have their edits again."
    dialog.accept()
    driver.until(lambda: judged(driver.labels) == seen)
    assert judged(stored(backup, image_id)) == seen
    driver.window.live_actions["project.rescue"].trigger()
    dialog = driver.dialog()
    assert "1 had them already" in dialog.words.text()
    dialog.accept()


def test_a_rescue_copy_that_cannot_be_written_is_told(opened, folder, answers, monkeypatch, tmp_path):
    refusing(folder)
    draw(opened)
    refused(opened)
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "file"))
    opened.window.banner.button.click()
    dialog = opened.dialog()
    assert "could not be written" in dialog.words.text()
    dialog.accept()
    assert opened.workspace.saver.rescue is None
    answers.answer = QMessageBox.StandardButton.Discard


# --- other things that are written ---------------------------------------------------------------------------------


def test_a_small_thing_that_could_not_be_kept_is_told(opened):
    def wrong(_project):
        raise ValueError("no")

    opened.workspace.saver.keep("The time worked on an image", wrong)
    opened.until(opened.window.banner.isVisible)
    assert opened.window.banner.words == "The time worked on an image: not saved. no"
    draw(opened)
    opened.saved()


def test_a_bulk_action_that_fails_says_so(opened):
    opened.window.live_actions["pool.gallery"].trigger()

    def wrong(_project):
        raise ValueError("no")

    opened.window.opened.gallery.page.do(wrong)
    opened.until(lambda: "no" in opened.window.status.currentMessage())


def test_closing_a_project_that_cannot_be_read_asks_nothing_of_it(opened, folder, answers):
    """Everything that closing needs was read before."""
    opened.workspace.project.store.close()
    opened.window.close_project()
    assert opened.window.opened is None
