"""Store the labels of a dataset whose images have been found in the pool."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from boxwright.domain.annotation import Annotation
from boxwright.domain.image import Image, Split
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.formats.base import Format
from boxwright.formats.checks import Reporter, checked_box
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.services.carrying import imported_annotation
from boxwright.services.import_result import ImportResult
from boxwright.services.orientation import exif_orientation, turned
from boxwright.services.placing import Placed
from boxwright.services.project import Project

CATEGORY_IDS = "formats.category_ids"
_SAME = 0.01
_REPORT_EVERY = 200


class LabelImport:
    """Runs within the caller's transaction."""

    def __init__(
        self,
        project: Project,
        reader: Format,
        dataset: Dataset,
        placed: Placed,
        problems: list[Problem],
        report: Report,
        should_stop: ShouldStop,
    ) -> None:
        self.project = project
        self.reader = reader
        self.dataset = dataset
        self.pairs = placed.pairs
        self.placed = placed
        self.problems = problems
        self.report = report
        self.should_stop = should_stop
        self.notes = placed.notes
        self.empty = 0

    def store(self) -> ImportResult:
        """Store classes, labels and splits; what a person had stays."""
        class_ids, classes_added = self._classes()
        present = self.project.labels.annotations([image.id for image, item in self.pairs if item.labeled])
        stored = self.project.labels.import_labels(self._annotations(class_ids))
        kept = set(stored.kept)
        unchanged = {
            image.id
            for image, item in self.pairs
            if image.id in kept and image.state == "labeled" and self._same(image, item, present[image.id], class_ids)
        }
        others = tuple(item.path for image, item in self.pairs if image.id in kept - unchanged)
        if others:
            self.notes.append(f"{len(others)} images already had labels or were begun; they keep what they have.")
        self._store_marks()
        self._report_scores()
        splits = self._set_splits()
        return ImportResult(
            format=self.reader.name,
            images=stored.images,
            boxes=stored.boxes,
            empty=self.empty - sum(image.id in kept and not item.boxes for image, item in self.pairs),
            unlabeled=sum(not item.labeled for _, item in self.pairs),
            added=self.placed.added,
            unchanged=len(unchanged),
            kept=others,
            classes_added=classes_added,
            splits=splits,
            notes=tuple(self.notes),
            problems=tuple(self.problems),
        )

    def _classes(self) -> tuple[list[int], tuple[str, ...]]:
        """The project's class id for each class of the dataset, and the names that were new."""
        before = {known.name for known in self.project.classes.all()}
        ids = [self.project.classes.add(known.name).id for known in self.dataset.classes]
        if self.reader.capabilities.class_ids:
            kept: dict[str, int] = dict(self.project.settings.get(CATEGORY_IDS, {}))
            for class_id, known in zip(ids, self.dataset.classes, strict=True):
                if str(class_id) not in kept and known.id not in kept.values():
                    kept[str(class_id)] = known.id
            self.project.settings[CATEGORY_IDS] = kept
        return ids, tuple(known.name for known in self.dataset.classes if known.name not in before)

    def _annotations(self, class_ids: Sequence[int]) -> Iterator[tuple[int, list[Annotation]]]:
        named = {known.name: id_ for known, id_ in zip(self.dataset.classes, class_ids, strict=True)}
        for done, (image, item) in enumerate(self.pairs):
            if done % _REPORT_EVERY == 0:
                check(self.should_stop)
                self.report(Progress(done, len(self.pairs), "storing the labels"))
            if not item.labeled:
                continue
            boxes = self._boxes(image, item)
            if not boxes and (item.boxes or item.refused):
                what = f"No box of '{item.path}' could be used; it stays unlabelled, not empty."
                self.problems.append(Problem(item.source, None, what, "no box left"))
                continue
            self.empty += not boxes
            yield image.id, [imported_annotation(b, class_ids[b.label], named) for b in boxes]

    def _boxes(self, image: Image, item: DatasetImage) -> list[DatasetBox]:
        """The boxes in pixels of the upright image; what does not fit is told."""
        boxes = item.pixel_boxes(image.width, image.height)
        declared = (item.width, item.height)
        if not item.relative and 0 not in declared and declared != (image.width, image.height):
            boxes = self._resized(image, item, boxes)
        reporter = Reporter(self.problems, item.source)
        fitting = []
        for number, found in enumerate(boxes, start=1):
            box = found.box
            if 0 <= box.x1 < box.x2 <= image.width and 0 <= box.y1 < box.y2 <= image.height:
                fitting.append(found)
                continue
            corners = (box.x1, box.y1, box.x2, box.y2)
            who = f"Box {number} of '{item.path}'"
            inside = checked_box(corners, image.width, image.height, who, found.line, reporter)
            if inside is not None:
                fitting.append(found.with_box(inside))
        return fitting

    def _resized(self, image: Image, item: DatasetImage, boxes: list[DatasetBox]) -> list[DatasetBox]:
        """Boxes of an image whose declared size is not the true one."""
        size = f"{item.width} x {item.height} but is {image.width} x {image.height}"
        reporter = Reporter(self.problems, item.source)
        if (item.width, item.height) == (image.height, image.width):
            orientation = exif_orientation(self.project.images.file(image.id))
            if orientation >= 5:
                what = f"'{item.path}' was labelled before its EXIF rotation; its boxes were turned with it."
                reporter.say(None, what, "labelled before rotation")
                return [b.moved(lambda box: turned(box, orientation, item.width, item.height)) for b in boxes]
        reporter.say(
            None, f"'{item.path}' is declared {size} pixels; its boxes were taken as they are.", "size is wrong"
        )
        return boxes

    def _same(self, image: Image, item: DatasetImage, present: Iterable[Annotation], class_ids: Sequence[int]) -> bool:
        """Whether the image already holds exactly these boxes, to a hundredth of a pixel."""
        mine = sorted((a.class_id, a.box.x1, a.box.y1, a.box.x2, a.box.y2) for a in present)
        boxes = [(class_ids[b.label], b.box) for b in item.pixel_boxes(image.width, image.height)]
        theirs = sorted((c, b.x1, b.y1, b.x2, b.y2) for c, b in boxes)
        return len(mine) == len(theirs) and all(
            a[0] == b[0] and all(abs(x - y) < _SAME for x, y in zip(a[1:], b[1:], strict=True))
            for a, b in zip(mine, theirs, strict=True)
        )

    def _store_marks(self) -> None:
        """Tags join those that an image has, a note goes where there is none."""
        count = self.project.labels.import_marks((image.id, item.marks) for image, item in self.pairs if item.marks)
        if count:
            self.notes.append(f"{count} images got tags or a note from the dataset.")

    def _report_scores(self) -> None:
        """Say what the project cannot keep."""
        count = sum(box.score is not None for _, item in self.pairs for box in item.boxes)
        if count:
            self.notes.append(
                f"{count} boxes carry a detector's score; if nobody checked them, import them as prelabels."
            )

    def _set_splits(self) -> dict[str, int]:
        """Take over the dataset's validation and test images, unless the project already measures on its own."""
        wanted = {Split.VALIDATION: "validation", Split.TEST: "test"}
        frozen = self.project.images.counts()["validation"] > 0
        counts: dict[str, int] = {}
        for split, title in wanted.items():
            chosen = [image for image, item in self.pairs if item.split is split]
            moving = [image.id for image in chosen if image.split is Split.TRAIN]
            if moving and frozen:
                self.notes.append(
                    f"The project already has a frozen validation split, so {len(moving)} {title} images of the "
                    "dataset stay where they are."
                )
            elif moving:
                self.project.images.set_split(moving, split)
                self.notes.append(f"{len(moving)} {title} images of the dataset are kept out of training.")
        for image in self.project.images.many([image.id for image, _ in self.pairs]):
            counts[str(image.split)] = counts.get(str(image.split), 0) + 1
        return counts
