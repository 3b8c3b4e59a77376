"""Checks of a card's options: what each may hold, so that a wrong one is named before anything is read with it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from boxwright.domain.messages import Message

MOST_LABELS = 100_000
_MOST_STRIDE = 1024
_MOST_LEVELS = 8
_LARGEST = 3e38


@dataclass(frozen=True)
class OptionKind:
    """Kind of values that an option of a card may have.

    `words` end the sentence "it must be …". `outputs`: the values are names that the file's outputs must have.
    """

    words: str
    fits: Callable[[Any], bool]
    outputs: bool = False


def whole(value: Any, low: int, high: int) -> bool:
    """True for a whole number in `low` to `high`; True and False are none."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def finite(value: Any) -> bool:
    """True for a number that float32 holds."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # In this order: a whole number may be too large for a float to be asked.
    return abs(value) <= _LARGEST and math.isfinite(value)


def text(value: Any) -> bool:
    """True for words that can be stored, shown and written: no halves of characters, no control characters."""
    return (
        isinstance(value, str) and bool(value.strip()) and not any(c < " " or "\ud800" <= c <= "\udfff" for c in value)
    )


def one_of(*choices: str) -> OptionKind:
    return OptionKind(Message("one of {0}", ", ".join(choices)), lambda v: isinstance(v, str) and v in choices)


def _texts(value: Any) -> bool:
    return isinstance(value, list | tuple) and 0 < len(value) <= _MOST_LEVELS and all(text(v) for v in value)


def _strides(value: Any) -> bool:
    return (
        isinstance(value, list | tuple) and len(value) <= _MOST_LEVELS and all(whole(v, 1, _MOST_STRIDE) for v in value)
    )


OUTPUT = OptionKind(Message("the name of an output"), text, outputs=True)
OUTPUTS = OptionKind(Message("a list of names of outputs"), _texts, outputs=True)
FLAG = OptionKind(Message("true or false"), lambda v: isinstance(v, bool))
STRIDES = OptionKind(Message("a list of whole numbers of pixels such as [8, 16, 32]"), _strides)
OFFSET = OptionKind(
    Message("a number from 0, the corner of a cell, to 1; its middle is 0.5"), lambda v: finite(v) and 0 <= v <= 1
)
LABEL = OptionKind(Message("a whole number from 0 to {0}", MOST_LABELS), lambda v: whole(v, 0, MOST_LABELS))
COUNT = OptionKind(Message("a whole number from 1 to {0}", MOST_LABELS), lambda v: whole(v, 1, MOST_LABELS))
BINS = OptionKind(Message("a whole number from 1 to 64"), lambda v: whole(v, 1, 64))
BOXES = one_of("xyxy", "yxyx", "cxcywh", "cycxhw", "xywh")

Options = Mapping[str, OptionKind]

BOX_OPTIONS: Options = {"boxes": BOXES, "normalised": FLAG}
ONE_BY_ONE: Options = {"one_by_one": FLAG}
