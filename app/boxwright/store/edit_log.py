"""Log of edits, read back: which images a span of it is about, and what each edit was."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import orjson

from boxwright.domain.annotation import Annotation, Origin
from boxwright.domain.box import Box
from boxwright.domain.edits import BoxChange, Edit, EditKind, MarksChange, StateChange
from boxwright.domain.image import ImageState
from boxwright.domain.marks import ImageMarks
from boxwright.store.connection import Store
from boxwright.store.images import chunks, marks


@dataclass(frozen=True, slots=True)
class LogSpan:
    """Span of the log from `first` to `last`, both included; ids ascend and are never used again."""

    first: int
    last: int

    def __bool__(self) -> bool:
        return self.last >= self.first


class EditLog:
    """Log of edits."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def end(self) -> int:
        """The id of the newest row, 0 for none."""
        return int(self._store.value("SELECT max(id) FROM edit_log") or 0)

    def images(self, span: LogSpan) -> list[int]:
        """Ascending ids of the images that the span is about."""
        query = "SELECT DISTINCT image_id FROM edit_log WHERE id BETWEEN ? AND ? ORDER BY image_id"
        return [id_ for (id_,) in self._store.rows(query, [span.first, span.last])]

    def of_image(self, image_id: int, span: LogSpan) -> list[Edit | None]:
        """The edits of an image within the span, the newest first. None: finished labels came to an image that had
        none; which, the log does not say."""
        query = "SELECT edit FROM edit_log WHERE image_id = ? AND id BETWEEN ? AND ? ORDER BY id DESC"
        return [_edit(text) for (text,) in self._store.rows(query, [image_id, span.first, span.last])]

    def changed_after(self, image_ids: Sequence[int], span: LogSpan, without: Iterable[LogSpan]) -> set[int]:
        """Those of `image_ids` with an edit after the span that lies in none of `without`."""
        spans = list(without)
        other = "".join(" AND NOT id BETWEEN ? AND ?" for _ in spans)
        values = [value for each in spans for value in (each.first, each.last)]
        found: set[int] = set()
        for chunk in chunks(image_ids):
            query = f"SELECT DISTINCT image_id FROM edit_log WHERE image_id IN ({marks(chunk)}) AND id > ?{other}"
            found |= {id_ for (id_,) in self._store.rows(query, [*chunk, span.last, *values])}
        return found

    def annotator_before(self, image_id: int, span: LogSpan) -> str:
        """Who edited the image last before the span; empty when nobody did or signed."""
        query = "SELECT annotator FROM edit_log WHERE image_id = ? AND id < ? ORDER BY id DESC LIMIT 1"
        return str(self._store.value(query, [image_id, span.first]) or "")


def told(edit: Edit) -> dict[str, Any]:
    """`edit` for the JSON of the log, where its kind is called its name."""
    held = {field.name: getattr(edit, field.name) for field in fields(edit)}
    return {"name": str(held.pop("kind")), **held}


def _edit(text: str) -> Edit | None:
    """Standings are not read back: no import changes any."""
    raw = orjson.loads(text)
    if "imported" in raw:
        return None
    state, said = raw["state"], raw["marks"]
    return Edit(
        EditKind(raw["name"]),
        tuple(BoxChange(_box(c["before"]), _box(c["after"])) for c in raw["boxes"]),
        state=state and StateChange(
            ImageState(state["before"]), ImageState(state["after"]), state["before_reason"], state["after_reason"]
        ),
        marks=said and MarksChange(_marks(said["before"]), _marks(said["after"])),
        annotator=raw.get("annotator", ""),
    )  # fmt: skip


def _box(raw: Mapping[str, Any] | None) -> Annotation | None:
    return None if raw is None else stored_annotation(raw)


def stored_annotation(raw: Mapping[str, Any]) -> Annotation:
    """From the JSON that an annotation is in the log."""
    source = raw["source_box"]
    return Annotation(
        **{
            **raw,
            "box": Box(**raw["box"]),
            "origin": Origin(raw["origin"]),
            "source_box": None if source is None else Box(**source),
            "flags": frozenset(raw.get("flags", ())),
            "attributes": dict(raw.get("attributes") or {}),
        }
    )


def _marks(raw: Mapping[str, Any]) -> ImageMarks:
    return ImageMarks(frozenset(raw["tags"]), raw["note"])
