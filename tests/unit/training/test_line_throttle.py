"""A flood of lines: as many as can be read, how many were left out, and none counted twice."""

from __future__ import annotations

import pytest

from boxwright.training.line_throttle import LINES_PER_SECOND, LineThrottle
from boxwright.training.protocol import LogLine


class Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("boxwright.training.line_throttle.time", clock)
    return clock


def flood(throttle: LineThrottle, count: int) -> None:
    for number in range(count):
        throttle(LogLine(str(number)))


def test_each_second_has_its_lines_and_begins_with_how_many_were_left_out(clock: Clock) -> None:
    told: list[str] = []
    throttle = LineThrottle(lambda line: told.append(line.text))
    for clock.now in (0.0, 1.0, 1.9):
        flood(throttle, 2_000)
    assert told[:LINES_PER_SECOND] == [str(number) for number in range(LINES_PER_SECOND)]
    assert told[LINES_PER_SECOND] == "(1,950 lines left out)"
    assert told[LINES_PER_SECOND + 1 :] == [str(number) for number in range(LINES_PER_SECOND - 1)]
    throttle.end()
    assert told[-1] == "(3,951 lines left out)"
    throttle.end()
    assert len(told) == 2 * LINES_PER_SECOND + 1


def test_what_was_left_out_once_is_not_held_back_by_another_throttle(clock: Clock) -> None:
    told: list[str] = []
    throttle = LineThrottle(LineThrottle(lambda line: told.append(line.text)))
    for clock.now in (0.0, 1.0, 2.0):
        flood(throttle, 500)
    assert [text for text in told if "left out" in text] == ["(450 lines left out)", "(451 lines left out)"]
    assert len(told) == 3 * LINES_PER_SECOND
