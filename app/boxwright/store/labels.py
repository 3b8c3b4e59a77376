"""Labels as stored: annotations, standings, states, and the log of every edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from boxwright.domain.annotation import Annotation
from boxwright.domain.edits import BoxChange, Edit, EditKind, MarksChange, StandingChange, StateChange
from boxwright.domain.errors import ProjectError
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.domain.marks import NO_MARKS, ImageMarks
from boxwright.store.annotation_rows import PUT_ANNOTATION, SELECT_ANNOTATION, annotation, annotation_row
from boxwright.store.begun import IS_BEGUN
from boxwright.store.connection import Store
from boxwright.store.edit_log import told
from boxwright.store.images import chunks, id_array, marks
from boxwright.store.imported import LabelColumns, store_columns
from boxwright.store.predictions import PredictionRepository
from boxwright.store.reviews import ReviewRepository

_PUT_STANDING = """
    INSERT INTO standing SELECT id, ? FROM prediction WHERE id = ?
    ON CONFLICT(prediction_id) DO UPDATE SET standing = excluded.standing"""
_OWNED = """state != 'unlabeled' OR EXISTS (SELECT 1 FROM annotation WHERE image_id = image.id)
    OR EXISTS (SELECT 1 FROM prediction JOIN standing ON prediction_id = prediction.id WHERE image_id = image.id)"""
_LOG = "INSERT INTO edit_log(image_id, at, name, edit, annotator) VALUES (?, ?, ?, ?, ?)"
_IMPORTED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ImportedLabels:
    """Result of an import of labels.

    `kept`: ids of images whose labels were already a person's and stayed as they were.
    """

    images: int
    boxes: int
    kept: tuple[int, ...]


class LabelRepository:
    """Stored labels."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._predictions = PredictionRepository(store)
        self._reviews = ReviewRepository(store)

    def load(self, image_id: int) -> ImageLabels:
        """Everything about one image's boxes. Raises ProjectError for an id that the pool does not have."""
        row = self._store.row("SELECT width, height, state, skip_reason FROM image WHERE id = ?", [image_id])
        if row is None:
            raise ProjectError("The project {0} has no image with the number {1}.", self._store.folder, image_id)
        width, height, state, reason = row
        model_id = self._predictions.shown_model(image_id)
        predictions = [] if model_id is None else self._predictions.of_image(image_id, model_id)
        standings = self._store.rows(
            "SELECT prediction_id, standing FROM standing JOIN prediction ON prediction.id = prediction_id "
            "WHERE image_id = ? AND model_id = ?",
            [image_id, model_id],
        )
        findings, kept = self._reviews.of_image(image_id)
        return ImageLabels(
            image_id=image_id,
            width=width,
            height=height,
            state=ImageState(state),
            skip_reason=reason,
            annotations={a.uid: a for a in self.annotations([image_id])[image_id]},
            predictions={p.id: p for p in predictions},
            standings={id_: Standing(value) for id_, value in standings},
            marks=self.image_marks([image_id]).get(image_id, NO_MARKS),
            findings=findings,
            kept=kept,
            guesses=model_id is not None and self._predictions.are_guesses(model_id),
        )

    def annotations(self, image_ids: Iterable[int]) -> dict[int, list[Annotation]]:
        """For every id asked for its annotations in the order they were made; an empty list where there are none."""
        wanted = [int(i) for i in image_ids]
        found: dict[int, list[Annotation]] = {i: [] for i in wanted}
        for chunk in chunks(wanted):
            query = f"{SELECT_ANNOTATION}WHERE image_id IN ({marks(chunk)}) ORDER BY id"
            for row in self._store.rows(query, chunk):
                found[row[0]].append(annotation(row))
        return found

    def image_marks(self, image_ids: Iterable[int]) -> dict[int, ImageMarks]:
        """Tags and note of those images that have any."""
        tags: dict[int, set[str]] = {}
        notes: dict[int, str] = {}
        for chunk in chunks([int(i) for i in image_ids]):
            where = f"({marks(chunk)})"
            for id_, tag in self._store.rows(f"SELECT image_id, tag FROM image_tag WHERE image_id IN {where}", chunk):
                tags.setdefault(id_, set()).add(tag)
            notes |= self._store.rows(f"SELECT id, note FROM image WHERE id IN {where} AND note != ''", chunk)
        return {i: ImageMarks(frozenset(tags.get(i, ())), notes.get(i, "")) for i in sorted(tags.keys() | notes.keys())}

    def tags(self) -> dict[str, int]:
        """Every tag in use with the number of its images, by name."""
        return dict(self._store.rows("SELECT tag, count(*) FROM image_tag GROUP BY tag ORDER BY tag"))

    def apply(self, image_id: int, edit: Edit) -> None:
        """Make the rows what `edit` says, mark the image as a person's as long as anything of theirs is on it, and log
        the edit: all or nothing.

        A tag or a note alone says nothing of the boxes: the image stays open to better pre-labels.
        """
        if edit.is_void:
            return
        now = _now()
        with self._store.transaction():
            for change in edit.boxes:
                self._change_box(image_id, change)
            for step in edit.standings:
                self._change_standing(step)
            if edit.boxes or edit.standings or edit.state is not None:
                self._change_state(image_id, edit.state, now, edit.annotator)
            if edit.boxes:
                self._reviews.reconsider(image_id, {a.uid: a for a in self.annotations([image_id])[image_id]})
            for kept in edit.kept:
                self._reviews.set_kept(kept.finding_id, kept.after)
            if edit.marks is not None:
                self._change_marks(image_id, edit.marks)
            self._store.write(_LOG, _log_row(image_id, now, edit))

    def reopen(self, image_id: int, kind: EditKind) -> None:
        """Take the labels off an image and leave it as one that nobody has touched; logged as one of `kind`."""
        gone = tuple(BoxChange(a, None) for a in self.annotations([image_id])[image_id])
        with self._store.transaction():
            self.apply(image_id, Edit(kind, gone, state=StateChange(ImageState.LABELED, ImageState.UNLABELED)))
            self._store.write("UPDATE image SET touched = 0 WHERE id = ?", [image_id])

    def import_labels(self, items: Iterable[tuple[int, Sequence[Annotation]]]) -> ImportedLabels:
        """Store finished labels (image id, its annotations) and mark those images labelled, in one transaction.

        No annotations means confirmed empty. An image that somebody has already labelled, skipped or begun is left
        as it is and reported, so importing twice changes nothing.
        """
        images = boxes = 0
        kept: list[int] = []
        remaining = iter(items)
        with self._store.transaction():
            while some := list(islice(remaining, _IMPORTED_AT_ONCE)):
                open_ = self.open_ids([image_id for image_id, _ in some])
                fresh: dict[int, Sequence[Annotation]] = {}
                for image_id, annotations in some:
                    if image_id in open_ and image_id not in fresh:
                        fresh[image_id] = annotations
                    else:
                        kept.append(image_id)
                store_columns(self._store, _columns(fresh))
                images, boxes = images + len(fresh), boxes + sum(map(len, fresh.values()))
        return ImportedLabels(images, boxes, tuple(kept))

    def import_columns(self, labels: LabelColumns) -> None:
        """Store finished labels and mark their images labelled, in one transaction. The images must be among
        `open_ids`."""
        with self._store.transaction():
            store_columns(self._store, labels)

    def import_marks(self, items: Iterable[tuple[int, ImageMarks]]) -> int:
        """Add tags to what images have, and notes where there is none; the number of images that this changed."""
        wanted: dict[int, ImageMarks] = {}
        for image_id, found in items:
            wanted[image_id] = wanted.get(image_id, NO_MARKS).joined(found)
        present = self.image_marks(wanted)
        changed = 0
        with self._store.transaction():
            for image_id, found in wanted.items():
                before = present.get(image_id, NO_MARKS)
                edit = Edit(EditKind.IMPORT_TAGS, marks=MarksChange(before, before.joined(found)))
                changed += not edit.is_void
                self.apply(image_id, edit)
        return changed

    def open_ids(self, image_ids: Sequence[int]) -> set[int]:
        """Those of `image_ids` that nobody has labelled, skipped or begun."""
        found: set[int] = set()
        for chunk in chunks(image_ids):
            query = f"SELECT id FROM image WHERE id IN ({marks(chunk)}) AND NOT touched AND state = 'unlabeled'"
            found |= {id_ for (id_,) in self._store.rows(query, chunk)}
        return found

    def counts(self) -> dict[int, int]:
        """Annotations per class id; classes without any are left out."""
        return dict(self._store.rows("SELECT class_id, count(*) FROM annotation GROUP BY class_id"))

    def training_counts(self, begun: bool = False) -> tuple[dict[int, int], int]:
        """Annotations per class id on the usable labelled images of the train split, with `begun` on those as well,
        classes without any left out, and how many of those images are confirmed empty."""
        done = f"(state = 'labeled' OR {IS_BEGUN})" if begun else "state = 'labeled'"
        where = f"{done} AND split = 'train' AND problem IS NULL AND duplicate_of IS NULL"
        boxes = self._store.rows(
            f"SELECT class_id, count(*) FROM annotation JOIN image ON image.id = image_id WHERE {where} GROUP BY 1"
        )
        empty = self._store.value(
            f"SELECT count(*) FROM image WHERE {where} "
            "AND NOT EXISTS (SELECT 1 FROM annotation WHERE image_id = image.id)"
        )
        return dict(boxes), int(empty)

    def class_counts(self) -> dict[int, int]:
        """Annotations per class id, classes without any left out."""
        return dict(self._store.rows("SELECT class_id, count(*) FROM annotation GROUP BY 1"))

    def empty_ids(self) -> NDArray[np.int64]:
        """Images confirmed empty: labelled, with no annotation. Ascending (N,) int64."""
        query = (
            "SELECT id FROM image WHERE state = 'labeled' "
            "AND NOT EXISTS (SELECT 1 FROM annotation WHERE image_id = image.id)"
        )
        return id_array(self._store, query)

    def flagged_ids(self) -> NDArray[np.int64]:
        """Images with a tag, a note or a box that has a flag. Ascending (N,) int64."""
        query = (
            "SELECT image_id AS id FROM image_tag UNION SELECT id FROM image WHERE note != '' "
            "UNION SELECT image_id FROM annotation WHERE flags != ''"
        )
        return id_array(self._store, f"SELECT id FROM ({query})")

    def classes_by_image(self) -> list[tuple[int, int]]:
        """(image id, class id), each pair once, by image id."""
        return self._store.rows("SELECT DISTINCT image_id, class_id FROM annotation ORDER BY 1, 2")

    def log(self, image_id: int) -> list[tuple[str, str]]:
        """(UTC time in ISO 8601, name) of every edit of an image, oldest first."""
        return self._store.rows("SELECT at, name FROM edit_log WHERE image_id = ? ORDER BY id", [image_id])

    def _change_box(self, image_id: int, change: BoxChange) -> None:
        if change.after is None:
            self._store.write("DELETE FROM annotation WHERE uid = ? AND image_id = ?", [change.uid, image_id])
        else:
            self._store.write(PUT_ANNOTATION, annotation_row(image_id, change.after))

    def _change_standing(self, change: StandingChange) -> None:
        if change.after is Standing.OPEN:
            self._store.write("DELETE FROM standing WHERE prediction_id = ?", [change.prediction_id])
        else:
            self._store.write(_PUT_STANDING, [str(change.after), change.prediction_id])

    def _change_marks(self, image_id: int, change: MarksChange) -> None:
        gone, new = change.before.tags - change.after.tags, change.after.tags - change.before.tags
        where = "DELETE FROM image_tag WHERE image_id = ? AND tag = ?"
        self._store.write_many(where, [(image_id, tag) for tag in sorted(gone)])
        add = "INSERT OR IGNORE INTO image_tag(image_id, tag) VALUES (?, ?)"
        self._store.write_many(add, [(image_id, tag) for tag in sorted(new)])
        self._store.write("UPDATE image SET note = ? WHERE id = ?", [change.after.note, image_id])

    def _change_state(self, image_id: int, change: StateChange | None, now: str, annotator: str) -> None:
        self._store.write("UPDATE image SET changed_at = ?, annotator = ? WHERE id = ?", [now, annotator, image_id])
        if change is not None:
            values = [str(change.after), change.after_reason, image_id]
            self._store.write("UPDATE image SET state = ?, skip_reason = ? WHERE id = ?", values)
        # An image whose edits were all undone is nobody's again: a later detector may say what it sees there.
        self._store.write(f"UPDATE image SET touched = {_OWNED} WHERE id = ?", [image_id])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _log_row(image_id: int, now: str, edit: Edit) -> list[Any]:
    text = orjson.dumps(told(edit), default=sorted, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return [image_id, now, str(edit.kind), text, edit.annotator]


def _columns(labels: Mapping[int, Sequence[Annotation]]) -> LabelColumns:
    found = [a for annotations in labels.values() for a in annotations]
    return LabelColumns(
        np.fromiter(labels, np.int64, len(labels)),
        np.repeat(np.arange(len(labels)), np.array([len(a) for a in labels.values()], np.int64)),
        np.array([a.class_id for a in found], np.int64),
        np.array([a.box.array() for a in found], np.float64).reshape(-1, 4),
        dict(enumerate(found)),
    )
