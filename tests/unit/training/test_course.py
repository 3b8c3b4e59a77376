"""The course of a run: its parts and its rate follow the time, whether it is told by steps or by the clock."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from boxwright.training.nets import busy, course
from boxwright.training.nets.busy import ProcessorShare
from boxwright.training.nets.course import BatchSource, Course, Part
from boxwright.training.recipe import Recipe

RECIPE = Recipe(epochs=10, size=64, batch=4, learning_rate=0.1)


def source() -> BatchSource[torch.Tensor]:
    return BatchSource(lambda places, _: (torch.zeros(len(places)), [], []), np.ones(8))


@given(
    epochs=st.integers(1, 200),
    ends=st.lists(st.floats(0.02, 0.98), max_size=3, unique_by=lambda end: round(end, 2)).map(sorted),
    costs=st.lists(st.floats(0.05, 1.0), min_size=4, max_size=4),
)
def test_a_run_by_steps_goes_from_nothing_to_its_end_and_gives_each_part_its_share_of_the_time(
    epochs: int, ends: list[float], costs: list[float]
) -> None:
    parts = [Part(source(), until, cost) for until, cost in zip([*ends, 1.0], costs)]
    run = Course(replace(RECIPE, epochs=epochs), parts)
    spent, seen = np.zeros(len(parts)), [run.progress]
    while not run.over:
        spent[run.place] += parts[run.place].cost
        run.done += 1
        seen.append(run.progress)
    assert run.done == epochs * 2
    assert (seen[0], seen[-1]) == (0.0, pytest.approx(1.0))
    assert all(a < b for a, b in pairwise(seen))
    # No batch is cut, so what a part has is right to one batch at its beginning and one at its end.
    shares = np.diff([0.0, *(part.until for part in parts)])
    assert np.all(np.abs(spent - shares * spent.sum()) <= 3.0)


class Clock:
    """Stands in for the machine's, which cannot be told to stand still."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now

    process_time = monotonic


def test_a_run_by_the_clock_ends_with_its_time_however_long_a_batch_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(course, "time", clock)
    run = Course(replace(RECIPE, seconds=60.0), [Part(source(), 0.5, 0.4), Part(source())])
    places = []
    while not run.over:
        places.append(run.place)
        clock.now += 2.0 if run.done < 10 else 5.0
        run.done += 1
    assert run.elapsed == pytest.approx(60.0)
    assert places == [0] * 12 + [1] * 6
    assert run.expected == run.done == 18


def test_however_little_time_there_is_something_is_learnt() -> None:
    run = Course(replace(RECIPE, seconds=1e-9), [Part(source())])
    assert not run.over
    run.done = 1
    assert run.over


def test_a_training_that_other_programs_starve_says_what_it_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, worked = Clock(), Clock()
    clock.process_time = worked.monotonic  # type: ignore[method-assign]
    monkeypatch.setattr(busy, "time", clock)
    share = ProcessorShare(2)
    clock.now, worked.now = clock.now + 20.0, worked.now + 36.0
    assert share.starved() is None
    clock.now, worked.now = clock.now + 20.0, worked.now + 8.0
    assert share.starved() == pytest.approx(0.2)
    clock.now, worked.now = clock.now + 20.0, worked.now + 36.0
    assert share.starved() is None
