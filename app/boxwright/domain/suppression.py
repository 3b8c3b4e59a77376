"""Settings of non-maximum suppression: how overlapping boxes of one object are reduced to the best one."""

from __future__ import annotations

from dataclasses import dataclass

from boxwright.domain.errors import SettingError


@dataclass(frozen=True, slots=True)
class Suppression:
    """Rule of non-maximum suppression.

    Non-maximum suppression. `iou`: a box that overlaps a better one by more than this goes, 0..1. It goes only for
    one of its own class, or for any when `class_agnostic`. Raises SettingError on an `iou` out of its range.
    """

    iou: float = 0.6
    class_agnostic: bool = False

    def __post_init__(self) -> None:
        if not 0 <= self.iou <= 1:
            raise SettingError("The overlap {0:g} above which a box is suppressed must be from 0 to 1.", self.iou)
