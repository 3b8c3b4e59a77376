"""Class distribution of one box: the classes a detector weighed, and how torn it is between them, in words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from boxwright.domain.prediction import Prediction, ProbKind
from boxwright.sampling.scores import entropy_bits
from boxwright.ui.language.translation import tr

_RIVAL = 0.5
"""A class at least this many times as likely as the best one is in the running."""

_SURE = 0.5
"""Below this share of the highest entropy possible one class stands alone."""

_THERE = 0.5
"""Below this probability of its best class a box may be nothing at all."""

_NAMED_RIVALS = 3


@dataclass(frozen=True, slots=True)
class ClassDistribution:
    """Class distribution as a person reads it.

    `ranked`: project class ids with their probability, 0..1, the box's own class first, then the most likely: the
    n-th after the first is what Shift+n takes. `elsewhere`: the probability of background, or of the best class that
    the project does not have, None where there is neither. `entropy` and `highest` are bits, None where only the
    score is known or there is one class.
    """

    ranked: tuple[tuple[int, float], ...]
    elsewhere: tuple[str, float] | None
    entropy: float | None
    highest: float | None


def class_distribution(
    prediction: Prediction, class_map: Mapping[int, int], known: Collection[int]
) -> ClassDistribution:
    """`class_map`: index into the detector's classes -> project class id. `known`: the project's class ids."""
    if prediction.kind is ProbKind.SCORE:
        return ClassDistribution(((prediction.class_id, prediction.score),), None, None, None)
    softmax = prediction.kind is ProbKind.SOFTMAX
    probs = prediction.probs[:-1] if softmax else prediction.probs
    best: dict[int, float] = {prediction.class_id: prediction.score}
    foreign = 0.0
    for index in np.argsort(-probs, kind="stable").tolist():
        class_id = class_map.get(index)
        if class_id in known and class_id is not None:
            best.setdefault(class_id, float(probs[index]))
        elif class_id is None:
            foreign = max(foreign, float(probs[index]))
    elsewhere = ("nothing there", float(prediction.probs[-1])) if softmax else ("other classes", foreign)
    several = len(prediction.probs) > 1
    return ClassDistribution(
        tuple(best.items()),
        elsewhere if elsewhere[1] >= 0.01 else None,
        float(entropy_bits(prediction.probs[None])[0]) if several else None,
        float(np.log2(len(prediction.probs))) if several else None,
    )


def distribution_words(doubt: ClassDistribution, names: Mapping[int, str]) -> str:
    """ "torn between shark and stingray", without a capital and without a full stop."""
    best_id, best = doubt.ranked[0]
    best = max(best, *(p for _, p in doubt.ranked))
    there = best >= _THERE
    if doubt.entropy is None or doubt.highest is None:
        words = tr("rather sure of {0}") if there else tr("in doubt whether anything is there")
        return words.format(_named(names, best_id))
    rivals = [_named(names, class_id) for class_id, p in doubt.ranked if p >= _RIVAL * best]
    if len(rivals) > 1:
        words = tr("torn between {0}") if there else tr("torn between {0}, and in doubt whether anything is there")
        return words.format(_listed(rivals))
    if not there:
        words = tr("{0}, if anything is there")
    elif doubt.entropy < _SURE * doubt.highest:
        words = tr("sure of {0}")
    else:
        words = tr("leaning to {0}")
    return words.format(rivals[0])


def _named(names: Mapping[int, str], class_id: int) -> str:
    return names.get(class_id, tr("class {0}").format(class_id))


def _listed(names: Sequence[str]) -> str:
    if len(names) > _NAMED_RIVALS:
        first = ", ".join(names[:_NAMED_RIVALS])
        return tr("{0} and {1} more").format(first, len(names) - _NAMED_RIVALS)
    return tr("{0} and {1}").format(", ".join(names[:-1]), names[-1])
