"""The training loop: what it gives back is the moving average, and it ends when nothing gets better."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import nn

from boxwright.domain.progress import never
from boxwright.training.nets import loop
from boxwright.training.nets.busy import ProcessorShare
from boxwright.training.nets.course import Batch, BatchSource, Part
from boxwright.training.nets.head import HeadOutput
from boxwright.training.nets.machine import Machine
from boxwright.training.nets.typed_modules import TypedModule
from boxwright.training.protocol import Epoch
from boxwright.training.recipe import Recipe

IMAGES, EPOCHS = 4, 20


class Line(TypedModule[torch.Tensor, HeadOutput]):
    """One number that the loss pulls down."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))

    def forward(self, inputs: torch.Tensor) -> HeadOutput:
        made = inputs.mean() * self.weight
        return HeadOutput(made, made, made, made)


def weight(model: nn.Module) -> float:
    return float(model.get_parameter("weight").detach())


@pytest.fixture(autouse=True)
def pulled_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loss of a detector needs boxes; here the loop is looked at, not what it learns."""
    monkeypatch.setattr(loop, "detection_loss", lambda raw, _boxes, _labels: (raw.logits.sum(), raw.logits.sum() * 0))


def batches() -> BatchSource[torch.Tensor]:
    def draw(places: Sequence[int], _rng: np.random.Generator) -> Batch[torch.Tensor]:
        return torch.ones(len(places), 1), [torch.zeros(0, 4)] * len(places), [torch.zeros(0)] * len(places)

    return BatchSource(draw, np.ones(IMAGES))


def trained(judge=None) -> tuple[nn.Module, nn.Module, tuple[Epoch, ...]]:
    network = Line()
    recipe = Recipe(EPOCHS, 64, IMAGES, 0.1, 1)
    made, history = loop.fit(
        network, [Part(batches())], recipe, Machine(torch.device("cpu"), False, 1), lambda _: None, never, judge
    )
    return network, made, history


def test_what_comes_back_is_the_average_of_the_weights_on_the_way() -> None:
    seen: list[float] = []
    network, made, _ = trained(lambda model: seen.append(weight(model)) or 0.0)
    last = weight(network)
    assert last < weight(made) < 1.0, "it lags behind the weights of the last step"
    assert weight(made) - last > 0.05
    assert seen == sorted(seen, reverse=True)


def test_a_run_that_gets_no_better_ends_before_its_time_with_its_best_weights() -> None:
    figures = iter([0.1, 0.5, *[0.2] * EPOCHS])
    kept: list[float] = []

    def judge(model: nn.Module) -> float:
        kept.append(weight(model))
        return next(figures)

    _, made, history = trained(judge)
    assert len(history) < EPOCHS
    assert weight(made) == pytest.approx(kept[1])


def test_a_run_that_gets_better_has_all_its_time() -> None:
    figures = iter(np.linspace(0.1, 0.9, EPOCHS + 1))
    _, _, history = trained(lambda _model: float(next(figures)))
    assert len(history) == EPOCHS


def test_what_was_held_back_is_learnt_at_the_end_and_measures_nothing_from_then_on() -> None:
    held, seen = 3, []

    def draw(places: Sequence[int], _rng: np.random.Generator) -> Batch[torch.Tensor]:
        seen.append(set(places))
        return torch.ones(len(places), 1), [torch.zeros(0, 4)] * len(places), [torch.zeros(0)] * len(places)

    without = BatchSource(draw, np.where(np.arange(IMAGES) == held, 0.0, 1.0))
    parts = [Part(without, until=0.5), Part(BatchSource(draw, np.ones(IMAGES)), held_out=False)]
    network, figures = Line(), iter(np.linspace(0.9, 0.1, EPOCHS + 1))
    recipe = Recipe(EPOCHS, 64, IMAGES, 0.1, 1)
    made, history = loop.fit(
        network, parts, recipe, Machine(torch.device("cpu"), False, 1), lambda _: None, never, lambda _: next(figures)
    )
    half = EPOCHS // 2
    assert all(held not in places for places in seen[:half])
    assert all(held in places for places in seen[half:])
    assert len(history) == EPOCHS, "what it no longer measures does not end it"
    assert all(epoch.ap50 is None for epoch in history[half:])
    assert any(epoch.ap50 is not None for epoch in history[:half])
    assert weight(made) < 0.9, "the last weights, not those of the best figure, which was the first"


def test_a_starved_training_says_so_in_its_progress(monkeypatch: pytest.MonkeyPatch) -> None:
    """The share itself is of the machine; see `test_course`."""
    monkeypatch.setattr(ProcessorShare, "starved", lambda _: 0.2)
    told: list[str] = []
    recipe = Recipe(1, 64, IMAGES, 0.1, 1)
    loop.fit(
        Line(), [Part(batches())], recipe, Machine(torch.device("cpu"), False, 1),
        lambda event: told.append(getattr(event, "what", "")), never,
    )  # fmt: skip
    assert "epoch 1 of 1; other programs leave it 20% of the processor" in told
