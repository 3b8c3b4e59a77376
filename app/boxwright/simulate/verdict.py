"""Verdict of an experiment in plain words: which rule to use, or that the evidence does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boxwright.simulate.arms import RANDOM

# Fewer repeats cannot tell a rule from chance: the test cannot come below 0.05.
ENOUGH_SEEDS = 6
# A difference that is certain, but of no use: AP points of 100.
USEFUL = 0.1


@dataclass(frozen=True)
class Conclusion:
    """Answer of an experiment, for a person.

    `arm`: the rule to use, None where nothing is better than random for certain. `text`: why, for a person.
    """

    arm: str | None
    text: str


def verdict(report: Mapping[str, Any]) -> Conclusion:
    """By the primary figure: the mean AP over the stretch of boxes that both curves have, less that of `random`."""
    axis, metric = report["primary"]["axis"], report["primary"]["metric"]
    told = {
        arm: found["difference"][axis][metric]
        for arm, found in report["arms"].items()
        if arm != RANDOM and found["difference"][axis][metric]["mean"] is not None
    }
    if not told:
        return Conclusion(
            None, "No rule was compared with random batches on a whole run yet, so there is nothing to say."
        )
    best = max(told, key=lambda arm: told[arm]["mean"])
    found = told[best]
    seeds = len(found["values"])
    ahead = f"{_points(found['mean'])} random batches at equal boxes"
    if found["low"] is None:
        return Conclusion(None, f"{best} is {ahead}, but one run tells nothing about chance: repeat it more often.")
    said = f"{best} is {ahead}, {_interval(found)}"
    if found["low"] <= 0:
        text = (
            "There is not enough evidence that any rule is better than random batches here. "
            f"The best of {len(told)}: {said}, over {seeds} repeats. "
            "Random batches are as good a choice until there are more labels."
        )
        return Conclusion(None, text)
    if seeds < ENOUGH_SEEDS or found["p_holm"] > 0.05:
        text = (
            f"There are signs but not enough evidence yet: {said}. With {seeds} repeats and {len(told)} rules this can "
            f"still be chance (corrected p {found['p_holm']:.2g}); repeat it at least {max(10, seeds + 5)} times."
        )
        return Conclusion(None, text)
    if 100 * found["mean"] < USEFUL:
        return Conclusion(None, f"All rules are as good as random batches here: {said}, which nobody would notice.")
    text = f"Use {best}: it is {ahead}, {_interval(found)}, over {seeds} repeats.{_saving(report, best, axis)}"
    return Conclusion(best, text)


def _points(difference: float) -> str:
    """ "2.1 AP points ahead of", "0.3 AP points behind"."""
    return f"{abs(100 * difference):.1f} AP points {'ahead of' if difference >= 0 else 'behind'}"


def _interval(found: Mapping[str, Any]) -> str:
    return f"95 % interval {100 * found['low']:+.1f} to {100 * found['high']:+.1f}"


def _saving(report: Mapping[str, Any], arm: str, axis: str) -> str:
    saving = report["arms"][arm]["saving"][axis]["saving"]
    if saving is None or saving <= 0:
        return ""
    return f" It needs {saving:.0%} fewer boxes for what random batches end with."
