from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Annotated, Any, Literal

import pytest

from boxwright.config.settings import RANGES, Settings, choices
from boxwright.config.value_checks import OneOf, Range, check_of, choices_of, range_of

Width = Annotated[int, Range(1, 6)]


@pytest.mark.parametrize(
    ("declared", "good", "bad"),
    [
        (bool, [True], [1, "yes", None]),
        (str, ["", "a"], [1, None]),
        (Literal["a", "b"], ["a", "b"], ["c", 1, None, []]),
        (Annotated[str, OneOf(lambda: ("x",))], ["x"], ["y", None]),
        (Width, [1, 6], [0, 7, 2.0, True, "2"]),
        (Annotated[float, Range(0, 1)], [0, 0.5, 1.0], [-0.1, 1.1, float("nan"), False]),
        (tuple[str, ...], [("a",), ()], [("a", 1), "ab"]),
        (Mapping[str, tuple[str, ...]], [{}, {"a": ("b",)}], [[], {"a": 1}, {1: "a"}]),
    ],
)
def test_a_value_is_of_the_declared_type(declared: Any, good: list[Any], bad: list[Any]) -> None:
    check = check_of(declared)
    assert [check(value) for value in good] == good
    for value in bad:
        with pytest.raises((ValueError, TypeError)):
            check(value)


@pytest.mark.parametrize("declared", [int, float, bytes, list[int]])
def test_a_type_without_a_check_is_found_when_it_is_declared(declared: Any) -> None:
    with pytest.raises(TypeError, match="no check"):
        check_of(declared)


def test_choices_may_change_while_the_program_runs() -> None:
    known = ["en"]
    declared = Annotated[str, OneOf(lambda: tuple(known))]
    check = check_of(declared)
    with pytest.raises(ValueError, match="one of en"):
        check("da")
    known.append("da")
    assert check("da") == "da"
    assert choices_of(declared) == ("en", "da")


def test_a_range_clamps_and_keeps_the_kind_of_number() -> None:
    assert range_of(Width) == (1, 6)
    clamped = [Range(1, 6).clamped(value) for value in (0, 3, 9)]
    assert clamped == [1, 3, 6]
    assert all(isinstance(value, int) for value in clamped)
    assert Range(0, 1).clamped(1.5) == 1.0


def test_range_and_choices_of_a_setting_are_those_of_its_type() -> None:
    assert choices("theme") == ("system", "light", "dark", "contrast")
    assert choices("threshold") == ()
    assert set(RANGES) == {"threshold", "line_width", "image_cache_mb", "cores_left_free"}
    defaults = Settings()
    for setting in fields(Settings):
        default = getattr(defaults, setting.name)
        if offered := choices(setting.name):
            assert default in offered
        if limits := RANGES.get(setting.name):
            assert limits.clamped(default) == default
