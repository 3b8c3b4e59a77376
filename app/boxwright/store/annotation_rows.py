"""Annotations as rows of the pool, both ways."""

from __future__ import annotations

from typing import Any

import orjson

from boxwright.domain.annotation import Annotation, Origin
from boxwright.domain.box import Box
from boxwright.domain.marks import NO_ATTRIBUTES, NO_FLAGS

SELECT_ANNOTATION = (
    "SELECT image_id, uid, class_id, x1, y1, x2, y2, origin, prediction_id, "
    "source_x1, source_y1, source_x2, source_y2, source_class_id, flags, attributes, annotator FROM annotation "
)
# A pre-label may have been renewed since it was shown: then the reference is left empty and the edit still counts.
PUT_ANNOTATION = """
    INSERT INTO annotation(image_id, uid, class_id, x1, y1, x2, y2, origin, prediction_id,
                           source_x1, source_y1, source_x2, source_y2, source_class_id, flags, attributes, annotator)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM prediction WHERE id = ?), ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT(uid) DO UPDATE SET
        class_id = excluded.class_id, x1 = excluded.x1, y1 = excluded.y1, x2 = excluded.x2, y2 = excluded.y2,
        origin = excluded.origin, prediction_id = excluded.prediction_id, source_x1 = excluded.source_x1,
        source_y1 = excluded.source_y1, source_x2 = excluded.source_x2, source_y2 = excluded.source_y2,
        source_class_id = excluded.source_class_id, flags = excluded.flags, attributes = excluded.attributes,
        annotator = excluded.annotator"""


def annotation_row(image_id: int, a: Annotation) -> list[Any]:
    """For `PUT_ANNOTATION`."""
    source = a.source_box
    corners = [None] * 4 if source is None else [source.x1, source.y1, source.x2, source.y2]
    box = [a.box.x1, a.box.y1, a.box.x2, a.box.y2]
    flags = " ".join(sorted(a.flags)) if a.flags else ""
    attributes = orjson.dumps(a.attributes).decode() if a.attributes else None
    source_and_marks = [*corners, a.source_class_id, flags, attributes, a.annotator]
    return [image_id, a.uid, a.class_id, *box, str(a.origin), a.prediction_id, *source_and_marks]


def annotation(row: tuple[Any, ...]) -> Annotation:
    """From `SELECT_ANNOTATION`."""
    _, uid, class_id, x1, y1, x2, y2, origin, prediction_id, sx1, sy1, sx2, sy2, source_class = row[:14]
    flags, attributes, annotator = row[14:]
    return Annotation(
        uid,
        class_id,
        Box(x1, y1, x2, y2),
        Origin(origin),
        prediction_id,
        None if sx1 is None else Box(sx1, sy1, sx2, sy2),
        source_class,
        frozenset(flags.split()) if flags else NO_FLAGS,
        orjson.loads(attributes) if attributes else NO_ATTRIBUTES,
        annotator,
    )
