"""Validation of boxes as they were read: kept, repaired with a word, or refused with a word."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from boxwright.domain.box import Box
from boxwright.domain.messages import Message
from boxwright.formats.dataset import Problem

# Written with 6 digits, a fraction is off by at most this much at the far edge of an image.
_FRACTION_SLACK = 1e-4
_PIXEL_SLACK = 1.0
_LARGEST = 1e7
LARGEST_SIDE = 1_000_000
"""Pixels: what declares more is no image."""


@dataclass
class Reporter:
    """Collector of problems of one file.

    Collects problems of one file. `file` is its path relative to the dataset.
    """

    problems: list[Problem]
    file: str
    count: int = field(default=0)

    def say(self, line: int | None, what: str, kind: str) -> None:
        self.problems.append(Problem(self.file, line, what, kind))
        self.count += 1


def number(value: Any) -> float | None:
    """`value` as a float when it is a number or the text of one; None otherwise. A bool is not a number."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def declared_side(value: Any) -> int:
    """A width or height in whole pixels that a dataset declares, 0 where it is none."""
    side = number(value)
    return int(side) if side is not None and 0 < side <= LARGEST_SIDE else 0


def checked_box(
    corners: tuple[float, float, float, float],
    width: float,
    height: float,
    who: str,
    line: int | None,
    reporter: Reporter,
    relative: bool = False,
) -> Box | None:
    """The box spanned by `corners` (x1, y1, x2, y2), inside an image of `width` x `height` where that is not 0.

    Not finite, absurdly large, without area or wholly outside: None. Corners in the wrong order are put in order, what
    sticks out is cut off; of the latter less than a pixel (a rounding) is not worth a word. All else is reported, with
    `who` as the box's name.
    """
    x1, y1, x2, y2 = corners
    # Nearly every box is sound, and there may be a million.
    if 0 <= x1 < x2 <= (width or _LARGEST) and 0 <= y1 < y2 <= (height or _LARGEST):
        return Box(x1, y1, x2, y2)
    if not all(math.isfinite(v) and abs(v) < _LARGEST for v in corners):
        what = Message("{0} has a coordinate that is no usable number; left out.", Message(who))
        reporter.say(line, what, Message("coordinate is no number"))
        return None
    shown = ", ".join(f"{v:.6g}" for v in corners)
    if x1 == x2 or y1 == y2:
        what = Message("{0} ({1}) has no area; left out.", Message(who), shown)
        reporter.say(line, what, Message("box without area"))
        return None
    box = Box.from_corners(x1, y1, x2, y2)
    if (box.x1, box.y1) != (x1, y1):
        what = Message("{0} ({1}) has its corners in the wrong order; put in order.", Message(who), shown)
        reporter.say(line, what, Message("corners swapped"))
    if width <= 0 or height <= 0:
        return box
    inside = box.clipped(width, height)
    if not inside.has_area:
        what = Message("{0} ({1}) lies outside the image; left out.", Message(who), shown)
        reporter.say(line, what, Message("box outside the image"))
        return None
    slack = _FRACTION_SLACK if relative else _PIXEL_SLACK
    overhang = max(abs(a - b) for a, b in zip(box.array(), inside.array(), strict=True)) if box != inside else 0.0
    if overhang > slack:
        what = Message("{0} ({1}) reaches beyond the image; cut off at its edge.", Message(who), shown)
        reporter.say(line, what, Message("box cut at the edge"))
    return inside
