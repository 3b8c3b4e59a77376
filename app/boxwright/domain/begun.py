"""Begun images: those with a person's boxes that nobody marked as labelled."""

from __future__ import annotations

from dataclasses import dataclass

from boxwright.domain.messages import Message, plural


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
    def words(self) -> Message:
        """ "3 begun images with 7 boxes"."""
        boxes = plural("1 box", "{0:,} boxes", self.boxes)
        return plural("1 begun image with {1}", "{0:,} begun images with {1}", self.images, boxes)


NOTHING_BEGUN = Begun()
