"""A person's own training program in a real retraining: its detector becomes active, and nothing of it survives."""

from __future__ import annotations

import os
import re
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.retraining import Ending, good, labelled_pool, state_of
from tests.waiting import wait_until_gone

from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.result import RetrainEvent, RetrainVerdict
from boxwright.training.protocol import Epoch, LogLine

# It starts a child that would outlive it, and both would go on for ten minutes.
ENDLESS = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-S", "-c", "import time; time.sleep(600)"])
print("pids", os.getpid(), child.pid, flush=True)
time.sleep(600)
"""
COPYING = """
import json, pathlib, shutil, sys
dataset, out, base, ready = sys.argv[1:]
assert pathlib.Path(base).is_file()
print(json.dumps({"epoch": 1, "epochs": 1, "loss": 0.5, "ap50": 0.75}))
print(len(list(pathlib.Path(dataset).rglob("*.txt"))), "label files")
shutil.copy(ready, out)
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with labelled_pool(tmp_path / "내 사진 folder") as made:
        yield made


def request(code: str, *more: str) -> RetrainRequest:
    arguments = [sys.executable, "-S", "-c", code, "{dataset}", "{out}", *more]
    return RetrainRequest("command", threads=1, options={"arguments": arguments})


def family(ending: Ending) -> list[psutil.Process]:
    """The program and its child, once it has told of them."""
    said = next(event.text for event in ending.events if isinstance(event, LogLine) and event.text.startswith("pids"))
    return [psutil.Process(int(pid)) for pid in re.findall(r"\d+", said)]


def test_its_detector_is_measured_and_becomes_active(project: Project, tmp_path: Path) -> None:
    ending, queue = Ending(), WriteQueue(project)
    assert ending.start(project, queue, request(COPYING, "{base}", good(tmp_path))).wait()
    assert queue.close()
    assert ending.result.verdict is RetrainVerdict.ACTIVATED
    assert [(e.number, e.loss, e.ap50) for e in ending.result.history] == [(1, 0.5, 0.75)]
    # The six labelled images of the training split, none of those that measure.
    assert LogLine("6 label files") in [event for event in ending.events if isinstance(event, LogLine | Epoch)]


@pytest.mark.parametrize("how", ["cancel", "kill the worker"])
def test_nothing_of_a_program_survives_its_retraining(how: str, project: Project) -> None:
    told = threading.Event()

    def at_event(event: RetrainEvent) -> None:
        if isinstance(event, LogLine) and event.text.startswith("pids"):
            told.set()

    before, queue, ending = state_of(project), WriteQueue(project), Ending(at_event)
    job = ending.start(project, queue, request(ENDLESS))
    assert told.wait()
    processes = family(ending)
    assert len(processes) == 2
    if how == "cancel":
        job.cancel()
    else:
        os.kill(job.pid, signal.SIGKILL)
    assert job.wait()
    assert queue.close()
    wait_until_gone(processes)
    assert len(ending.results) + len(ending.errors) == 1
    assert state_of(project) == before
