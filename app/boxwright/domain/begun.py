"""Begun images: those with a person's boxes that nobody marked as labelled."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Begun:
    """Count of begun images and of their boxes.

    `images` that can be used, hold `boxes` of a person in all, and that nobody has marked as labelled or skipped.
    """

    images: int = 0
    boxes: int = 0

    def __bool__(self) -> bool:
        return self.images > 0

    @property
    def words(self) -> str:
        """ "3 begun images with 7 boxes"."""
        boxes = "1 box" if self.boxes == 1 else f"{self.boxes:,} boxes"
        return f"1 begun image with {boxes}" if self.images == 1 else f"{self.images:,} begun images with {boxes}"


NOTHING_BEGUN = Begun()
