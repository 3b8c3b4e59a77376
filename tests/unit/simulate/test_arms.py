"""What a person types to say which rules compete."""

from __future__ import annotations

import pytest

from boxwright.domain.errors import SettingError
from boxwright.simulate.arms import Arm, parse_arms


def names(text: str) -> list[str]:
    return [arm.name for arm in parse_arms(text)]


def test_settings_belong_to_the_sampler_before_them() -> None:
    assert names("uncertainty:score=margin,aggregate=mean,subset-uncertainty") == [
        "random", "uncertainty:score=margin,aggregate=mean", "subset-uncertainty",
    ]  # fmt: skip
    arm = parse_arms("uncertainty-random:random=0.7,subset=40%,rare=yes")[1]
    assert (arm.random_share, arm.subset, arm.scoring.rare_classes) == (0.7, 0.4, True)


def test_what_is_written_differently_but_the_same_competes_once() -> None:
    assert names("uncertainty,random,uncertainty:score=entropy,uncertainty:aggregate=max") == ["random", "uncertainty"]


def test_a_name_reads_back_as_the_arm() -> None:
    for arm in parse_arms("uncertainty-random:random=30%,score=margin,rare=yes,random,subset-uncertainty:subset=5%"):
        assert parse_arms(arm.name)[-1] == arm


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "no sampler 'nonsense'"),
        ("uncertainty:score=luck", "no score 'luck'"),
        ("uncertainty:colour=red", "none of the settings"),
        ("uncertainty:random=120%", "no share"),
        ("uncertainty:subset=0%", "subset"),
        ("uncertainty:rare=perhaps", "yes or no"),
        ("score=margin", "belongs to no sampler"),
    ],
)
def test_a_slip_is_told_in_one_sentence(text: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        parse_arms(text)


def test_an_arm_out_of_range_is_refused() -> None:
    with pytest.raises(SettingError):
        Arm("uncertainty", random_share=1.5)
