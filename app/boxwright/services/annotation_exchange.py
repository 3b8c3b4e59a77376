"""Conversion of annotations to boxes of a dataset and back: whatever one can say, the other keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

import orjson

from boxwright.domain.annotation import Annotation, Origin
from boxwright.domain.box import Box
from boxwright.domain.marks import FLAGS, NO_ATTRIBUTES
from boxwright.formats.dataset import Besides, DatasetBox, DatasetClass, Provenance

_ORIGINS = {str(origin): origin for origin in Origin}


def besides(
    origin: str,
    annotator: str,
    source_class_id: int | None,
    flags: str,
    attributes: str | None,
    indexes: Mapping[int, int],
    classes: Sequence[DatasetClass],
) -> Besides:
    """What the pool's columns say of a box, but for the sides of its pre-label. `flags` are words with a blank between
    them, `attributes` JSON. `indexes`: the place in `classes` of each of the project's class ids."""
    source = indexes.get(source_class_id) if source_class_id is not None else None
    made = Provenance(origin, None, classes[source].name if source is not None else "", annotator)
    return Besides(frozenset(flags.split()), orjson.loads(attributes) if attributes else NO_ATTRIBUTES, made)


def with_source(known: Besides, box: Box) -> Besides:
    """`known` of a box that was made from the pre-label `box`."""
    made = known.provenance
    assert made is not None
    return Besides(known.flags, known.attributes, Provenance(made.origin, box, made.source_class, made.annotator))


def imported_annotation(item: DatasetBox, class_id: int, ids_by_name: Mapping[str, int]) -> Annotation:
    """`item`, in pixels, as a new annotation. What an earlier project said of its making is kept; a box of which
    nothing is known was `imported`."""
    made = item.provenance or Provenance()
    return Annotation(
        uid=uuid4().hex,
        class_id=class_id,
        box=item.box,
        origin=_ORIGINS.get(made.origin, Origin.IMPORTED),
        source_box=made.source_box,
        source_class_id=ids_by_name.get(made.source_class),
        flags=item.flags & frozenset(FLAGS),
        attributes=item.attributes,
        annotator=made.annotator,
    )
