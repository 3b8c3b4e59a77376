"""Detectors of unknown origin are looked into and tried where they do no harm: in a child with limits."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from tests.colours import CLASSES, write_detector
from tests.unruly_detectors import hungry, never_answering

from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.model import Model
from boxwright.services.detectors.jobs import DetectorReport, start_adding, start_inspection
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue

pytestmark = pytest.mark.slow

LAST_RESORT = 250.0
FIVE_GIGABYTES = 1_250_000_000


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project") as made:
        yield made


@pytest.fixture
def writer(project: Project) -> Iterator[WriteQueue]:
    queue = WriteQueue(project)
    yield queue
    queue.close()


def looked_into(file: Path) -> DetectorReport:
    answer: Future[DetectorReport] = Future()
    start_inspection(file, {}, answer.set_result, answer.set_exception)
    return answer.result(LAST_RESORT)


def folders(project: Project) -> list[str]:
    return [path.name for path in (project.folder / "models").iterdir()]


def test_what_a_file_is_comes_back_from_the_child(tmp_path: Path) -> None:
    report = looked_into(write_detector(tmp_path / "seen.onnx"))
    assert report.card is not None
    assert (report.card.classes, report.problem) == (CLASSES, "")
    assert report.guesses[0].layout == "yolov8" and report.guesses[0].reasons


def test_a_file_that_takes_five_gigabytes_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(BoxwrightError, match=r"^hungry\.onnx needs more memory than it may take here"):
        looked_into(hungry(tmp_path / "hungry.onnx", FIVE_GIGABYTES))


def test_adding_one_that_never_answers_holds_nobody_up_and_leaves_nothing_when_it_is_stopped(
    project: Project, writer: WriteQueue, tmp_path: Path
) -> None:
    file = never_answering(tmp_path / "endless.onnx")
    answer: Future[Model] = Future()
    job = start_adding(project, writer, file, [], None, True, answer.set_result, answer.set_exception)
    copied = threading.Event()
    while not copied.is_set() and job.running:
        if folders(project):
            copied.set()
    assert writer.submit(lambda local: local.classes.add("written meanwhile").name).result(LAST_RESORT)
    assert job.running
    job.cancel()
    with pytest.raises(Cancelled):
        answer.result(LAST_RESORT)
    assert folders(project) == []
    assert project.models.all() == []


def test_one_that_is_refused_leaves_nothing(project: Project, writer: WriteQueue, tmp_path: Path) -> None:
    answer: Future[Model] = Future()
    file = write_detector(tmp_path / "seen.onnx")
    start_adding(project, writer, file, ["one"], None, True, answer.set_result, answer.set_exception)
    with pytest.raises(BoxwrightError, match="3 classes"):
        answer.result(LAST_RESORT)
    assert folders(project) == []


def test_one_that_works_is_added_and_activated(project: Project, writer: WriteQueue, tmp_path: Path) -> None:
    answer: Future[Model] = Future()
    file = write_detector(tmp_path / "seen.onnx")
    start_adding(project, writer, file, [], None, True, answer.set_result, answer.set_exception)
    model = answer.result(LAST_RESORT)
    assert model.active and (project.folder / model.file).is_file()
    assert [c.name for c in project.classes.all()] == list(CLASSES)
