"""Flags, attributes, tags and notes: what a person can say of a box or an image besides class and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

AttributeValue = str | bool | int | float
Attributes = Mapping[str, AttributeValue]

DIFFICULT: Final = "difficult"
OCCLUDED: Final = "occluded"
TRUNCATED: Final = "truncated"
CROWD: Final = "crowd"

FLAGS: Final = (DIFFICULT, OCCLUDED, TRUNCATED, CROWD)
"""The marks of a box: hard to tell, partly hidden, cut off by the image's edge, standing for a group."""

NO_FLAGS: Final[frozenset[str]] = frozenset()
# One for all, because a million boxes may have none; a plain dict, because JSON writers and pickle know it.
NO_ATTRIBUTES: Final[Attributes] = {}


@dataclass(frozen=True, slots=True)
class ImageMarks:
    """Tags and note of an image.

    `tags`: words by which images are found and exported. `note`: what a person wrote about the image.
    """

    tags: frozenset[str] = frozenset()
    note: str = ""

    def __bool__(self) -> bool:
        return bool(self.tags or self.note)

    def joined(self, other: ImageMarks) -> ImageMarks:
        """All tags of both, and the note of this one unless it has none."""
        return ImageMarks(self.tags | other.tags, self.note or other.note)


NO_MARKS: Final = ImageMarks()
