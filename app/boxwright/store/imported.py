"""Bulk import of finished labels of many images, a statement for all of them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
import orjson
from numpy.typing import NDArray

from boxwright.domain.annotation import Annotation, Origin
from boxwright.domain.edits import Edit, EditKind, StateChange
from boxwright.domain.image import ImageState
from boxwright.store.annotation_rows import PUT_ANNOTATION, annotation_row
from boxwright.store.connection import Store
from boxwright.store.edit_log import told

_PUT = (
    "INSERT INTO annotation(image_id, uid, class_id, x1, y1, x2, y2, origin) "
    f"VALUES (?, ?, ?, ?, ?, ?, ?, '{Origin.IMPORTED}')"
)
_FINISH = "UPDATE image SET touched = 1, changed_at = ?, state = ?, annotator = ?, skip_reason = NULL WHERE id = ?"
_LOG = f"INSERT INTO edit_log(image_id, at, name, edit) VALUES (?, ?, '{EditKind.IMPORT_LABELS}', ?)"


@dataclass(frozen=True, slots=True)
class LabelColumns:
    """Labels of many images as columns.

    Labels of the images `image_ids` (M,) int64; one without a box is confirmed empty. owner: (N,) index into
    `image_ids`, ascending. class_ids: (N,) int64. corners: (N,4) float64 pixels. whole: by index, annotations of which
    more is known; what the columns say of these does not count. annotators: (M,) who labelled each image, "" where
    that is not known; empty when it is of none.
    """

    image_ids: NDArray[np.int64]
    owner: NDArray[np.int64]
    class_ids: NDArray[np.int64]
    corners: NDArray[np.float64]
    whole: Mapping[int, Annotation]
    annotators: Sequence[str] = ()


def store_columns(store: Store, labels: LabelColumns) -> None:
    """Store `labels` and mark the images labelled. Runs within the caller's transaction, on images that nobody has
    touched. The log of each says how many boxes came; the boxes themselves are the annotations."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    rows = zip(
        labels.image_ids[labels.owner].tolist(),
        _uids(len(labels.owner)),
        labels.class_ids.tolist(),
        *(labels.corners[:, side].tolist() for side in range(4)),
        strict=True,
    )
    if labels.whole:
        # Of an image some may be whole and some not, and their order is kept.
        for index, row in enumerate(rows):
            annotation = labels.whole.get(index)
            if annotation is None:
                store.write(_PUT, row)
            else:
                store.write(PUT_ANNOTATION, annotation_row(row[0], annotation))
    else:
        store.write_many(_PUT, rows)
    ids = labels.image_ids.tolist()
    signed = labels.annotators or [""] * len(ids)
    store.write_many(_FINISH, [(now, str(ImageState.LABELED), who, i) for i, who in zip(ids, signed, strict=True)])
    counts = np.bincount(labels.owner, minlength=len(ids)).tolist()
    store.write_many(_LOG, [(i, now, _entry(count)) for i, count in zip(ids, counts, strict=True)])


def _uids(count: int) -> list[str]:
    """In ascending order: random ones would make SQLite visit the whole index for every few rows."""
    first = secrets.token_hex(8)
    return [f"{first}{number:016x}" for number in range(count)]


@lru_cache(maxsize=4096)
def _entry(count: int) -> str:
    """As an `Edit` without its boxes: nothing was there before, and what came is the annotations themselves."""
    edit = Edit(EditKind.IMPORT_LABELS, state=StateChange(ImageState.UNLABELED, ImageState.LABELED))
    return orjson.dumps({**told(edit), "imported": count}).decode()
