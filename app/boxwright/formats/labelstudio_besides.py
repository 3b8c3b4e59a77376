"""Choices, texts and numbers of Label Studio's tasks, of a region or of the whole image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from boxwright.domain.marks import ImageMarks
from boxwright.formats.dataset import Provenance
from boxwright.formats.extras import Extras, extras_of, image_marks

BESIDES = frozenset({"choices", "taxonomy", "textarea", "number", "rating"})


def besides_by_id(regions: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """The results that are no shapes, by their id."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for region in regions:
        if str(region.get("type")) in BESIDES and isinstance(region.get("value"), dict):
            found.setdefault(str(region.get("id")), []).append(region)
    return found


def said_of_image(value: Mapping[str, Any]) -> ImageMarks:
    """Choices are tags, texts the note."""
    chosen = value.get("choices", value.get("taxonomy"))
    flat = [" / ".join(map(str, one)) if isinstance(one, list) else one for one in _list(chosen)]
    return image_marks(flat, "\n".join(text for text in _list(value.get("text")) if isinstance(text, str)))


def said_of_region(region: Mapping[str, Any], besides: Sequence[Mapping[str, Any]], annotator: str) -> Extras:
    """The `meta` of a region, and `besides`, the results of its id that are no shapes, by the name of their control."""
    meta = region.get("meta")
    raw: dict[str, Any] = dict(meta) if isinstance(meta, dict) else {}
    if isinstance(raw.get("text"), list):
        # What a person types as the note of a region.
        raw["text"] = "\n".join(map(str, raw["text"]))
    raw |= {str(other.get("from_name")): _single(other["value"]) for other in besides}
    extras = extras_of(raw)
    if extras.provenance is None and annotator:
        return replace(extras, provenance=Provenance(annotator=annotator))
    return extras


def _single(value: Mapping[str, Any]) -> Any:
    for key in ("choices", "taxonomy", "text"):
        if key in value:
            return ", ".join(
                " / ".join(map(str, one)) if isinstance(one, list) else str(one) for one in _list(value[key])
            )
    return value.get("number", value.get("rating"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []
