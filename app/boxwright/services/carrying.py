"""An annotation of a project as a box of a dataset, and back: whatever one can say, the other keeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import uuid4

from boxwright.domain.annotation import Annotation, Origin
from boxwright.domain.marks import FLAGS
from boxwright.formats.dataset import DatasetBox, DatasetClass, Provenance

_ORIGINS = {str(origin): origin for origin in Origin}


def dataset_box(a: Annotation, indexes: Mapping[int, int], classes: Sequence[DatasetClass]) -> DatasetBox:
    """`indexes`: the place in `classes` of each of the project's class ids."""
    source = indexes.get(a.source_class_id) if a.source_class_id is not None else None
    made = Provenance(str(a.origin), a.source_box, classes[source].name if source is not None else "", a.annotator)
    return DatasetBox(a.box, indexes[a.class_id], None, a.flags, None, a.attributes, made)


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
