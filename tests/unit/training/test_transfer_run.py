"""What a run of `transfer` does on the way: sizes, layers that are left alone, and the statistics that it ends with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.training_sets import shapes_set

from boxwright.config import paths
from boxwright.domain.card import InputSpec
from boxwright.domain.progress import ignore, never
from boxwright.inference.cards import load_card
from boxwright.inference.preprocess import prepare
from boxwright.training.protocol import BaseModel, Candidate, TrainSettings
from boxwright.training.registry import by_name

pytest.importorskip("torch", reason="training needs the extra 'train'")
onnx = pytest.importorskip("onnx", reason="training needs the extra 'train'")

import torch  # noqa: E402
from torch import Tensor, nn  # noqa: E402

from boxwright.training.nets.base_graph import FEATURES, at_size, read_base  # noqa: E402
from boxwright.training.nets.head import HeadOutput  # noqa: E402
from boxwright.training.nets.machine import Machine  # noqa: E402
from boxwright.training.nets.normalisation import measure_again  # noqa: E402
from boxwright.training.nets.onnx_run import open_graph, run  # noqa: E402
from boxwright.training.nets.typed_modules import TypedModule  # noqa: E402

pytestmark = pytest.mark.slow

STARTER = paths.models() / "starter.onnx"


def trained(out: Path, sides: list[int], rate: float | None = None, options: Mapping[str, Any] = {}) -> Candidate:
    """From the starter; `sides` gets that of each picture that the network is fed."""
    card = load_card(STARTER)
    assert card is not None

    def feed(picture: np.ndarray[Any, Any], spec: InputSpec) -> Any:
        sides.append(len(picture))
        return prepare(picture, spec).tensor

    settings = TrainSettings(out, epochs=6, batch=4, size=320, learning_rate=rate, threads=1, options=options)
    return by_name("transfer").train(shapes_set(8), BaseModel(STARTER, card, feed), settings, ignore, never)


def weights(file: Path) -> list[np.ndarray[Any, Any]]:
    """Of the convolutions before the first map at an eighth, which keep their names, and of all behind it."""
    card = load_card(STARTER)
    assert card is not None
    base = read_base(STARTER, replace(card.input, resize="letterbox"))
    names = [n.input[1] for n in base.model.graph.node[: base.early] if n.op_type == "Conv"]
    found = {tensor.name: tensor for tensor in onnx.load(file).graph.initializer}
    return [onnx.numpy_helper.to_array(found[name]) for name in names]


def test_a_run_begins_on_smaller_pictures_and_ends_on_those_of_its_size(tmp_path: Path) -> None:
    sides: list[int] = []
    made = trained(tmp_path, sides)
    assert made.card.input.width == 320
    small = [place for place, side in enumerate(sides) if side == 192]
    assert set(sides) == {192, 320}
    # Steps on smaller pictures are cheaper, so more than half of the run's 48 pictures are small.
    assert 24 < len(small) < 44
    assert 192 not in sides[small[-1] + 1 :]


@pytest.mark.parametrize(("options", "alone"), [({}, True), ({"depth": "all"}, False)])
def test_the_earliest_layers_are_left_alone_unless_all_shall_learn(
    tmp_path: Path, options: dict[str, str], alone: bool
) -> None:
    before, after = weights(STARTER), weights(trained(tmp_path, [], options=options).onnx)
    assert before
    assert all(np.array_equal(a, b) for a, b in zip(before, after)) is alone


class Normalised(TypedModule[Tensor, HeadOutput]):
    """A normalisation whose statistics are those of other pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(3)
        assert self.norm.running_mean is not None
        self.norm.running_mean += 7.0

    def forward(self, inputs: Tensor) -> HeadOutput:
        made = self.norm(inputs)
        return HeadOutput(made, made, made, made)


def test_the_statistics_that_are_measured_again_are_those_of_the_pictures() -> None:
    network = Normalised()
    batches = [torch.rand(4, 3, 8, 8) + number for number in range(3)]
    measure_again(network, batches, Machine(torch.device("cpu"), False, 1))
    mean = network.norm.running_mean
    assert mean is not None
    assert torch.allclose(mean, torch.cat(batches).mean((0, 2, 3)), atol=1e-4)
    assert not network.training


def coarse_map(file: Path) -> np.ndarray[Any, Any]:
    """What the base in `file` makes of a picture, at a thirty-second of its size."""
    card = load_card(STARTER)
    assert card is not None
    base = at_size(read_base(file, replace(card.input, resize="letterbox")), 320)
    pictures = shapes_set(1)
    picture = prepare(pictures.read(pictures.images[0].path, 320), base.spec).tensor
    return run(open_graph(base.model), {base.image: picture[None]})[FEATURES[2]]


def test_a_run_ends_with_the_statistics_of_its_own_size(tmp_path: Path) -> None:
    """Nothing is learnt, so what differs is the normalisation: by a twentieth, where it would be by a fourteenth with
    the moving averages that half a run on smaller pictures leaves."""
    before, after = coarse_map(STARTER), coarse_map(trained(tmp_path, [], rate=1e-12).onnx)
    assert np.abs(after - before).mean() < 0.055 * np.abs(before).mean()
