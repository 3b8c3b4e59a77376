"""Storing of the labels of a dataset whose images have been found in the pool."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.annotation import Annotation
from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, check
from boxwright.formats.dataset import Boxes, DatasetBox, DatasetImage, Problem
from boxwright.services.annotation_exchange import imported_annotation
from boxwright.services.importing.classes import DROPPED, class_ids, new_names
from boxwright.services.importing.columns import BLOCK, BoxColumns, Pair, blocks, fitted
from boxwright.services.importing.conflicts import Conflicts, others, replacement, same_labels
from boxwright.services.importing.prelabels import REVIEW, predictions_model, predictions_of
from boxwright.services.importing.request import ImportRun
from boxwright.services.importing.result import ImportResult
from boxwright.store.imported import LabelColumns


def _signed(item: DatasetImage) -> str:
    """Who labelled the image, by its own word or by that of all its boxes; "" when that is not one person."""
    boxes = item.boxes
    if item.annotator or not isinstance(boxes, Boxes) or not boxes.besides:
        return item.annotator
    names = {known.provenance.annotator if known.provenance else "" for known in boxes.besides.values()}
    return names.pop() if len(names) == 1 and len(boxes.besides) == len(boxes) else ""


class LabelImport:
    """Import of labels. Runs within the caller's transaction."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.project = run.project
        self.names = new_names(run.dataset.classes, run.wanted.class_map)
        self.ids: NDArray[np.int64] = np.empty(0, np.int64)
        self.ids_by_name: dict[str, int] = {}
        self.images = self.boxes = self.empty = self.emptied = self.unchanged = self.replaced = 0
        self.kept: list[str] = []
        self.review = self.review_boxes = 0
        self.model: int | None = None

    def store(self) -> ImportResult:
        """Store classes, labels and splits."""
        run = self.run
        self.ids, added = class_ids(self.project, self.names)
        known = zip(run.dataset.classes, self.ids.tolist(), strict=True)
        self.ids_by_name = {theirs.name: class_id for theirs, class_id in known if class_id != DROPPED}
        self._keep_category_ids()
        for number, block in enumerate(blocks(run.placed.pairs)):
            check(run.should_stop)
            run.report(Progress(number * BLOCK, len(run.placed.pairs), Message("storing the labels")))
            self._store([pair for pair in block if pair[1].labeled])
        self._tell()
        self._store_marks()
        self._report_scores()
        return ImportResult(
            format=run.reader.name,
            model=self.model,
            images=self.images + self.replaced,
            boxes=self.boxes,
            empty=self.empty,
            unlabeled=sum(not item.labeled for _, item in run.placed.pairs),
            added=run.placed.added,
            unchanged=self.unchanged,
            kept=tuple(self.kept),
            replaced=self.replaced,
            review=self.review,
            review_boxes=self.review_boxes,
            classes_added=added,
            splits=self._set_splits(),
            notes=tuple(run.notes),
            problems=tuple(run.problems),
        )

    def _keep_category_ids(self) -> None:
        """Remember the dataset's own numbers of the classes, for an export to write again."""
        if not self.run.reader.capabilities.class_ids:
            return
        kept = dict(self.project.settings.category_ids)
        taken = set(kept.values())
        for class_id, known in zip(self.ids.tolist(), self.run.dataset.classes, strict=True):
            if class_id != DROPPED and str(class_id) not in kept and known.id not in taken:
                kept[str(class_id)] = known.id
                taken.add(known.id)
        self.project.settings.category_ids = kept

    def _store(self, pairs: Sequence[Pair]) -> None:
        found = fitted(pairs, self.run.problems, self.run.file_of, self.run.wanted.stored)
        before = found.counts
        columns = found.only(self.ids[found.labels] != DROPPED)
        counts = columns.counts
        open_ids = self.project.labels.open_ids([image.id for image, _ in pairs])
        fresh, begun = [], []
        for index, (image, item) in enumerate(pairs):
            if not before[index] and (len(item.boxes) or item.refused):
                what = Message("No box of '{0}' could be used; it stays unlabelled, not empty.", item.path)
                self.run.problems.append(Problem(item.source, None, what, Message("no box left")))
            elif image.id in open_ids:
                fresh.append(index)
            else:
                begun.append(index)
        self._store_fresh(columns, np.array(fresh, np.int64))
        self.empty += int((counts[fresh] == 0).sum())
        self.emptied += int(((counts == 0) & (before > 0))[fresh].sum())
        if begun:
            self._settle(columns, begun)

    def _store_fresh(self, columns: BoxColumns, fresh: NDArray[np.int64]) -> None:
        places = np.full(len(columns.pairs), -1)
        places[fresh] = np.arange(len(fresh))
        owner = places[columns.owner]
        mine = owner >= 0
        image_ids = np.array([image.id for image, _ in columns.pairs], np.int64)[fresh]
        stored = columns.only(mine)
        classes = self.ids[stored.labels]
        whole = {i: self._annotation(stored, i) for i in stored.whole}
        signed = [_signed(columns.pairs[index][1]) for index in fresh.tolist()]
        self.project.labels.import_columns(LabelColumns(image_ids, owner[mine], classes, stored.corners, whole, signed))
        self.images += len(fresh)
        self.boxes += len(classes)

    def _annotation(self, columns: BoxColumns, index: int) -> Annotation:
        box = Box(*columns.corners[index].tolist())
        label = int(columns.labels[index])
        item = columns.whole.get(index) or DatasetBox(box, label)
        return imported_annotation(item.with_box(box), int(self.ids[label]), self.ids_by_name)

    def _settle(self, columns: BoxColumns, begun: Sequence[int]) -> None:
        """What becomes of images that have labels of a person."""
        present = self.project.labels.annotations(columns.pairs[index][0].id for index in begun)
        review = np.zeros(len(columns.owner), np.bool_)
        for index in begun:
            image, item = columns.pairs[index]
            own, mine = columns.of(index), present[image.id]
            classes, corners = self.ids[columns.labels[own]], columns.corners[own]
            if image.state == "labeled" and same_labels(mine, classes, corners):
                self.unchanged += 1
            elif self.run.wanted.conflicts is Conflicts.THEIRS:
                new = [self._annotation(columns, i) for i in range(own.start, own.stop)]
                self.project.labels.apply(image.id, replacement(image, mine, new))
                self.replaced += 1
                self.boxes += len(classes)
                self.empty += not len(classes)
            else:
                self.kept.append(item.path)
                if self.run.wanted.conflicts is Conflicts.BOTH:
                    review[own] = others(mine, classes, corners)
        if review.any():
            self._review(columns.only(review))

    def _review(self, columns: BoxColumns) -> None:
        """Show boxes that the person does not have as pre-labels on their images. What was judged before is left."""
        model = predictions_model(self.run, self.ids, REVIEW)
        self.model = model.id
        seen = set(self.project.predictions.predicted_ids(model.id).tolist())
        items = [i for i in predictions_of(columns, self.ids) if i.image_id not in seen and len(i.detections)]
        self.review += len(items)
        self.review_boxes += self.project.predictions.replace(model.id, items, review=True).boxes

    def _tell(self) -> None:
        say = self.run.notes.append
        if self.emptied:
            say(Message("{0} images have boxes of left out classes only; they count as confirmed empty.", self.emptied))
        if self.replaced:
            say(Message("The labels of {0} images were replaced; undoing the import brings them back.", self.replaced))
        if self.kept and self.run.wanted.conflicts is Conflicts.MINE:
            say(Message("{0} images already had labels or were begun; they keep what they have.", len(self.kept)))
        if self.run.wanted.conflicts is Conflicts.BOTH and self.kept:
            say(
                Message(
                    "{0} images keep the labels they have; {1} other boxes on {2} "
                    "of them wait as pre-labels: choose 'To review' above the list of images and take or reject each.",
                    len(self.kept),
                    self.review_boxes,
                    self.review,
                )
            )

    def _store_marks(self) -> None:
        """Tags join those that an image has, a note goes where there is none."""
        pairs = self.run.placed.pairs
        count = self.project.labels.import_marks((image.id, item.marks) for image, item in pairs if item.marks)
        if count:
            self.run.notes.append(Message("{0} images got tags or a note from the dataset.", count))

    def _report_scores(self) -> None:
        """Say what the project cannot keep."""
        count = sum(item.scored for _, item in self.run.placed.pairs)
        if count:
            self.run.notes.append(
                Message("{0} boxes carry a detector's score; if nobody checked them, import them as prelabels.", count)
            )

    def _set_splits(self) -> dict[str, int]:
        """Take over the dataset's validation and test images, unless the project already measures on its own."""
        pairs = self.run.placed.pairs
        wanted = {Split.VALIDATION: "validation", Split.TEST: "test"}
        frozen = self.project.images.counts()["validation"] > 0
        now = Counter(image.split for image, _ in pairs)
        for split, title in wanted.items():
            moving = [image.id for image, item in pairs if item.split is split and image.split is Split.TRAIN]
            if moving and frozen:
                self.run.notes.append(
                    Message(
                        "The project already has a frozen validation split, so {0} {1} images of the "
                        "dataset stay where they are.",
                        len(moving),
                        Message(title),
                    )
                )
            elif moving:
                self.project.images.set_split(moving, split)
                self.run.notes.append(
                    Message("{0} {1} images of the dataset are kept out of training.", len(moving), Message(title))
                )
                now.update({split: len(moving), Split.TRAIN: -len(moving)})
        return {str(split): now[split] for split in Split if now[split]}
