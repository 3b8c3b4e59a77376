"""Classes of a project. An id never changes and is never reused; order and colour are only display."""

from __future__ import annotations

import re
from dataclasses import dataclass

# The seven of Okabe & Ito (2008), "Color Universal Design", but black; then, one by one, the colour that is farthest
# from all before it for whoever sees least difference: the smallest CIELAB distance with full colour vision,
# protanopia, deuteranopia and tritanopia (Machado et al. 2009), of colours with a lightness from 40 to 93. No two of
# the first twelve are nearer than 16, no two of all than 12.
PALETTE: tuple[str, ...] = (
    "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7", "#8800ee",
    "#aaff88", "#00ffcc", "#ee0044", "#ee22ff", "#aacc88", "#eeccff", "#cc00aa", "#ff8844",
    "#aa4488", "#aa4400", "#2288ff", "#ee2266", "#6644cc", "#eeaacc", "#88cc66", "#ccee66",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LabelClass:
    """Class of a project.

    `id` >= 1; `color` is `#rrggbb`; `position` orders the display and gives the digit keys.
    """

    id: int
    name: str
    color: str
    position: int


def default_color(position: int) -> str:
    """The palette colour of the `position`-th class (from 0), repeating after the last."""
    return PALETTE[position % len(PALETTE)]


def names_in(text: str) -> list[str]:
    """The class names in `text`, separated by commas or lines, in order, each once."""
    return list(dict.fromkeys(name.strip() for name in re.split(r"[,\n]", text) if name.strip()))


@dataclass(frozen=True, slots=True)
class ClassUse:
    """Use of a class in the pool.

    `boxes` of people on `images`, and `pre_labels` of detectors on `pre_labelled` images, have a class.
    """

    boxes: int
    images: int
    pre_labels: int
    pre_labelled: int

    def __bool__(self) -> bool:
        return bool(self.boxes or self.pre_labels)
