"""Pre-labelling in a child process: real processes, real kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import psutil
import pytest
from tests.colours import make_pool, shades
from tests.waiting import wait_for, wait_until_gone

from boxwright.config.processes import end_tree
from boxwright.domain.edits import EditKind, set_state
from boxwright.domain.errors import BoxwrightError, ReadOnlyProject
from boxwright.domain.image import ImageState
from boxwright.domain.progress import Progress
from boxwright.services.child import Job, JobFailed, parse_event
from boxwright.services.detectors.registry import open_detector
from boxwright.services.prelabelling.detect import CHUNK_IMAGES
from boxwright.services.prelabelling.job import start_prelabel
from boxwright.services.prelabelling.pipeline import Outcome
from boxwright.services.prelabelling.prediction_file import chunk_of, load_chunk, save_chunk
from boxwright.services.prelabelling.prelabel import PrelabelResult, prelabel
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue

pytestmark = pytest.mark.slow


class Ending:
    """Collects a job's callbacks and waits for the last one."""

    def __init__(self) -> None:
        self.progress: list[Progress] = []
        self.result: PrelabelResult | None = None
        self.error: BoxwrightError | None = None
        self.at_progress: Callable[[Progress], None] = lambda _: None

    def on_progress(self, progress: Progress) -> None:
        self.progress.append(progress)
        self.at_progress(progress)

    def on_done(self, result: PrelabelResult) -> None:
        self.result = result

    def on_error(self, error: BoxwrightError) -> None:
        self.error = error

    def start(self, project: Project, queue: WriteQueue) -> Job:
        return start_prelabel(project, queue, 1, "cpu", self.on_progress, self.on_done, self.on_error)


@pytest.fixture(autouse=True)
def own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other programs leave and remove job folders in the machine's."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with make_pool(tmp_path, shades(3 * CHUNK_IMAGES)) as made:
        yield made


@pytest.fixture
def queue(project: Project) -> Iterator[WriteQueue]:
    made = WriteQueue(project)
    yield made
    assert made.close()


def job_folders() -> set[Path]:
    return set(Path(tempfile.gettempdir()).glob("boxwright-job-*"))


def test_the_job_stores_what_the_command_stores(project: Project, queue: WriteQueue, tmp_path: Path) -> None:
    ending = Ending()
    assert ending.start(project, queue).wait()
    assert ending.error is None
    assert ending.result is not None
    assert (ending.result.predicted, ending.result.device) == (3 * CHUNK_IMAGES, "CPU")
    assert [p.done for p in ending.progress] == [0, 32, 64, 96]
    with make_pool(tmp_path / "beside", shades(3 * CHUNK_IMAGES)) as other:
        model = other.models.active()
        assert model is not None
        prelabel(other, model, "cpu")
        for image in project.images.ids().tolist():
            ours, theirs = project.predictions.of_image(image, 1), other.predictions.of_image(image, 1)
            assert [(p.box, p.class_id, p.score, p.probs.tolist()) for p in ours] == [
                (p.box, p.class_id, p.score, p.probs.tolist()) for p in theirs
            ]
        assert (
            project.scores.read(1).box_scores["entropy"].tolist() == other.scores.read(1).box_scores["entropy"].tolist()
        )


def test_nothing_to_do_is_done_at_once(project: Project, queue: WriteQueue) -> None:
    model = project.models.active()
    assert model is not None
    prelabel(project, model, "cpu")
    ending = Ending()
    assert ending.start(project, queue).wait()
    assert ending.result is not None
    assert (ending.result.predicted, ending.result.already) == (0, 3 * CHUNK_IMAGES)


def test_chosen_images_are_looked_at_again_and_no_others(project: Project, queue: WriteQueue) -> None:
    model = project.models.active()
    assert model is not None
    prelabel(project, model, "cpu")
    first, second, done = project.images.ids()[:3].tolist()
    labels = project.labels.load(done)
    project.labels.apply(done, set_state(labels, ImageState.LABELED, EditKind.MARK_LABELLED))
    before = {i: [p.id for p in project.predictions.of_image(i, 1)] for i in (first, second, done)}
    ending = Ending()
    job = start_prelabel(
        project, queue, 1, "cpu", ending.on_progress, ending.on_done, ending.on_error, again=[first, done]
    )
    assert job.wait()
    assert ending.result is not None
    assert ending.result.predicted == 1, "a labelled image is a person's"
    after = {i: [p.id for p in project.predictions.of_image(i, 1)] for i in (first, second, done)}
    assert after[first] != before[first] and len(after[first]) == len(before[first])
    assert (after[second], after[done]) == (before[second], before[done])
    assert len(project.scores.read(1)) == 3 * CHUNK_IMAGES


