"""Verdict of an experiment in plain words: which rule to use, or that the evidence does not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from boxwright.domain.messages import Message, joined
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
    text: Message


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
            None, Message("No rule was compared with random batches on a whole run yet, so there is nothing to say.")
        )
    best = max(told, key=lambda arm: told[arm]["mean"])
    found = told[best]
    seeds = len(found["values"])
    if found["low"] is None:
        return Conclusion(None, _once(best, found))
    said = _compared(best, found)
    if found["low"] <= 0:
        text = Message(
            "There is not enough evidence that any rule is better than random batches here. "
            "The best of {0}: {1}, over {2} repeats. "
            "Random batches are as good a choice until there are more labels.",
            len(told),
            said,
            seeds,
        )
        return Conclusion(None, text)
    if seeds < ENOUGH_SEEDS or found["p_holm"] > 0.05:
        text = Message(
            "There are signs but not enough evidence yet: {0}. With {1} repeats and {2} rules this can "
            "still be chance (corrected p {3:.2g}); repeat it at least {4} times.",
            said,
            seeds,
            len(told),
            found["p_holm"],
            max(10, seeds + 5),
        )
        return Conclusion(None, text)
    if 100 * found["mean"] < USEFUL:
        return Conclusion(
            None,
            Message("All rules are as good as random batches here: {0}, which nobody would notice.", said),
        )
    return Conclusion(best, joined(" ", (_use(best, found, seeds), _saving(report, best, axis))))


def _use(arm: str, found: Mapping[str, Any], seeds: int) -> Message:
    points, low, high = (100 * found[figure] for figure in ("mean", "low", "high"))
    return Message(
        "Use {0}: it is {1:.1f} AP points ahead of random batches at equal boxes, 95 % interval {2:+.1f} to {3:+.1f}, "
        "over {4} repeats.",
        arm,
        points,
        low,
        high,
        seeds,
    )


def _once(arm: str, found: Mapping[str, Any]) -> Message:
    points = abs(100 * found["mean"])
    if found["mean"] < 0:
        return Message(
            "{0} is {1:.1f} AP points behind random batches at equal boxes, but one run tells nothing about chance: "
            "repeat it more often.",
            arm,
            points,
        )
    return Message(
        "{0} is {1:.1f} AP points ahead of random batches at equal boxes, but one run tells nothing about chance: "
        "repeat it more often.",
        arm,
        points,
    )


def _compared(arm: str, found: Mapping[str, Any]) -> Message:
    figures = abs(100 * found["mean"]), 100 * found["low"], 100 * found["high"]
    if found["mean"] < 0:
        return Message(
            "{0} is {1:.1f} AP points behind random batches at equal boxes, 95 % interval {2:+.1f} to {3:+.1f}",
            arm,
            *figures,
        )
    return Message(
        "{0} is {1:.1f} AP points ahead of random batches at equal boxes, 95 % interval {2:+.1f} to {3:+.1f}",
        arm,
        *figures,
    )


def _saving(report: Mapping[str, Any], arm: str, axis: str) -> str:
    saving = report["arms"][arm]["saving"][axis]["saving"]
    if saving is None or saving <= 0:
        return ""
    return Message("It needs {0:.0%} fewer boxes for what random batches end with.", saving)
