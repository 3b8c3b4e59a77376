"""Tags of Supervisely: of an image or of an object, each with one type of value for the whole project."""

from __future__ import annotations

from typing import Any

from boxwright.domain.marks import AttributeValue
from boxwright.formats.dataset import Dataset
from boxwright.formats.extras import attributes_of, text_of, typed

UNLABELED = "unlabeled"
_NONE, _NUMBER, _TEXT = "none", "any_number", "any_string"
_IMAGES, _OBJECTS, _BOTH = "imagesOnly", "objectsOnly", "all"


def tag_types(dataset: Dataset) -> dict[str, tuple[str, str]]:
    """The type of value of each tag and what it is for, by name: no value where all are yes, numbers where all are
    numbers, else text."""
    kinds: dict[str, set[str]] = {UNLABELED: {_NONE}}
    places: dict[str, set[str]] = {UNLABELED: {_IMAGES}}
    for image in dataset.images:
        for tag in image.marks.tags:
            kinds.setdefault(tag, set()).add(_NONE)
            places.setdefault(tag, set()).add(_IMAGES)
        for item in image.boxes:
            for name, value in attributes_of(item).items():
                kinds.setdefault(name, set()).add(_kind(value))
                places.setdefault(name, set()).add(_OBJECTS)
    return {
        name: (next(iter(found)) if len(found) == 1 else _TEXT, _BOTH if len(places[name]) > 1 else min(places[name]))
        for name, found in sorted(kinds.items())
    }


def tag_value(value: AttributeValue, kind: str) -> AttributeValue | None:
    """`value` as a tag of the type `kind` holds it."""
    if kind == _NONE:
        return None
    return value if kind == _NUMBER else text_of(value)


def attribute_of(value: Any) -> Any:
    """The value of a tag as an attribute: a tag without one says yes."""
    if value is None:
        return True
    return typed(value) if isinstance(value, str) else value


def _kind(value: AttributeValue) -> str:
    if value is True:
        return _NONE
    return _TEXT if isinstance(value, str | bool) else _NUMBER
