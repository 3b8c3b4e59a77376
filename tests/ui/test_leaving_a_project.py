"""Closing, switching, opening again and quitting during every kind of work: what was begun ends with its project."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QMessageBox
from tests.ui.conftest import Driver, make_pictures
from tests.ui.trainable import make_trainable

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import add
from boxwright.services.project.bulk import tag_images
from boxwright.services.project.project import Project
from boxwright.services.retraining.request import RetrainRequest
from boxwright.simulate.from_project import Trial
from boxwright.ui.actions.project_actions import add_images
from boxwright.ui.detectors.prelabel import begin_prelabelling
from boxwright.ui.panels.class_dialogs import remove_class
from boxwright.ui.project import jobs
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.recovery.problem import ProblemDialog

WAYS = ("switch", "close", "reopen", "quit")


@dataclass
class Leaver:
    """Two projects and the ways from the first: `other` must be as it was, whatever was begun in `folder`."""

    driver: Driver
    folder: Path
    other: Path
    pictures: Path
    asked: list[str] = field(default_factory=list)
    held: list[threading.Event] = field(default_factory=list)

    @property
    def window(self):
        return self.driver.window

    @property
    def workspace(self):
        return self.driver.workspace

    def action(self, name):
        self.window.live_actions[name].trigger()
        return self.driver.dialog()

    def click(self, dialog):
        self.driver.until(dialog.go.isEnabled)
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)

    def busy_writer(self):
        """Until shortly after the project is to be closed."""
        go_on, begun = threading.Event(), threading.Event()
        self.held.append(go_on)
        self.workspace.writer.submit(lambda _: begun.set() or go_on.wait())
        assert begun.wait()
        threading.Timer(0.05, go_on.set).start()

    def leave(self, way):
        if way == "quit":
            assert self.window.close()
            assert self.window.opened is None
            self.window.show()
        elif way == "close":
            assert self.window.close_project()
        self.driver.open(self.folder if way == "reopen" else self.other)

    def settle(self):
        """Every thread of the work has ended, and what it sent has arrived."""
        self.driver.until(lambda: not [t.name for t in threading.enumerate() if t.name.startswith("job-")])
        marks: list[object] = []
        self.workspace.reader.ask(lambda _: True, marks.append)
        self.driver.until(lambda: bool(marks))
        QApplication.sendPostedEvents()
        QApplication.processEvents()


@pytest.fixture
def leaver(driver, folder, tmp_path, monkeypatch):
    made = Leaver(driver, make_trainable(tmp_path / "a", "poor"), folder, tmp_path / "more")
    make_pictures(made.pictures, 3)

    def question(_parent, title, _text, *_more):
        made.asked.append(title)
        return QMessageBox.StandardButton.Close

    monkeypatch.setattr(QMessageBox, "question", question)
    yield made
    for event in made.held:
        event.set()


def prelabelling(leaver):
    ids = [int(i) for i in leaver.workspace.queue.ids]
    begin_prelabelling(leaver.window.opened, leaver.workspace.detector, "cpu", again=ids)


def review(leaver):
    leaver.click(leaver.action("pool.review"))


def retraining(leaver):
    leaver.window.opened.retraining.start(RetrainRequest("scratch", epochs=2, size=64, device="cpu"), "scratch")


def estimates(leaver):
    dialog = leaver.action("retrain.start")
    leaver.driver.until(lambda: dialog.facts.table.topLevelItemCount() == 3)
    leaver.driver.until(lambda: dialog.estimates._job is not None)


def looking_at_a_dataset(leaver):
    leaver.action("project.import").path.path = leaver.pictures
    leaver.driver.until(
        lambda: any(t.title == "Looking at the dataset" for t in leaver.window.findChildren(BackgroundTask))
    )


def own_connection(leaver):
    """As importing, undoing an import and adding images: it ends when it is told to."""
    begun = threading.Event()

    def work(project, report, should_stop):
        begun.set()
        while not should_stop():
            project.images.total()
        return "late"

    task = jobs.on_own_connection("Importing", leaver.workspace.project, work, "It is lost.")
    leaver.window.opened.run(task, lambda words: leaver.window.opened.images_added(words))
    assert begun.wait()


def adding_images(leaver):
    add_images(leaver.window.opened, leaver.pictures)


def exporting(leaver):
    dialog = leaver.action("project.export")
    leaver.driver.until(lambda: dialog.seen is not None)
    leaver.click(dialog)


def adding_a_detector(leaver):
    file = leaver.folder.parent / "present.onnx"
    task = jobs.add_detector(leaver.workspace, file, [], None, True)
    leaver.window.opened.run(task, lambda _: leaver.workspace.refresh())


def drawing_a_batch(leaver):
    leaver.busy_writer()
    leaver.window.opened.retraining._draw()


def trying_rules(leaver):
    trial = Trial("uncertainty-random:entropy:max", 2, 10, 1)
    leaver.window.opened.run(
        jobs.try_rules(leaver.workspace.project, trial), lambda _: leaver.window.status.say("late")
    )


def bulk_action(leaver):
    leaver.window.opened.gallery.toggle()
    page = leaver.window.opened.gallery.page
    ids = [int(i) for i in leaver.workspace.queue.ids]
    leaver.busy_writer()
    page.do(lambda project: tag_images(project, ids, "seen"))


def statistics(leaver):
    leaver.busy_writer()
    leaver.action("pool.statistics")


def undoing_an_import(leaver):
    leaver.window.opened.run(jobs.undo_import(leaver.workspace.project), lambda _: leaver.workspace.refresh())


def removing_a_class(leaver):
    """Which opens the project anew when it is done."""
    unused = leaver.workspace.model.classes[0].id
    leaver.busy_writer()
    remove_class(leaver.window.opened, unused)
    leaver.driver.until(lambda: any(t.title == "Classes" for t in leaver.window.findChildren(BackgroundTask)))


def a_dialog(leaver):
    leaver.action("batch.next")


def labelling(leaver):
    leaver.busy_writer()
    leaver.workspace.model.push(add(drawn(Box(1, 1, 20, 20), leaver.workspace.model.classes[0].id)))


KINDS = (
    prelabelling, review, retraining, estimates, looking_at_a_dataset, own_connection, adding_images, exporting,
    adding_a_detector, drawing_a_batch, trying_rules, bulk_action, statistics, undoing_an_import, removing_a_class,
    a_dialog, labelling,
)  # fmt: skip


def everything(folder):
    with Project.open(folder, read_only=True) as project:
        ids = [int(i) for i in project.images.ids()]
        return (
            [(c.id, c.name) for c in project.classes.all()],
            [(m.id, m.active) for m in project.models.all()],
            [(b.id, b.items) for b in project.batches.all()],
            [project.labels.load(i).annotations for i in ids],
            [sorted(project.labels.load(i).predictions) for i in ids],
            project.labels.tags(),
            [project.predictions.predicted_ids(m.id).tolist() for m in project.models.all()],
            ids,
        )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_leaving_a_project_ends_what_was_begun_in_it(leaver, kind):
    before, window = everything(leaver.other), leaver.window
    for way in WAYS:
        leaver.driver.open(leaver.folder)
        kind(leaver)
        leaver.leave(way)
        leaver.settle()
        now = leaver.workspace.project.folder
        assert now == (leaver.folder if way == "reopen" else leaver.other), way
        assert everything(leaver.other) == before, way
        assert window.opened.task is None and not window.opened.retraining.running, way
        assert window.status.job.isHidden() and window.status.retraining.isHidden(), way
        assert not [d for d in window.findChildren(QDialog) if d.isVisible()], way
        assert "went wrong" not in window.banner.words and window.status.saving.text() == "All changes saved", way
        assert window.live_actions["batch.next"].isEnabled(), way
    lost = {"retraining": "Retraining is running", "own_connection": "Importing is running"}
    if kind.__name__ in lost:
        assert leaver.asked == [lost[kind.__name__]] * len(WAYS)


@pytest.mark.parametrize("sent", ["before it was closed", "after the other was opened"])
@pytest.mark.parametrize("of", ["the project", "a part of the window"])
@pytest.mark.parametrize("answer", ["result", "error"])
def test_an_answer_that_arrives_in_the_next_project_changes_nothing_there(leaver, sent, of, answer):
    leaver.driver.open(leaver.folder)
    before, window, late = everything(leaver.other), leaver.window, []

    def done(_answer):
        late.append(window.opened.workspace.project.folder)
        window.opened.workspace.writer.submit(lambda project: project.classes.add("late"))

    future: Future[object] = Future()
    task = BackgroundTask("Slow", None if of == "the project" else window).follow(future)
    if of == "the project":
        window.opened.run(task, done)
    else:
        task.finished.connect(done)
    task.failed.connect(done)
    answered = (lambda: future.set_result(3)) if answer == "result" else (lambda: future.set_exception(OSError("gone")))
    # Nothing may arrive between the answer and the closing: what a thread sends waits for the event loop.
    if sent == "before it was closed":
        answered()
        assert window.close_project()
        leaver.driver.open(leaver.other)
    else:
        leaver.leave("switch")
        answered()
    leaver.settle()
    assert late == []
    assert leaver.workspace.flush() and everything(leaver.other) == before
    assert not window.findChild(ProblemDialog)


@pytest.mark.quick
@pytest.mark.parametrize("asker", [False, True])
def test_a_question_of_a_closed_project_has_no_answer_in_the_next(leaver, asker):
    leaver.driver.open(leaver.folder)
    late: list[object] = []
    read = threading.Event()
    reader = leaver.workspace.reader
    reader.ask(lambda project: project.folder, late.append, leaver.window if asker else None)
    reader.ask(lambda _: read.set(), late.append)
    assert read.wait(), "the answer waits for the window to take it"
    leaver.leave("switch")
    leaver.settle()
    assert late == []


def test_a_person_who_stays_keeps_the_work(leaver, monkeypatch):
    leaver.driver.open(leaver.folder)
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Cancel)
    own_connection(leaver)
    task = leaver.window.opened.task
    assert not leaver.window.close_project()
    assert not leaver.window.close()
    assert leaver.window.opened.task is task and not task.should_stop()
    task.cancel()
    leaver.driver.until(lambda: leaver.window.opened.task is None)


def test_work_that_was_stopped_at_closing_is_told(leaver):
    leaver.driver.open(leaver.folder)
    prelabelling(leaver)
    assert leaver.window.close_project()
    assert leaver.window.status.currentMessage() == "Pre-labelling: stopped; what was finished before is kept."


def test_a_write_that_fails_while_the_project_is_closed_is_told(leaver):
    leaver.driver.open(leaver.folder)
    used = leaver.workspace.model.classes[1].id
    leaver.busy_writer()
    task = BackgroundTask("Classes", leaver.workspace)
    task.follow(leaver.workspace.writer.submit(lambda project: project.classes.remove(used)))
    assert leaver.window.close_project()
    assert leaver.window.status.currentMessage().startswith("Classes: not done.")


def test_a_retraining_that_ended_in_one_project_renews_nothing_in_the_next(leaver):
    """Its answer is on the way when the project is left."""
    leaver.driver.open(leaver.folder)
    before, model_id = everything(leaver.other), leaver.workspace.detector.id
    leaver.window.opened.retraining._activated(model_id)
    leaver.leave("switch")
    leaver.settle()
    assert leaver.window.opened.task is None
    assert everything(leaver.other) == before


def test_new_pre_labels_that_waited_for_other_work_end_with_the_project_too(leaver):
    leaver.driver.open(leaver.folder)
    before = everything(leaver.other)
    own_connection(leaver)
    leaver.window.opened.retraining._activated(leaver.workspace.detector.id)
    marks: list[object] = []
    leaver.workspace.reader.ask(lambda _: True, marks.append)
    leaver.driver.until(lambda: bool(marks))
    leaver.leave("switch")
    leaver.settle()
    assert leaver.window.opened.task is None
    assert everything(leaver.other) == before


def test_new_pre_labels_wait_for_the_work_that_runs(leaver):
    leaver.driver.open(leaver.folder)
    workspace, window = leaver.workspace, leaver.window
    own_connection(leaver)
    other = window.opened.task
    renewed: list[object] = []
    window.opened.retraining._renewed = renewed.append
    window.opened.retraining._activated(workspace.detector.id)
    marks: list[object] = []
    workspace.reader.ask(lambda _: True, marks.append)
    leaver.driver.until(lambda: bool(marks))
    assert window.opened.task is other, "only one piece of work at a time"
    other.cancel()
    leaver.driver.until(lambda: window.opened.task is not other)
    leaver.driver.until(lambda: bool(renewed))


def test_dialogs_about_other_things_stay_when_a_project_is_closed(leaver):
    leaver.driver.open(leaver.folder)
    dialog = ProblemDialog(leaver.window, "Title", "A sentence.")
    dialog.open()
    assert leaver.window.close_project()
    assert dialog.isVisible()
    dialog.reject()
