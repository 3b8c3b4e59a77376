"""Dataset of chosen images of the pool, whose boxes are read as they are written."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import orjson

from boxwright.domain.box import Box, within
from boxwright.domain.image import Image, Split
from boxwright.domain.image_filter import ImageFilter
from boxwright.domain.marks import ImageMarks
from boxwright.formats.dataset import Besides, Boxes, DatasetBox, DatasetClass, DatasetImage
from boxwright.services.annotation_exchange import besides, with_source
from boxwright.services.project.project import Project
from boxwright.store.selection import BoxRows

_AT_ONCE = 500


class PoolImage(DatasetImage):
    """Image of the pool whose boxes are read from it when a writer asks, some hundred images at a time, so that a
    million boxes are never in memory at once."""

    __slots__ = ("_boxes",)

    def __init__(
        self,
        image: Image,
        name: str,
        file: Path | None,
        split: Split | None,
        marks: ImageMarks,
        boxes: PoolBoxes | None,
    ) -> None:
        """`boxes` None: nobody has labelled it, or it is exported as if nobody had."""
        self._boxes = boxes
        super().__init__(
            path=name,
            file=file,
            width=image.width,
            height=image.height,
            split=split,
            labeled=boxes is not None,
            id=image.id,
            marks=marks,
            annotator=image.annotator,
        )

    @property
    def boxes(self) -> Boxes | list[DatasetBox]:
        assert self.id is not None
        return self._boxes.of(self.id) if self._boxes is not None else []

    @boxes.setter
    def boxes(self, _: Boxes | list[DatasetBox]) -> None:
        """The pool's boxes are not set here; the base class does so when it is made."""

    @property
    def box_count(self) -> int:
        assert self.id is not None
        return self._boxes.count(self.id) if self._boxes is not None else 0


class PoolBoxes:
    """Boxes of `images`, of the classes in `indexes` (project class id -> index in the dataset).

    Writers ask split by split or for all images by id: both go forward within each split. `digests` holds, for each
    image read so far, a short hash of its boxes; `beyond` counts those that reached out of their image. `on_read` is
    called before some hundred more are read; what it raises ends the export.
    """

    def __init__(
        self, project: Project, images: Sequence[Image], indexes: Mapping[int, int], classes: Sequence[DatasetClass]
    ) -> None:
        self._project = project
        self._classes = classes
        self._indexes = indexes
        self._label_of = np.zeros(max(indexes, default=0) + 1, np.int32)
        self._label_of[list(indexes)] = list(indexes.values())
        self._of_split: dict[Split, list[int]] = {}
        self._place: dict[int, tuple[Split, int]] = {}
        for image in images:
            ids = self._of_split.setdefault(image.split, [])
            self._place[image.id] = (image.split, len(ids))
            ids.append(image.id)
        self._sizes = {image.id: (image.width, image.height) for image in images}
        self.beyond = 0
        self._counts = project.selection.box_counts(list(self._place), tuple(indexes))
        self._read: dict[Split, dict[int, Boxes]] = {}
        self.digests: dict[int, str] = {}
        self.on_read: Callable[[], None] = lambda: None

    def count(self, image_id: int) -> int:
        return self._counts.get(image_id, 0)

    def of(self, image_id: int) -> Boxes:
        split, start = self._place[image_id]
        if image_id not in self._read.get(split, ()):
            self._read[split] = self._load(self._of_split[split][start : start + _AT_ONCE])
        return self._read[split][image_id]

    def _load(self, image_ids: Sequence[int]) -> dict[int, Boxes]:
        self.on_read()
        rows = self._project.selection.boxes(image_ids, tuple(self._indexes))
        labels = self._label_of[rows.class_ids] if len(rows.class_ids) else np.empty(0, np.int32)
        known = self._besides(rows)
        found: dict[int, Boxes] = {}
        for image_id in image_ids:
            own = rows.places.get(image_id, slice(0, 0))
            corners, kept = within(rows.corners[own], *self._sizes[image_id])
            more = {at - own.start: known[at] for at in range(own.start, own.stop) if at in known} if known else {}
            self.beyond += int((corners != rows.corners[own]).any(axis=1).sum())
            if not kept.all():
                place = np.cumsum(kept) - 1
                more = {int(place[at]): what for at, what in more.items() if kept[at]}
                self._counts[image_id] = int(kept.sum())
            found[image_id] = Boxes.unscored(corners[kept], labels[own][kept], more)
            if image_id not in self.digests:
                said = [(at, sorted(m.flags), m.attributes) for at, m in more.items() if m.flags or m.attributes]
                marks = orjson.dumps(said, option=orjson.OPT_SORT_KEYS) if said else b""
                self.digests[image_id] = _short(rows.class_ids[own].tobytes() + corners.tobytes() + marks)
        return found

    def _besides(self, rows: BoxRows) -> dict[int, Besides]:
        """Boxes that are alike in all but the pre-label's sides share what is said of them."""
        made: dict[int, Besides] = {}
        alike: dict[tuple[str, str, int | None, str, str | None], Besides] = {}
        for at, (origin, who, source, flags, attributes, x1, y1, x2, y2) in rows.besides.items():
            key = (origin, who, source, flags, attributes)
            known = alike.get(key)
            if known is None:
                known = alike[key] = besides(*key, self._indexes, self._classes)
            made[at] = known if x1 is None else with_source(known, Box(x1, y1, x2, y2))
        return made


def _short(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def chosen_images(project: Project, chosen: ImageFilter) -> list[Image]:
    """By id."""
    return project.images.many(project.selection.ids(chosen).tolist())


def dataset_classes(project: Project, chosen: ImageFilter) -> tuple[list[DatasetClass], dict[int, int]]:
    """The classes by id, which never changes as their order on screen does, so that a class keeps its index from export
    to export; and the index by project class id. Only the filter's where it names some. Category ids are those of the
    imported COCO file where there was one."""
    kept = dict(project.settings.category_ids)
    taken = set(kept.values())
    classes: list[DatasetClass] = []
    indexes: dict[int, int] = {}
    for item in sorted(project.classes.all(), key=lambda c: c.id):
        number = kept.get(str(item.id))
        if number is None:
            number = item.id if item.id not in taken else max(taken) + 1
        taken.add(number)
        if not chosen.class_ids or item.id in chosen.class_ids:
            indexes[item.id] = len(classes)
            classes.append(DatasetClass(number, item.name))
    return classes, indexes
