"""Flags, attributes and provenance of a box as one object of names and values.

The way in which formats that know free attributes carry what they have no place of their own for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from boxwright.domain.box import Box
from boxwright.domain.marks import FLAGS, NO_ATTRIBUTES, NO_FLAGS, NO_MARKS, Attributes, AttributeValue, ImageMarks
from boxwright.formats.checks import number
from boxwright.formats.dataset import Besides, DatasetBox, DatasetImage, Provenance

ORIGIN, ANNOTATOR = "boxwright_origin", "boxwright_annotator"
SOURCE_BOX, SOURCE_CLASS = "boxwright_source_box", "boxwright_source_class"
TAGS, NOTE = "tags", "note"
# What other tools call the same.
_FLAG_NAMES = {**{flag: flag for flag in FLAGS}, "is_crowd": "crowd", "iscrowd": "crowd"}
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_LARGEST_INT = 2**63
_TEXT_LIMIT = 10_000


@dataclass(frozen=True, slots=True)
class Extras:
    """Flags, attributes and provenance found in such an object.

    What `extras_of` found. `odd`: values that are neither text nor number nor yes or no, and were left out.
    """

    flags: frozenset[str] = NO_FLAGS
    attributes: Attributes = field(default_factory=lambda: NO_ATTRIBUTES)
    provenance: Provenance | None = None
    odd: int = 0

    def on(self, item: DatasetBox) -> DatasetBox:
        """`item` with these, and with the flags that it has already."""
        flags = item.flags | self.flags if self.flags else item.flags
        return DatasetBox(item.box, item.label, item.score, flags, item.line, self.attributes, self.provenance)


_NONE = Extras()


def extras_of(raw: Any, flags: Iterable[str] = (), texts: bool = False, without: Iterable[str] = ()) -> Extras:
    """What the names and values in `raw` say of a box that has `flags` already. `texts`: all values are text, and one
    that looks like a number or like true or false is taken for that. Names in `without` are somebody else's."""
    if not isinstance(raw, Mapping) or not raw:
        found = frozenset(flags)
        return Extras(found) if found else _NONE
    marks = set(flags)
    attributes: dict[str, AttributeValue] = {}
    odd = 0
    for key, given in raw.items():
        name = _clean(str(key)).strip()
        if not name or given is None or name in without or name in _RESERVED:
            continue
        value = _usable(typed(given) if texts and isinstance(given, str) else given)
        if value is None:
            odd += 1
        elif name in _FLAG_NAMES and (isinstance(value, bool) or value in (0, 1)):
            marks |= {_FLAG_NAMES[name]} if value else set()
        else:
            attributes[name] = value
    return Extras(frozenset(marks), attributes or NO_ATTRIBUTES, _provenance(raw), odd)


def attributes_of(item: DatasetBox | Besides, flags_elsewhere: Iterable[str] = ()) -> dict[str, AttributeValue]:
    """Everything that a format without a place for it can write as attributes: those of `item`, its flags but
    `flags_elsewhere`, and its provenance, with the pre-label's box in the units of `item.box`."""
    found: dict[str, AttributeValue] = dict(item.attributes)
    if item.flags:
        for flag in sorted(item.flags.difference(flags_elsewhere)):
            found[flag] = True
    made = item.provenance
    if made is not None:
        if made.origin:
            found[ORIGIN] = made.origin
        if made.annotator:
            found[ANNOTATOR] = made.annotator
        if made.source_box is not None:
            box = made.source_box
            found[SOURCE_BOX] = f"{box.x1:.9g} {box.y1:.9g} {box.x2:.9g} {box.y2:.9g}"
        if made.source_class:
            found[SOURCE_CLASS] = made.source_class
    return found


def signature_of(image: DatasetImage) -> dict[str, str]:
    """Who confirmed an empty image so, as a key and value for a format that knows free keys of an image; of others
    their boxes tell."""
    return {ANNOTATOR: image.annotator} if image.labeled and image.annotator and not image.box_count else {}


def annotator_of(raw: Any) -> str:
    """What `signature_of` wrote among the keys `raw` of an image; "" for nothing."""
    said = raw.get(ANNOTATOR) if isinstance(raw, Mapping) else None
    return _clean(said).strip() if isinstance(said, str) else ""


def image_marks(tags: Any, note: Any = "") -> ImageMarks:
    """Tags and note out of a file. Tags are a list of texts, or an object whose true values name them."""
    if isinstance(tags, Mapping):
        tags = [name for name, value in tags.items() if value is True]
    listed = tags if isinstance(tags, list | tuple | set | frozenset) else []
    words = frozenset(word for tag in listed if isinstance(tag, str) and (word := _clean(tag).strip()))
    text = _clean(note).strip() if isinstance(note, str) else ""
    return ImageMarks(words, text) if words or text else NO_MARKS


def text_of(value: AttributeValue) -> str:
    """`value` where a format has only text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def typed(text: str) -> AttributeValue:
    """The value whose `text_of` is `text`: yes or no, a number, or the text itself."""
    if text in ("true", "false"):
        return text == "true"
    if len(text) > 25 or not _NUMBER.fullmatch(text):
        return text
    value = float(text) if set(text) & set(".eE") else int(text)
    return value if repr(value) == text else text


def xml_text(text: str) -> str:
    """`text` without the characters that XML 1.0 has no way to write."""
    return re.sub("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)


def _clean(text: str) -> str:
    """Of a length that a person can have meant, and without halves of characters, which no file or database takes."""
    text = text[:_TEXT_LIMIT]
    return text if text.isascii() else text.encode("utf-8", errors="replace").decode()


def _usable(value: Any) -> AttributeValue | None:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -_LARGEST_INT <= value < _LARGEST_INT else str(value)
    return value if isinstance(value, float) and math.isfinite(value) else None


def _provenance(raw: Mapping[str, Any]) -> Provenance | None:
    if _RESERVED.isdisjoint(raw):
        return None
    origin, source_class, annotator = (_clean(str(raw.get(key) or "")) for key in (ORIGIN, SOURCE_CLASS, ANNOTATOR))
    return Provenance(origin, _box(raw.get(SOURCE_BOX)), source_class, annotator) or None


_RESERVED = frozenset({ORIGIN, ANNOTATOR, SOURCE_BOX, SOURCE_CLASS})


def _box(raw: Any) -> Box | None:
    values = [number(word) for word in raw.split()] if isinstance(raw, str) else []
    known = [value for value in values if value is not None and math.isfinite(value)]
    if len(known) != 4 or len(values) != 4 or not (known[0] < known[2] and known[1] < known[3]):
        return None
    return Box(known[0], known[1], known[2], known[3])
