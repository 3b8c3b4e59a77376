"""What a retraining must survive, each for real: the active detector and all labels stay, there is one clear sentence,
and nothing is left in the project or running."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper
from tests.colours import write_detector
from tests.retraining import Ending, asked, bad, good, labelled_pool, state_of, use_puppets
from tests.small_disk import small_disk
from tests.waiting import wait_until_gone

from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.services.child import Job
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.result import RetrainEvent, RetrainVerdict
from boxwright.services.retraining.run import retrain
from boxwright.training.protocol import LogLine

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def puppets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_puppets(tmp_path / "plug-ins", monkeypatch)
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with labelled_pool(tmp_path) as made:
        yield made


@pytest.fixture
def queue(project: Project) -> Iterator[WriteQueue]:
    made = WriteQueue(project)
    yield made
    assert made.close()


def refused(project: Project, request: RetrainRequest) -> str:
    """The sentence that `request` ends in; nothing may have changed."""
    before = state_of(project)
    with pytest.raises(BoxwrightError) as raised:
        retrain(project, request)
    assert state_of(project) == before
    assert not job_folders()
    sentence = str(raised.value)
    assert "\n" not in sentence and sentence.endswith(".")
    return sentence


def job_folders() -> list[Path]:
    return list(Path(tempfile.gettempdir()).glob("boxwright-job-*"))


class AtSleeper:
    """Waits until the trainer has started a program of its own that never ends."""

    def __init__(self) -> None:
        self.pid = 0
        self._told = threading.Event()

    def __call__(self, event: RetrainEvent) -> None:
        if isinstance(event, LogLine) and event.text.startswith("sleeper"):
            self.pid = int(event.text.split()[1])
            self._told.set()

    def wait(self) -> int:
        assert self._told.wait()
        return self.pid


def waiting(project: Project, queue: WriteQueue, detector: str) -> tuple[Ending, Job, int]:
    at_sleeper = AtSleeper()
    ending = Ending(at_sleeper)
    job = ending.start(project, queue, asked(detector, do="wait"))
    return ending, job, at_sleeper.wait()


def test_cancel_ends_a_training_that_never_ends_and_all_it_started(
    project: Project, queue: WriteQueue, tmp_path: Path
) -> None:
    before = state_of(project)
    ending, job, sleeper = waiting(project, queue, good(tmp_path))
    job.cancel()
    assert job.wait()
    assert (ending.results, ending.errors) == ([None], [])
    wait_until_gone([job.pid, sleeper])
    assert state_of(project) == before
    assert not job_folders()


def test_a_killed_trainer_is_one_sentence_and_takes_what_it_started_with_it(
    project: Project, queue: WriteQueue, tmp_path: Path
) -> None:
    before = state_of(project)
    ending, job, sleeper = waiting(project, queue, good(tmp_path))
    os.kill(job.pid, signal.SIGKILL)
    assert job.wait()
    assert ending.results == []
    (error,) = ending.errors
    assert "it was killed" in str(error) and "active detector and all labels are as they were" in str(error)
    wait_until_gone([sleeper])
    assert state_of(project) == before
    assert not job_folders()


def test_the_command_is_stopped_by_its_caller(project: Project, tmp_path: Path) -> None:
    before = state_of(project)
    at_sleeper = AtSleeper()
    with pytest.raises(Cancelled, match="training was stopped"):
        retrain(project, asked(good(tmp_path), do="wait"), at_sleeper, lambda: at_sleeper.pid > 0)
    wait_until_gone([at_sleeper.pid])
    assert state_of(project) == before


def test_a_time_limit_ends_a_training_that_never_ends(project: Project, tmp_path: Path) -> None:
    assert "not done after 1 seconds" in refused(project, asked(good(tmp_path), time_limit=1.0, do="wait"))


PARENT = """
import pathlib, sys
from boxwright.services.project.project import Project
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.run import start_retrain
from boxwright.services.project.writer import WriteQueue
from boxwright.training.protocol import LogLine

def tell(event):
    if isinstance(event, LogLine) and event.text.startswith("sleeper"):
        print(job.pid, event.text.split()[1], flush=True)

project = Project.open(pathlib.Path(sys.argv[1]))
request = RetrainRequest("puppet", options={"detector": sys.argv[2], "do": "wait"})
job = start_retrain(project, WriteQueue(project), request, tell, print, print)
sys.stdin.readline()
"""


def test_no_process_outlives_the_window_that_was_killed(tmp_path: Path) -> None:
    with labelled_pool(tmp_path) as made:
        before, folder = state_of(made), made.folder
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(folder), good(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        child, sleeper = (int(word) for word in parent.stdout.readline().split())
        parent.kill()
    wait_until_gone([child, sleeper])
    with Project.open(folder) as project:
        assert not project.read_only
        assert state_of(project) == before


BETWEEN = """
import os, pathlib, sys
from boxwright.services.detectors import files as model_files
from boxwright.services.project.project import Project
from boxwright.services.retraining.run import retrain
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining import register

def die(*_):
    os.kill(os.getpid(), 9)

