"""How torn a detector is, in words, and which class each runner-up key takes."""

from __future__ import annotations

import numpy as np
import pytest

from boxwright.domain.box import Box
from boxwright.domain.prediction import Prediction, ProbKind
from boxwright.ui.labelling.class_distribution import class_distribution, distribution_words

NAMES = {1: "fish", 2: "shark", 3: "stingray", 4: "crab", 5: "eel"}
MAP = {index: index + 1 for index in range(5)}


def prediction(*probs: float, kind: ProbKind = ProbKind.SIGMOID) -> Prediction:
    vector = np.array(probs, np.float32)
    classes = vector[:-1] if kind is ProbKind.SOFTMAX else vector
    best = int(classes.argmax())
    return Prediction(1, 1, Box(0, 0, 1, 1), best + 1, best, float(classes.max()), vector, kind)


@pytest.mark.parametrize(
    ("probs", "words"),
    [
        ((0.05, 0.6, 0.5), "torn between shark and stingray"),
        ((0.02, 0.95, 0.01), "sure of shark"),
        ((0.2, 0.9, 0.3), "leaning to shark"),
        ((0.55, 0.56, 0.5), "torn between shark, fish and stingray"),
        ((0.6, 0.6, 0.6, 0.6, 0.6), "torn between fish, shark, stingray and 2 more"),
        ((0.02, 0.2, 0.01), "shark, if anything is there"),
        ((0.3, 0.2, 0.1), "torn between fish and shark, and in doubt whether anything is there"),
        ((0.9,), "rather sure of fish"),
        ((0.3,), "in doubt whether anything is there"),
    ],
)
def test_the_words(probs, words):
    assert distribution_words(class_distribution(prediction(*probs), MAP, NAMES), NAMES) == words


def test_background_is_told_and_never_a_runner_up():
    doubt = class_distribution(prediction(0.5, 0.1, 0.4, kind=ProbKind.SOFTMAX), MAP, NAMES)
    assert [class_id for class_id, _ in doubt.ranked] == [1, 2]
    assert doubt.elsewhere == ("nothing there", pytest.approx(0.4))
    assert doubt.highest == pytest.approx(np.log2(3))


def test_two_classes_of_the_detector_that_are_one_of_the_project_are_one_bar():
    doubt = class_distribution(prediction(0.5, 0.4, 0.3), {0: 1, 1: 1, 2: 2}, NAMES)
    assert [(c, round(p, 1)) for c, p in doubt.ranked] == [(1, 0.5), (2, 0.3)]


def test_a_class_that_the_project_lacks_is_told_apart():
    doubt = class_distribution(prediction(0.5, 0.4), {0: 1}, NAMES)
    assert doubt.ranked == ((1, pytest.approx(0.5)),)
    assert doubt.elsewhere == ("other classes", pytest.approx(0.4))


def test_a_bare_score_is_no_distribution():
    doubt = class_distribution(prediction(0.7, 0.0, kind=ProbKind.SCORE), MAP, NAMES)
    assert (doubt.entropy, doubt.ranked) == (None, ((1, pytest.approx(0.7)),))
