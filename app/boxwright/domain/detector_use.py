"""Use of a detector in a project whose classes it may not have: by names, without names, or only to train from."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class UseKind(StrEnum):
    """Kind of use. `NAMES`: boxes of the classes that the class map names. `ONE_CLASS`: every box is a pre-label of one
    class. `GUESSES`: every box is a guess in the current class while drawing, and none is shown as a pre-label. `BASE`:
    nothing is pre-labelled; trainings start from it."""

    NAMES = "names"
    ONE_CLASS = "one-class"
    GUESSES = "guesses"
    BASE = "base"

    @property
    def without_names(self) -> bool:
        """Whether what its classes are called does not matter."""
        return self is not UseKind.NAMES


@dataclass(frozen=True)
class DetectorUse:
    """Use of a detector. `class_name`: the project's class of `ONE_CLASS`, "" for the others."""

    kind: UseKind = UseKind.NAMES
    class_name: str = ""
