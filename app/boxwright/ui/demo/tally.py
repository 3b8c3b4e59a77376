"""Tally of what a hand did on mouse and keyboard, and the seconds that people take for it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

# Seconds of the Keystroke-Level Model: a key of an average typist, pointing with a mouse, making up one's mind (Card,
# Moran and Newell 1980, "The keystroke-level model for user performance time with interactive systems"); pressing or
# releasing a button (Kieras 1993, "Using the keystroke-level model to estimate execution times").
KEY, POINT, BUTTON, THINK = 0.28, 1.1, 0.1, 1.35


CLICK_IN_KEYS = (POINT + 2 * BUTTON) / KEY
"""A click takes as long as so many keys."""


class HandMove(StrEnum):
    """Kind of hand movement. Drawing by extreme points is four clicks."""

    KEY = "key"
    CLICK = "click"
    DRAG = "drag"
    MOVE = "move"
    WHEEL = "wheel"


SECONDS = {
    HandMove.KEY: KEY,
    HandMove.CLICK: POINT + 2 * BUTTON,
    HandMove.DRAG: 2 * (POINT + BUTTON),
    HandMove.MOVE: POINT,
    HandMove.WHEEL: KEY,
}


class Correction(StrEnum):
    """Kind of correction that a box, or the image as a whole, needed."""

    RIGHT = "right"
    MISSING = "missing"
    OFFERED = "missing, guessed"
    MISLED = "guessed wrongly"
    EXTRA = "extra"
    WRONG_CLASS = "wrong class"
    MISPLACED = "badly placed"
    PUT = "badly placed, put"
    IMAGE = "image"


@dataclass
class WorkTally:
    """Counts of acts and corrections.

    `acts` by what they were for; `judged`: boxes by what they needed, each once, and images. Acts count for `task`;
    a modifier that is held is a key more.
    """

    task: Correction = Correction.IMAGE
    acts: Counter[tuple[Correction, HandMove]] = field(default_factory=Counter)
    judged: Counter[Correction] = field(default_factory=Counter)

    def begin(self, task: Correction) -> None:
        """What follows is for a box (or image) that needs `task`, which has to be seen first."""
        self.task = task
        self.judged[task] += 1

    def change(self, task: Correction) -> None:
        """The box that was begun last needs this instead."""
        self.judged[self.task] -= 1
        self.begin(task)

    def note(self, act: HandMove, modifiers: int = 0) -> None:
        self.acts[self.task, act] += 1
        self.acts[self.task, HandMove.KEY] += modifiers

    def seconds(self, task: Correction) -> float:
        """By the Keystroke-Level Model, one decision for each box and image."""
        return self.judged[task] * THINK + sum(n * SECONDS[act] for (t, act), n in self.acts.items() if t is task)
