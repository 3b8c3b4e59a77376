"""Change flags: what an edit touched, so that a panel refreshes only what it shows."""

from __future__ import annotations

from enum import Flag, auto

from boxwright.domain.edits import Edit


class Changes(Flag):
    """Flags of what changed.

    `BOXES`: annotations. `PREDICTIONS`: pre-labels, what was done with them, or which are shown. `STATE`: state or
    skip reason of the image. `IMAGE`: another image is current; everything of the old one is gone. `SELECTION`: the
    selected boxes. `CLASSES`: the list of classes or the current one. `MARKS`: tags or note of the image.
    """

    NONE = 0
    BOXES = auto()
    PREDICTIONS = auto()
    STATE = auto()
    IMAGE = auto()
    SELECTION = auto()
    CLASSES = auto()
    MARKS = auto()


def changes_of(edit: Edit) -> Changes:
    """The flags of everything `edit` touches."""
    result = Changes.NONE
    if edit.boxes:
        result |= Changes.BOXES
    if edit.standings or edit.kept:
        result |= Changes.PREDICTIONS
    if edit.state is not None:
        result |= Changes.STATE
    if edit.marks is not None:
        result |= Changes.MARKS
    return result
