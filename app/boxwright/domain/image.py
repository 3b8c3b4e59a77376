"""Images of the pool and the states a person can put them in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ImageState(StrEnum):
    """State that a person gave an image."""

    UNLABELED = "unlabeled"
    LABELED = "labeled"
    SKIPPED = "skipped"


class Split(StrEnum):
    """Part of the pool that an image is kept for.

    `VALIDATION` images are frozen for measuring: never trained on, never moved back. `TEST` images are those an
    imported dataset had put aside as its test set: neither trained on nor measured on by a round, only kept.
    """

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Image:
    """One file of the pool.

    `path` is relative to the folder of the named root `root`, with forward slashes. `width` and `height` are pixels of
    the EXIF-upright image, 0 when the file could not be read; then `problem` says why in a few words.
    `duplicate_of` is the id of the image with the same bytes that stands for this one. `annotator`: who worked on its
    labels last, empty when that is not known. `replaced`: a person worked on it before its file became another one, and
    nobody has said since what becomes of that.
    """

    id: int
    root: str
    path: str
    width: int
    height: int
    state: ImageState = ImageState.UNLABELED
    split: Split = Split.TRAIN
    problem: str | None = None
    duplicate_of: int | None = None
    skip_reason: str | None = None
    annotator: str = ""
    replaced: bool = False

    @property
    def usable(self) -> bool:
        """Can be shown and labelled: readable, and not a copy of another."""
        return self.problem is None and self.duplicate_of is None
