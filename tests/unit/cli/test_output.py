from __future__ import annotations

import json

import click
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.cli.output import emit, fraction, progress_bar, sizes
from boxwright.domain.progress import Progress


@given(st.integers(1, 10_000), st.integers(1, 100))
def test_a_share_is_of_the_total_and_never_nothing(total: int, percent: int) -> None:
    size = sizes(f"{percent}%", total)
    assert 1 <= size <= total
    assert abs(size - total * percent / 100) <= 1


def test_a_count_is_taken_as_it_is() -> None:
    assert sizes("50", 10) == 50
    assert sizes(" 2.5% ", 1000) == 25


@pytest.mark.parametrize("text", ["", "0", "-3", "0%", "101%", "ten", "%", "5.5", "nan%", "inf%", "1e3"])
def test_what_is_no_size_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter, match="neither a count such as 50 nor a share such as 10%"):
        sizes(text, 100)


@pytest.mark.parametrize(("text", "value"), [("0%", 0), ("50%", 0.5), (" 100 % ", 1)])
def test_a_share_is_a_number_from_0_to_1(text: str, value: float) -> None:
    assert fraction(text) == value


@pytest.mark.parametrize("text", ["", "0.5", "101%", "-1%", "half", "nan%"])
def test_what_is_no_share_is_wrong_usage(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a share"):
        fraction(text)


def test_a_result_is_one_json_object_or_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    result = {"images": np.int64(3), "scores": np.array([0.5, 1.0]), "name": "해파리"}
    emit(result, "3 images", as_json=True)
    assert json.loads(capsys.readouterr().out) == {"images": 3, "scores": [0.5, 1.0], "name": "해파리"}
    emit(result, "3 images", as_json=False)
    assert capsys.readouterr().out == "3 images\n"


def test_progress_is_drawn_on_stderr_with_names_taken_as_they_are(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    with progress_bar("Adding") as report:
        report(Progress(3, 10, "a[/b].jpg", per_second=2.0))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "a[/b].jpg" in printed.err
    assert "3/10" in printed.err


def test_a_short_task_is_silent_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar("Adding") as report:
        report(Progress(4, 0))
    assert "".join(capsys.readouterr()) == ""


def test_a_long_task_tells_its_speed_and_what_is_left_where_no_bar_can_be_drawn(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boxwright.cli.output.FIRST_LINE_AFTER", 0.0)
    with progress_bar("Pre-labelling") as report:
        report(Progress(100, 400, "looking", per_second=2.5))
        report(Progress(101, 400, "looking", per_second=2.5))
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "Pre-labelling: looking, 100 of 400, 2.5/s, 0:02:00 left\n"


def test_what_is_counted_in_bytes_is_told_in_sizes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boxwright.cli.output.FIRST_LINE_AFTER", 0.0)
    with progress_bar("Getting owl", of_bytes=True) as report:
        report(Progress(1_500_000, 9_000_000, per_second=250_000))
    assert capsys.readouterr().err == "Getting owl: 1.5 MB of 9.0 MB, 250 kB/s, 0:00:30 left\n"
