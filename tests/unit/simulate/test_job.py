"""An experiment on a project's labels in a child process that has processes of its own."""

from __future__ import annotations

import threading
from pathlib import Path

import psutil
import pytest
from tests.labelled_project import make_project
from tests.waiting import wait_until_gone

from boxwright.domain.errors import BoxwrightError, Cancelled, FormatError
from boxwright.domain.progress import ignore, never
from boxwright.services.project.project import Project
from boxwright.simulate.from_project import Answer, Trial, labels_of, try_rules
from boxwright.simulate.job import start_experiment

pytestmark = pytest.mark.slow

pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("onnx", reason="training needs the extra 'train'")


class Heard:
    """What the job tells."""

    def __init__(self) -> None:
        self.answer: Answer | None = None
        self.error: BoxwrightError | None = None
        self.trained = threading.Event()

    def start(self, project: Path, trial: Trial):
        return start_experiment(project, trial, self._progress, self._done, self._failed)

    def _progress(self, progress) -> None:
        if progress.what == "trying the rules":
            self.trained.set()

    def _done(self, answer: Answer) -> None:
        self.answer = answer

    def _failed(self, error: BoxwrightError) -> None:
        self.error = error


def test_several_trainings_at_once_give_an_answer(tmp_path: Path) -> None:
    heard = Heard()
    job = heard.start(make_project(tmp_path, 64), Trial("uncertainty", seeds=1, steps=5, jobs=2))
    assert job.wait()
    assert heard.error is None
    assert heard.answer is not None
    assert [row[0] for row in heard.answer.rows] == ["uncertainty"]
    assert heard.answer.page.is_file()


def test_cancel_ends_every_process_and_the_next_run_goes_on(tmp_path: Path) -> None:
    heard, project = Heard(), make_project(tmp_path, 64)
    job = heard.start(project, Trial("uncertainty", seeds=20, steps=5, jobs=2))
    assert heard.trained.wait()
    started = psutil.Process(job.pid).children(recursive=True)
    job.cancel()
    assert job.wait()
    assert isinstance(heard.error, Cancelled)
    assert len(started) >= 2
    wait_until_gone(started)
    kept = next((project / "cache" / "experiments").iterdir()) / "cells.jsonl"
    before = kept.read_text().splitlines()
    assert len(before) >= 2
    again = Heard()
    assert again.start(project, Trial("uncertainty", seeds=1, steps=5)).wait()
    assert again.error is None
    assert kept.read_text().splitlines()[: len(before)] == before


def test_too_few_labels_are_told(tmp_path: Path) -> None:
    with Project.open(make_project(tmp_path, 10), read_only=True) as project:
        assert labels_of(project).images == 10
        with pytest.raises(FormatError, match="from about 60 on"):
            try_rules(project, Trial("uncertainty"), ignore, never)