def test_cancel_ends_the_child_keeps_what_was_stored_and_leaves_no_files(project: Project, queue: WriteQueue) -> None:
    before = job_folders()
    ending = Ending()
    started = threading.Event()
    jobs: list[Job] = []

    def cancel_at_first(progress: Progress) -> None:
        if progress.done and not started.is_set():
            started.set()
            jobs[0].cancel()

    ending.at_progress = cancel_at_first
    jobs.append(ending.start(project, queue))
    assert jobs[0].wait()
    assert ending.result is not None
    assert ending.result.stopped
    assert ending.result.predicted == CHUNK_IMAGES == len(project.predictions.predicted_ids(1))
    wait_until_gone([jobs[0].pid])
    assert job_folders() <= before


def test_a_killed_child_is_one_clear_sentence(project: Project, queue: WriteQueue) -> None:
    ending = Ending()
    job = ending.start(project, queue)
    os.kill(job.pid, signal.SIGKILL)
    assert job.wait()
    assert ending.result is None
    assert isinstance(ending.error, JobFailed)
    assert "ended unexpectedly (it was killed" in str(ending.error)
    assert "start it again" in str(ending.error)


def test_an_error_of_the_child_is_its_own_sentence(project: Project, queue: WriteQueue) -> None:
    for file in (project.folder / "models").rglob("*.onnx"):
        file.unlink()
    ending = Ending()
    assert ending.start(project, queue).wait()
    assert ending.result is None
    assert "is gone" in str(ending.error)


def test_a_project_that_cannot_be_written_starts_nothing(project: Project, queue: WriteQueue) -> None:
    with Project.open(project.folder) as second, pytest.raises(ReadOnlyProject):
        Ending().start(second, queue)


PARENT = """
import os, signal, sys
from boxwright.services.child import Job
job = Job("prelabel", {{"project": {project!r}, "model_id": 1, "device": "cpu"}}, lambda *_: None, print, print)
print(job.pid, job._folder, flush=True)
sys.stdin.readline()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_the_child_ends_when_the_program_that_started_it_is_killed(project: Project) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT.format(project=str(project.folder))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        pid, folder = parent.stdout.readline().split()
        child = psutil.Process(int(pid))
        # Stopped, so that it cannot come to its end before the kill.
        child.suspend()
        parent.communicate("now\n")
        assert child.is_running()
        child.resume()
    wait_until_gone([int(pid)])
    wait_for(lambda: not Path(folder).exists())


def test_ending_a_child_ends_what_it_started() -> None:
    code = "import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', 'input()']).pid, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        assert child.stdout is not None
        grandchild = int(child.stdout.readline())
        assert psutil.pid_exists(grandchild)
        end_tree(child)
        child.wait()
        wait_until_gone([grandchild])


def test_an_unknown_task_is_refused_in_a_sentence(tmp_path: Path) -> None:
    errors: list[BoxwrightError] = []
    job = Job("dance", {}, lambda *_: None, lambda _: None, errors.append)
    assert job.wait()
    assert "no task 'dance'" in str(errors[0])


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"warning: something\n",
        b"{broken\n",
        b"{}\n",
        b"[1]\n",
        b'{"event": "party"}\n',
        b'{"event": "done"}\n',
        b'{"event": "chunk"}\n',
        b"\xff\xfe{\n",
        b'{"event": ["done"], "result": 1}\n',
    ],
)
def test_what_is_no_event_is_passed_over(line: bytes) -> None:
    assert parse_event(line) is None


def test_events_are_read() -> None:
    assert parse_event(b'{"event": "chunk", "file": "1.npz"}\n') == {"event": "chunk", "file": "1.npz"}


def test_a_chunk_comes_back_as_it_went(project: Project, tmp_path: Path) -> None:
    model = project.models.active()
    assert model is not None
    detector = open_detector(project, model, "cpu")
    red, black = (np.full((32, 32, 3), colour, np.uint8) for colour in ((0, 0, 200), (0, 0, 0)))
    found, nothing = detector.detect([red, black])
    chunk = chunk_of([Outcome(7, found), Outcome(8, None, "zerrissen – broken"), Outcome(9, nothing)])
    save_chunk(chunk, tmp_path / "chunk.npz")
    back = load_chunk(tmp_path / "chunk.npz")
    assert back.problems == ((8, "zerrissen – broken"),)
    assert [i for i, _ in back.found] == [7, 9]
    for (_, before), (_, after) in zip(chunk.found, back.found, strict=True):
        assert after.kind is before.kind
        assert after.best_raw == pytest.approx(before.best_raw)
        for name in ("boxes", "scores", "labels"):
            assert getattr(after, name).tolist() == getattr(before, name).tolist()
    assert back.found[0][1].probs.tolist() == found.probs.tolist()
    assert [path.name for path in tmp_path.glob("chunk*")] == ["chunk.npz"]


@pytest.mark.parametrize("outcomes", [[], [Outcome(3, None, "gone")]])
def test_a_chunk_without_detections_travels_too(outcomes: list[Outcome], tmp_path: Path) -> None:
    save_chunk(chunk_of(outcomes), tmp_path / "chunk.npz")
    assert load_chunk(tmp_path / "chunk.npz") == chunk_of(outcomes)