setattr(register, sys.argv[3], die)
retrain(Project.open(pathlib.Path(sys.argv[1])), RetrainRequest("puppet", options={"detector": sys.argv[2]}))
"""


@pytest.mark.parametrize("moment", ["sha256_of", "_stored"])
def test_a_detector_that_was_being_taken_over_is_not_picked_up_later(tmp_path: Path, moment: str) -> None:
    with labelled_pool(tmp_path) as made:
        before, folder = state_of(made), made.folder
    arguments = [sys.executable, "-c", BETWEEN, str(folder), bad(tmp_path), moment]
    assert subprocess.run(arguments, check=False, capture_output=True).returncode == -signal.SIGKILL
    assert len(list((folder / "models").iterdir())) == 2, "half of it is there"
    with Project.open(folder) as project:
        assert state_of(project) == before


def test_a_detector_that_was_taken_over_stays_though_the_program_was_killed(tmp_path: Path) -> None:
    with labelled_pool(tmp_path) as made:
        folder = made.folder
    arguments = [sys.executable, "-c", BETWEEN, str(folder), bad(tmp_path), "known"]
    assert subprocess.run(arguments, check=False, capture_output=True).returncode == -signal.SIGKILL
    with Project.open(folder) as project:
        model = project.models.get(2)
        assert (project.folder / model.file).is_file()
        assert not list((folder / "models").rglob(".adding*"))


def test_a_crash_is_one_sentence(project: Project, tmp_path: Path) -> None:
    sentence = refused(project, asked(good(tmp_path), do="crash"))
    assert "'puppet' stopped with an error (ValueError: the weights ran away)" in sentence
    assert "exit status 3" in refused(project, asked(good(tmp_path), do="vanish"))
    assert "'puppet' stopped with an error (SystemExit)" in refused(project, asked(good(tmp_path), do="leave"))


def test_garbage_on_its_output_is_passed_over(project: Project, tmp_path: Path) -> None:
    ending: list[RetrainEvent] = []
    result = retrain(project, asked(bad(tmp_path), do="babble"), ending.append)
    assert result.verdict is RetrainVerdict.WORSE
    lines = [event.text for event in ending if isinstance(event, LogLine)]
    assert 0 < len(lines) < 5_000
    assert max(map(len, lines)) <= 2_000


@pytest.mark.skipif(sys.platform == "win32", reason="there is no limit to a file's size to set")
def test_a_full_disk_in_the_child_is_one_sentence(project: Project, tmp_path: Path) -> None:
    assert "no room left on the disk" in refused(project, asked(good(tmp_path), do="fill_the_disk"))


def test_a_full_disk_when_it_is_taken_over_is_one_sentence(tmp_path: Path) -> None:
    """A file system of its own, too small for the project and a detector that is made large."""
    large = write_detector(tmp_path / "large.onnx", middle=(22, 16))
    model = onnx.load(large)
    model.graph.initializer.append(numpy_helper.from_array(np.zeros(2_000_000, np.float32), "ballast"))
    onnx.save(model, large)
    with small_disk(tmp_path / "small", "4m") as place, labelled_pool(place) as project:
        sentence = refused(project, asked(str(large)))
        assert "could not be copied into the project" in sentence
        assert "active detector and all labels are as they were" in sentence


def test_a_base_that_is_deleted_is_one_sentence(tmp_path: Path, project: Project) -> None:
    before = state_of(project)
    with pytest.raises(BoxwrightError, match="file of the detector to start from is gone"):
        retrain(project, asked(good(tmp_path), "puppet-on-base", do="lose_the_base"))
    with pytest.raises(BoxwrightError, match="The file of the detector 'colours' is gone"):
        retrain(project, asked(good(tmp_path), "puppet-on-base"))
    after = state_of(project)
    assert {k: v for k, v in after.items() if k != "files"} == {k: v for k, v in before.items() if k != "files"}
    assert [path.name for path in after["files"]] == ["colours", "colours.card.json"]


def test_a_training_that_outlasts_its_base_is_not_lost(tmp_path: Path, project: Project) -> None:
    result = retrain(project, asked(bad(tmp_path), "puppet-on-base", do="lose_the_base_and_go_on"))
    assert result.verdict is RetrainVerdict.UNMEASURED
    assert "present detector could not be measured" in result.note
    active = project.models.active()
    assert active is not None and active.id == 1


def test_a_candidate_that_does_not_load_is_refused(project: Project, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(Path(good(tmp_path)).read_bytes()[:200])
    sentence = refused(project, asked(str(broken)))
    assert "new detector cannot be used, and the active one stays" in sentence


@pytest.mark.parametrize(
    ("classes", "words"),
    [
        (["red", "green", "teal"], "it knows 'teal'"),
        (["red", "green"], "it does not know 'blue'"),
        (["red", "green", "blue", "teal"], "it knows 'teal'"),
    ],
)
def test_a_candidate_with_other_classes_is_refused(
    project: Project, tmp_path: Path, classes: list[str], words: str
) -> None:
    assert words in refused(project, asked(good(tmp_path), classes=classes))
