"""A round goes on where the last one ended, and a detector does not grow from round to round."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from boxwright.config import paths
from boxwright.domain.box import iou_matrix
from boxwright.domain.prediction import Detections
from boxwright.domain.progress import ignore, never
from boxwright.inference.detector import Detector
from boxwright.inference.inspect import inspect_model
from boxwright.inference.preprocess import prepare
from boxwright.services.demo.starter import training_set
from boxwright.training.protocol import BaseModel, Candidate, TrainingSet, TrainSettings
from boxwright.training.registry import by_name

pytestmark = pytest.mark.slow

pytest.importorskip("torch", reason="training needs the extra 'train'")
onnx = pytest.importorskip("onnx", reason="training needs the extra 'train'")

STARTER = paths.models() / "starter.onnx"
# So little that what comes out is nearly what went in; equal weights would be written once by the exporter.
NOTHING = 1e-5


SHOWN, SCORES_APART = 0.3, 0.08


@pytest.fixture(scope="module")
def pictures() -> TrainingSet:
    return training_set(4)


def taught(base: Path, pictures: TrainingSet, out: Path, depth: str = "all") -> Candidate:
    out.mkdir()
    card = inspect_model(base).usable_card()
    settings = TrainSettings(out, epochs=4, batch=4, learning_rate=NOTHING, threads=1, options={"depth": depth})
    model = BaseModel(base, card, lambda picture, spec: prepare(picture, spec).tensor)
    return by_name("transfer").train(pictures, model, settings, ignore, never)


def seen(file: Path, pictures: TrainingSet) -> Detections:
    picture = pictures.read(pictures.images[0].path, 0)
    return Detector.open(file, None, "cpu", 1).detect([picture], conf=SHOWN)[0]


def same(a: Detections, b: Detections) -> bool:
    """Each box of one is at its place in the other, but for the neighbour that suppression keeps of two alike, and for
    those whose scores are so near to what is shown that a hair takes them off."""
    return min(len(a), len(b)) > 3 and _has_all(a, b) and _has_all(b, a)


def _has_all(a: Detections, b: Detections) -> bool:
    """All of `b` in `a`."""
    clear = b.scores > SHOWN + SCORES_APART
    overlaps = iou_matrix(b.boxes[clear], a.boxes)
    partners = overlaps.argmax(axis=1)
    alike = np.allclose(b.scores[clear], a.scores[partners], atol=SCORES_APART)
    return bool(clear.sum() > 3 and overlaps.max(axis=1).min() > 0.85) and alike


def test_the_first_round_begins_at_what_the_starter_knows(pictures: TrainingSet, tmp_path: Path) -> None:
    made = taught(STARTER, pictures, tmp_path / "one")
    assert same(seen(made.onnx, pictures), seen(STARTER, pictures))


def test_the_next_round_begins_where_the_last_one_ended_and_is_no_larger(pictures: TrainingSet, tmp_path: Path) -> None:
    first = taught(STARTER, pictures, tmp_path / "one")
    second = taught(first.onnx, pictures, tmp_path / "two")
    assert same(seen(second.onnx, pictures), seen(first.onnx, pictures))
    sizes = [len(onnx.load(made.onnx).graph.node) for made in (first, second)]
    assert sizes[0] == sizes[1]
    assert second.onnx.stat().st_size <= first.onnx.stat().st_size + 1000


def test_a_head_on_stored_features_is_taken_up_as_well(pictures: TrainingSet, tmp_path: Path) -> None:
    first = taught(STARTER, pictures, tmp_path / "one", "head")
    second = taught(first.onnx, pictures, tmp_path / "two", "head")
    found = [
        {i.name: onnx.numpy_helper.to_array(i) for i in onnx.load(m.onnx).graph.initializer} for m in (first, second)
    ]
    name = "boxwright_head/network.lateral.0.0.weight"
    assert np.allclose(found[0][name], found[1][name], atol=1e-3)


def test_other_classes_get_a_new_head(pictures: TrainingSet, tmp_path: Path) -> None:
    renamed = replace(pictures, classes=tuple(f"other {name}" for name in pictures.classes))
    made = taught(STARTER, renamed, tmp_path / "one")
    assert not len(seen(made.onnx, pictures))
