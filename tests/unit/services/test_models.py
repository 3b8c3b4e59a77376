"""Detectors of a project on disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from tests.onnx_graphs import NAMES, dense_rows, f32, write_graph, yolo_metadata
from tests.retraining import labelled_pool

from boxwright.domain.errors import ModelError
from boxwright.services.detectors.admission import add_model
from boxwright.services.detectors.registry import map_classes, open_detector, unmapped_classes
from boxwright.services.project.project import Project
from boxwright.services.retraining.evaluate import evaluate_project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project") as project:
        yield project


def detector_file(path: Path, **more: Any) -> Path:
    outputs = {"output0": f32(dense_rows(252, objectness=False).T[None])}
    return write_graph(path, outputs, **{"metadata": yolo_metadata(), **more})


def names(project: Project) -> list[str]:
    return [c.name for c in project.classes.all()]


def files(project: Project) -> list[str]:
    folder = project.folder / "models"
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_the_first_is_active_and_brings_its_classes(project: Project, tmp_path: Path) -> None:
    source = detector_file(tmp_path / "best v1.onnx")
    model = add_model(project, source)
    assert model.active
    assert model.file == "models/best_v1/best v1.onnx"
    assert (project.folder / model.file).read_bytes() == source.read_bytes()
    assert model.sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert names(project) == list(NAMES)
    assert unmapped_classes(model) == []
    assert files(project) == ["best_v1/best v1.card.json", "best_v1/best v1.onnx"]


def test_the_second_waits_to_be_activated(project: Project, tmp_path: Path) -> None:
    first = add_model(project, detector_file(tmp_path / "a.onnx"))
    second = add_model(project, detector_file(tmp_path / "b.onnx", metadata=yolo_metadata(("x", "y", "z"))))
    assert [m.active for m in project.models.all()] == [True, False]
    assert unmapped_classes(second) == ["x", "y", "z"]
    assert names(project) == list(NAMES)
    project.models.activate(second.id)
    active = project.models.active()
    assert active is not None and active.id == second.id != first.id


def test_the_same_file_is_not_added_twice(project: Project, tmp_path: Path) -> None:
    source = detector_file(tmp_path / "a.onnx")
    first = add_model(project, source)
    assert add_model(project, source) == first
    remapped = add_model(project, source, mapping={"cat": ""})
    assert (remapped.id, unmapped_classes(remapped)) == (first.id, ["cat"])
    assert len(project.models.all()) == 1
    assert len(files(project)) == 2


def test_another_file_of_the_same_name_gets_its_own_folder(project: Project, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    add_model(project, detector_file(tmp_path / "a.onnx"))
    second = add_model(project, detector_file(tmp_path / "other" / "a.onnx", metadata=yolo_metadata(("x", "y", "z"))))
    assert second.file == "models/a-2/a.onnx"


def test_names_match_but_for_case_spaces_and_marks(tmp_path: Path) -> None:
    with Project.create(tmp_path / "p", ["Owl", "big cat", "hen"]) as project:
        metadata = yolo_metadata(("Big_Cat", "dog", "OWL"))
        model = add_model(project, detector_file(tmp_path / "a.onnx", metadata=metadata), mapping={"dog": "hen"})
        ids = {c.name: c.id for c in project.classes.all()}
        assert model.class_map == {0: ids["big cat"], 1: ids["hen"], 2: ids["Owl"]}
        model = map_classes(project, model, {"OWL": "", "dog": "Owl"})
        assert model.class_map == {0: ids["big cat"], 1: ids["Owl"]}
        assert unmapped_classes(model) == ["OWL"]
        with pytest.raises(ModelError, match="no class 'horse'; it has Big_Cat"):
            map_classes(project, model, {"horse": "hen"})
        with pytest.raises(ModelError, match="no class 'horse'; it has Owl"):
            map_classes(project, model, {"dog": "horse"})


def test_weights_in_another_file_come_along(project: Project, tmp_path: Path) -> None:
    source = detector_file(tmp_path / "a.onnx")
    alone = add_model(project, source)
    onnx.save(onnx.load(source), str(source), save_as_external_data=True, location="a.data", size_threshold=100)
    model = add_model(project, source)
    assert files(project)[:3] == ["a-2/a.card.json", "a-2/a.data", "a-2/a.onnx"]
    assert (project.folder / "models/a-2/a.data").read_bytes() == (tmp_path / "a.data").read_bytes()
    (tmp_path / "a.data").unlink()
    picture = np.zeros((96, 128, 3), np.uint8)
    found = [open_detector(project, m, "cpu").detect([picture], conf=0.1)[0] for m in (alone, model)]
    np.testing.assert_array_equal(found[0].boxes, found[1].boxes)
    assert alone.sha256 != model.sha256


def test_a_card_comes_along_and_overrides(project: Project, tmp_path: Path) -> None:
    source = detector_file(tmp_path / "a.onnx")
    (tmp_path / "a.card.json").write_text(json.dumps({"input": {"channels": "bgr"}, "notes": {"licence": "MIT"}}))
    model = add_model(project, source)
    assert (model.card.input.channels, model.card.notes["licence"]) == ("bgr", "MIT")


@pytest.mark.parametrize("trouble", ["text", "cut", "empty", "missing", "weights", "classes", "layout", "map", "card"])
def test_what_cannot_be_used_changes_nothing(project: Project, tmp_path: Path, trouble: str) -> None:
    add_model(project, detector_file(tmp_path / "good.onnx"))
    before = (files(project), project.models.all(), names(project))
    source, said = detector_file(tmp_path / "bad.onnx"), dict[str, Any]()
    match trouble:
        case "text":
            source.write_text("no model")
        case "cut":
            source.write_bytes(source.read_bytes()[:-100])
        case "empty":
            source.write_bytes(b"")
        case "missing":
            source.unlink()
        case "weights":
            onnx.save(onnx.load(source), str(source), save_as_external_data=True, location="gone", size_threshold=100)
            (tmp_path / "gone").unlink()
        case "classes":
            said["classes"] = ["one"]
        case "layout":
            said["layout"] = "deim"
        case "map":
            said |= {"classes": ["x", "y", "z"], "mapping": {"x": "no such class"}}
        case "card":
            (tmp_path / "bad.card.json").write_text("{")
    with pytest.raises(ModelError) as error:
        add_model(project, source, **said)
    assert "\n" not in str(error.value)
    assert (files(project), project.models.all(), names(project)) == before
    assert [p.name for p in (project.folder / "models").iterdir()] == ["good"]


def test_a_detector_whose_file_is_gone(project: Project, tmp_path: Path) -> None:
    model = add_model(project, detector_file(tmp_path / "a.onnx"))
    (project.folder / model.file).unlink()
    with pytest.raises(ModelError, match=r"is gone from .*; add it again"):
        open_detector(project, model)


def test_boxes_of_an_unmapped_class_are_not_measured(tmp_path: Path) -> None:
    """The detector is right on the one image of each of three classes that is set aside for measuring."""
    with labelled_pool(tmp_path) as project:
        (model,) = project.models.all()
        assert evaluate_project(project, model, "cpu").metrics.ap == pytest.approx(1)
        map_classes(project, model, {"green": ""})
        (model,) = project.models.all()
        assert evaluate_project(project, model, "cpu").metrics.ap == pytest.approx(2 / 3, abs=0.01)
