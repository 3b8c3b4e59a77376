"""A detector is tried on the project's images before it is one of its detectors."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.colours import write_pictures
from tests.onnx_graphs import NAMES
from tests.unruly_detectors import failing_on_bright

from boxwright.domain.errors import ModelError
from boxwright.services.detectors.admission import add_model
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project


def project_of(folder: Path, *colours: tuple[int, int, int]) -> Project:
    project = Project.create(folder / "project", NAMES)
    add_folders(project, [write_pictures(folder / "pictures", colours)])
    return project


def test_one_that_fails_on_an_image_of_the_project_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with project_of(tmp_path, (9, 9, 9), (250, 250, 250)) as project:
        with pytest.raises(ModelError, match=r"moody\.onnx failed on a picture"):
            add_model(project, failing_on_bright(tmp_path / "moody.onnx"))
        assert project.models.all() == []
        assert list((project.folder / "models").iterdir()) == []


def test_one_that_works_on_the_images_there_are_is_taken(tmp_path: Path) -> None:
    with project_of(tmp_path, (9, 9, 9), (40, 40, 40)) as project:
        assert add_model(project, failing_on_bright(tmp_path / "moody.onnx")).active


def test_images_that_cannot_be_read_are_no_fault_of_the_detector(tmp_path: Path) -> None:
    with project_of(tmp_path, (9, 9, 9), (40, 40, 40)) as project:
        for file in (tmp_path / "pictures").iterdir():
            file.unlink()
        assert add_model(project, failing_on_bright(tmp_path / "moody.onnx")).active
