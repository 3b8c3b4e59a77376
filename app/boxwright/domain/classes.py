"""The classes of a project. An id never changes and is never reused; order and colour are only display."""

from __future__ import annotations

from dataclasses import dataclass

# Twelve hues told apart by people with the common colour-vision deficiencies when brightness differs too:
# Okabe & Ito (2008), "Color Universal Design", then lighter and darker steps of the same hues.
PALETTE: tuple[str, ...] = (
    "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00",
    "#cc79a7", "#9ad0f5", "#7fd6b8", "#ffb38a", "#b3a2ff", "#a6761d",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LabelClass:
    """`id` >= 1; `color` is `#rrggbb`; `position` orders the display and gives the digit keys."""

    id: int
    name: str
    color: str
    position: int


def default_color(position: int) -> str:
    """The palette colour of the `position`-th class (from 0), repeating after the last."""
    return PALETTE[position % len(PALETTE)]
