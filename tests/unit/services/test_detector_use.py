"""A detector of the project is used otherwise from now on, and what follows of that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.colours import write_pictures
from tests.foreign_detectors import write_foreign

from boxwright.domain.detector_use import DetectorUse, UseKind
from boxwright.domain.errors import ModelError
from boxwright.domain.progress import ignore
from boxwright.services.detectors.admission import add_model
from boxwright.services.detectors.use import set_use, use_of
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.label_check import start_label_check
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue

GUESSES, BASE = DetectorUse(UseKind.GUESSES), DetectorUse(UseKind.BASE)
AS_FISH = DetectorUse(UseKind.ONE_CLASS, "fish")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_foreign(tmp_path / "coco.onnx", 80, [((20.0, 12.0, 60.0, 52.0), 14, 0.9)])


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project", ["ray", "fish"]) as made:
        add_folders(made, [write_pictures(tmp_path / "pictures", [(9, 9, 9)])])
        yield made


def test_the_active_one_that_becomes_a_base_is_active_no_more(project: Project, file: Path) -> None:
    model = add_model(project, file, use=AS_FISH)
    assert model.active
    model = set_use(project, model, BASE)
    assert (model.active, model.class_map, project.models.active()) == (False, {}, None)
    assert use_of(project, model) == BASE


@pytest.mark.parametrize("before", [GUESSES, AS_FISH])
@pytest.mark.parametrize("then", [GUESSES, AS_FISH])
def test_one_that_is_added_again_is_there_once_and_used_as_was_said_last(
    project: Project, file: Path, before: DetectorUse, then: DetectorUse
) -> None:
    first = add_model(project, file, use=before)
    again = add_model(project, file, use=then)
    assert [model.id for model in project.models.all()] == [first.id] == [again.id]
    assert use_of(project, again) == then


def test_boxes_without_names_check_no_labels(project: Project, file: Path) -> None:
    model = add_model(project, file, use=GUESSES)
    queue = WriteQueue(project)
    try:
        with pytest.raises(ModelError, match="have no names"):
            start_label_check(project, queue, model.id, "cpu", ignore, _nobody, _nobody)
    finally:
        queue.close()


def _nobody(_told: object) -> None:
    raise AssertionError("no job was begun")
