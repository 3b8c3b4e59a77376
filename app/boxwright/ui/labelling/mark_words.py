"""Words for flags, attributes, tags and notes."""

from __future__ import annotations

import re
from math import isfinite

from boxwright.domain.annotation import Annotation
from boxwright.domain.marks import FLAGS, AttributeValue, ImageMarks
from boxwright.domain.prediction import Prediction
from boxwright.ui.language.translation import tr

# No more digits than 64 bits hold in any database.
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_FRACTION = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


def flags_text(item: Annotation | Prediction) -> str:
    """ "difficult, occluded", in the order of the keys; empty for none."""
    return ", ".join(tr(flag) for flag in FLAGS if isinstance(item, Annotation) and flag in item.flags)


def marks_text(item: Annotation | Prediction) -> str:
    """Flags in one line, then a line for each attribute; empty for none."""
    attributes = item.attributes if isinstance(item, Annotation) else {}
    lines = [flags_text(item), *(f"{name} = {value_text(value)}" for name, value in sorted(attributes.items()))]
    return "\n".join(line for line in lines if line)


def value_text(value: AttributeValue) -> str:
    """As a person types it; `value_of` reads it back."""
    return (tr("yes") if value else tr("no")) if isinstance(value, bool) else str(value)


def value_of(text: str) -> AttributeValue:
    """ "yes" and "no" are marks, what looks like a number is one, all else is text."""
    text = text.strip()
    marks = {"no": False, "yes": True, tr("no"): False, tr("yes"): True}
    if text.lower() in marks:
        return marks[text.lower()]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _FRACTION.fullmatch(text) and isfinite(float(text)) else text


def image_marks_text(marks: ImageMarks) -> str:
    """Tags, then the note, in one line; empty for none."""
    tags = ", ".join(sorted(marks.tags))
    note = " ".join(marks.note.split())
    return "  ·  ".join(words for words in (tags, note) if words)
