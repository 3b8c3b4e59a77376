"""Every real detector is a base that `transfer` makes a detector of."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.training_sets import CLASSES, shapes_set
from tests.unit.training.test_base_graph import REAL

from boxwright.config import paths
from boxwright.domain.errors import SettingError, TrainingError
from boxwright.domain.progress import ignore, never
from boxwright.inference.detector import Detector
from boxwright.inference.inspect import inspect_model
from boxwright.inference.preprocess import prepare
from boxwright.training.protocol import BaseModel, Candidate, Effort, LogLine, TrainingSet, TrainSettings
from boxwright.training.registry import by_name
from boxwright.training.transfer import _way
from boxwright.training.transfer_plan import Depth, recipe_for, size_for

pytest.importorskip("torch", reason="training needs the extra 'train'")
onnx = pytest.importorskip("onnx", reason="training needs the extra 'train'")

from boxwright.training.nets.base_graph import at_size, read_base  # noqa: E402
from boxwright.training.nets.feature_cache import FeatureCache  # noqa: E402

pytestmark = pytest.mark.slow


def base_of(data_dir: Path, file: str) -> BaseModel:
    path = data_dir.parent / "models" / file
    card = inspect_model(path, {"classes": [str(i) for i in range(80)]}).usable_card()
    return BaseModel(path, card, lambda picture, spec: prepare(picture, spec).tensor)


@pytest.mark.data
@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize("file", [name for name in REAL if not name.startswith("layouts/v")])
def test_a_real_detector_becomes_one_of_the_projects(data_dir: Path, tmp_path: Path, file: str, depth: Depth) -> None:
    settings = TrainSettings(tmp_path, epochs=1, batch=4, size=128, threads=1, options={"depth": str(depth)})
    made = by_name("transfer").train(shapes_set(4), base_of(data_dir, file), settings, ignore, never)
    # A stranger would open it without a card.
    detector = Detector.open(made.onnx, None, "cpu", 1)
    assert replace(detector.card, options={}) == made.card
    found = detector.detect([np.zeros((90, 150, 3), np.uint8)] * 2, conf=0.0001)
    assert [f.probs.shape[1] for f in found] == [len(CLASSES)] * 2
    assert (made.card.input.width, made.card.classes) == (128, CLASSES)
    assert {path.name for path in tmp_path.iterdir()} == {"candidate.onnx"}


@pytest.mark.data
def test_features_are_computed_once_and_serve_the_next_run(data_dir: Path, tmp_path: Path) -> None:
    dataset = shapes_set(4)
    dataset = replace(dataset, images=tuple(replace(i, key=f"bytes{n}") for n, i in enumerate(dataset.images)))
    seen: list[str] = []

    def train(learnt: TrainingSet) -> int:
        seen.clear()
        settings = TrainSettings(
            tmp_path / "out",
            epochs=1,
            batch=4,
            size=128,
            threads=1,
            cache=tmp_path / "cache",
            options={"depth": "head"},
        )
        settings.out.mkdir(exist_ok=True)
        by_name("transfer").train(
            learnt, base_of(data_dir, "yolox_nano.onnx"), settings, lambda told: seen.append(str(told)), never
        )
        return sum("looking at the images" in told for told in seen)

    assert train(replace(dataset, images=dataset.images[:3])) == 3 * 6
    # One image more: only its own variants are missing.
    assert train(dataset) == 6
    assert train(dataset) == 0


def test_features_of_images_without_a_hash_are_not_taken_for_those_of_others(tmp_path: Path) -> None:
    base = starter()
    graph = at_size(read_base(base.onnx, base.card.input), 128)
    whole = shapes_set(4)
    parts = [replace(whole, images=whole.images[:2]), replace(whole, images=whole.images[2:])]
    found = []
    for part in parts:
        features = FeatureCache(graph, base.feed, part, tmp_path, only_plain=True)
        features.compute(1, ignore, never)
        found.append(features.batch([(0, 0)])[0][0])
    assert not np.array_equal(found[0], found[1])


def test_small_boxes_ask_for_a_larger_input() -> None:
    dataset = shapes_set(4)
    large = tuple(replace(i, width=1024, height=1024) for i in dataset.images)
    # Boxes of 28 to 52 pixels in 128, and in 1024.
    assert size_for(dataset, 416, 1.25) == 416
    assert size_for(replace(dataset, images=large), 416, 1.25) == 512
    assert size_for(replace(dataset, images=large), 416, 1.55) == 640


def test_an_effort_is_an_amount_of_pixels_and_few_images_are_not_shown_for_ever(tmp_path: Path) -> None:
    few = shapes_set(4)

    def planned(count: int, settings: TrainSettings) -> tuple[int, int]:
        """Steps, and passes over the images."""
        dataset = replace(few, images=few.images * (count // 4))
        recipe = recipe_for(dataset, starter().card.input, Depth.BODY, settings)
        return recipe.epochs * -(-count // recipe.batch), recipe.epochs

    efforts = [TrainSettings(tmp_path, effort) for effort in Effort]
    steps = [planned(4000, settings)[0] for settings in efforts]
    assert steps[0] * 2 < steps[1] < steps[2] / 5
    assert [planned(12, settings)[1] for settings in efforts] == [200, 400, 1000]
    # As many steps whatever the number of images, but for the last pass, which is whole.
    assert abs(planned(8000, efforts[0])[0] - steps[0]) <= 1000
    # A larger input has fewer steps in the same time.
    large, small = (planned(400, replace(efforts[0], size=size))[0] for size in (640, 320))
    assert 3.2 < small / large < 4.8


def test_an_unknown_depth_or_option_is_answered_with_the_known_ones(tmp_path: Path) -> None:
    for options, words in (({"depth": "deep"}, "head, neck, body, all"), ({"layers": 3}, "it has depth")):
        with pytest.raises(SettingError, match=words):
            by_name("transfer").train(shapes_set(4), starter(), TrainSettings(tmp_path, options=options), ignore, never)


def changed(folder: Path, *nodes: Any, constants: tuple[Any, ...] = ()) -> BaseModel:
    """The starter with `nodes` between its image, `images`, and the rest, which reads `seen`."""
    model = onnx.load(paths.models() / "starter.onnx")
    image = model.graph.input[0].name
    for node in model.graph.node:
        node.input[:] = ["seen" if name == image else name for name in node.input]
    model.graph.input[0].name = "images"
    model.graph.initializer.extend(constants)
    rest = list(model.graph.node)
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *rest])
    onnx.save(model, folder / "changed.onnx")
    return replace(starter(), onnx=folder / "changed.onnx")


def test_layers_that_cannot_learn_leave_a_new_head_and_the_advice_can_be_followed(tmp_path: Path) -> None:
    base = changed(tmp_path, onnx.helper.make_node("Elu", ["images"], ["seen"]))
    told: list[object] = []

    def train(**options: str) -> Candidate:
        settings = TrainSettings(tmp_path, epochs=1, batch=4, size=64, threads=1, options=options)
        return by_name("transfer").train(shapes_set(4), base, settings, told.append, never)

    made = train()
    assert made.note.startswith(
        "Only a new head learns, because the graph of the detector that it starts from uses Elu,"
    )
    assert LogLine(made.note) in told
    assert Detector.open(made.onnx, None, "cpu", 1).detect([np.zeros((64, 64, 3), np.uint8)])
    with pytest.raises(TrainingError, match="uses Elu, but a new head on it can: set the option depth to 'head'"):
        train(depth="all")
    assert train(depth="head").note == ""


def test_a_file_that_cannot_grow_is_trained_at_its_own_size(tmp_path: Path) -> None:
    base = changed(
        tmp_path,
        onnx.helper.make_node("Reshape", ["images", "wide"], ["strip"]),
        onnx.helper.make_node("Reshape", ["strip", "back"], ["seen"]),
        constants=(
            onnx.numpy_helper.from_array(np.array([1, 3, 160, 640], np.int64), "wide"),
            onnx.numpy_helper.from_array(np.array([1, 3, 320, 320], np.int64), "back"),
        ),
    )
    dataset = shapes_set(4)
    # Small boxes ask for more than the file's own 320 pixels.
    dataset = replace(dataset, images=tuple(replace(i, width=2048, height=2048) for i in dataset.images))
    settings = TrainSettings(tmp_path, Effort.THOROUGH)
    assert recipe_for(dataset, base.card.input, Depth.ALL, settings).size > 320
    assert _way(dataset, base, settings, tmp_path).spec.width == 320
    with pytest.raises(TrainingError, match="cannot be trained at 416 pixels; leave the input side to the trainer"):
        _way(dataset, base, replace(settings, size=416), tmp_path)


def starter() -> BaseModel:
    file = paths.models() / "starter.onnx"
    return BaseModel(file, inspect_model(file).usable_card(), lambda picture, spec: prepare(picture, spec).tensor)
