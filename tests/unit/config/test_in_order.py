"""Work on threads in order, a little ahead."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.config.in_order import map_in_order


@given(st.lists(st.integers(), max_size=30), st.integers(1, 4), st.none() | st.integers(0, 9))
def test_every_job_is_done_once_and_comes_in_its_place(jobs: list[int], threads: int, ahead: int | None) -> None:
    assert list(map_in_order(lambda job: -job, jobs, threads, "test", ahead)) == [(job, -job) for job in jobs]


def test_no_more_is_asked_for_than_may_wait_and_who_stops_taking_stops_the_work() -> None:
    asked: list[int] = []

    def endless() -> Iterator[int]:
        for number in count():
            asked.append(number)
            yield number

    taking = map_in_order(lambda job: job, endless(), 2, "test", 3)
    assert [next(taking)[0] for _ in range(5)] == [0, 1, 2, 3, 4]
    assert len(asked) == 5 + 3
    taking.close()
    assert len(asked) == 5 + 3
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("test")]


def test_what_the_work_raises_is_raised_where_its_result_would_come() -> None:
    taking = map_in_order(lambda job: 1 // job, [1, 0, 1], 2, "test")
    assert next(taking) == (1, 1)
    with pytest.raises(ZeroDivisionError):
        next(taking)
