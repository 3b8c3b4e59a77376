"""How long `scratch` learns: by the effort, as `transfer` does, unless a person says it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.training_sets import shapes_set

from boxwright.domain.card import InputSpec
from boxwright.training.protocol import Effort, TrainSettings
from boxwright.training.scratch_plan import recipe_for
from boxwright.training.transfer_plan import Depth
from boxwright.training.transfer_plan import recipe_for as transfer_recipe_for


def steps(images: int, epochs: int, batch: int) -> int:
    return -(-images // batch) * epochs


@pytest.mark.parametrize("images", [24, 64, 400])
def test_each_effort_takes_a_few_times_the_one_before(tmp_path: Path, images: int) -> None:
    dataset = shapes_set(images)
    quick, thorough, full = (recipe_for(dataset, TrainSettings(tmp_path, effort)).epochs for effort in Effort)
    assert 2.5 * quick <= thorough <= full / 2.4


@pytest.mark.parametrize("effort", list(Effort))
def test_an_effort_is_as_long_as_that_of_transfer(tmp_path: Path, effort: Effort) -> None:
    """A batch of `transfer` from a small base takes as long, over its whole run."""
    dataset, settings = shapes_set(64), TrainSettings(tmp_path, effort)
    mine = recipe_for(dataset, settings)
    other = transfer_recipe_for(dataset, InputSpec(416, 416), Depth.BODY, settings)
    more = steps(64, mine.epochs, mine.batch) / steps(64, other.epochs, other.batch)
    assert 0.6 <= more <= 3.1


def test_few_images_are_not_shown_for_ever(tmp_path: Path) -> None:
    assert recipe_for(shapes_set(2), TrainSettings(tmp_path)).epochs == 200


def test_what_a_person_says_goes_before_the_effort(tmp_path: Path) -> None:
    said = TrainSettings(tmp_path, Effort.FULL, epochs=3, size=64, batch=4, seed=5)
    recipe = recipe_for(shapes_set(8), said)
    assert (recipe.epochs, recipe.size, recipe.batch, recipe.seed) == (3, 64, 4, 5)
