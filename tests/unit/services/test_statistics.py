"""The saving against drawing every box, and time without pauses."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.active_time import PAUSE_SECONDS, ActiveTime
from boxwright.services.project.statistics import PUBLISHED_DRAWING_SECONDS, saving
from boxwright.store.visits import Worked


def test_the_persons_own_speed_comes_from_images_that_were_mostly_drawn():
    found = saving([Worked(60.0, drawn=10, changed=0, accepted=2), Worked(20.0, drawn=1, changed=1, accepted=18)])
    assert found is not None and found.own
    assert found.drawing == pytest.approx(5.0)
    assert (found.boxes, found.worked) == (32, 80.0)
    assert found.seconds == pytest.approx(32 * 5.0 - 80.0)


def test_too_few_drawn_boxes_tell_nothing_of_a_speed():
    found = saving([Worked(60.0, 9, 0, 0)])
    assert found is not None and not found.own
    assert found.drawing == PUBLISHED_DRAWING_SECONDS


def test_correcting_that_took_longer_is_told_as_a_loss():
    found = saving([Worked(100.0, 0, 5, 5)])
    assert found is not None
    assert found.seconds == pytest.approx(70.0 - 100.0)


def test_nothing_measured_is_no_saving():
    assert saving([]) is None
    assert saving([Worked(5.0, 0, 0, 0)]) is None, "an empty image has no box that would have been drawn"


gaps = st.lists(st.integers(0, 3 * int(PAUSE_SECONDS)), max_size=20)


@given(gaps)
def test_active_time_is_the_sum_of_the_short_gaps(gaps):
    time, now = ActiveTime(), 50.0
    time.begin(now)
    for gap in gaps[:-1]:
        now += gap
        time.touch(now)
    now += gaps[-1] if gaps else 0.0
    assert time.end(now) == pytest.approx(sum(gap for gap in gaps if gap <= PAUSE_SECONDS), abs=1e-6)


def test_nothing_counts_before_a_beginning_or_after_an_end():
    time = ActiveTime()
    assert time.end(5.0) == 0.0
    time.begin(10.0)
    assert time.end(12.0) == 2.0
    assert time.end(13.0) == 0.0
