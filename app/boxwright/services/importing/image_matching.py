"""Matching of a dataset's images with those of the pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Image
from boxwright.domain.messages import Message
from boxwright.domain.names import listed
from boxwright.domain.progress import Report, ShouldStop, check
from boxwright.formats.dataset import Boxes, Dataset, DatasetImage, Problem
from boxwright.services.importing.merge import further_boxes
from boxwright.services.importing.pool_index import Match, PoolIndex, common_folders, match
from boxwright.services.project.project import Project


@dataclass
class MatchedImages:
    """Result of the matching.

    `pairs`: every image of the dataset that can be used, with the pool's; no image of the pool twice. `added`: how
    many the pool gained.
    """

    pairs: list[tuple[Image, DatasetImage]] = field(default_factory=list)
    added: int = 0
    notes: list[str] = field(default_factory=list)


class ImageMatcher:
    """Matching within a transaction.

    Runs within the caller's transaction. `by_name`: see `importing.pool_index.match`.
    """

    def __init__(
        self,
        project: Project,
        dataset: Dataset,
        problems: list[Problem],
        report: Report,
        should_stop: ShouldStop,
        by_name: bool = False,
    ) -> None:
        self.project = project
        self.dataset = dataset
        self.problems = problems
        self.report = report
        self.should_stop = should_stop
        self.by_name = by_name
        self.placed = MatchedImages()

    def place(self) -> MatchedImages:
        """Find every image of the dataset in the pool, adding those that are on disk and not in it."""
        found = self._match()
        missing = [m.file for m, f in zip(self.dataset.images, found, strict=True) if f.image_id is None and m.file]
        if missing:
            self._add(missing)
            found = self._match()
        wanted = sorted({known.image_id for known in found if known.image_id is not None})
        known = {image.id: image for image in self.project.images.many(wanted)}
        originals = {image.duplicate_of for image in known.values() if image.duplicate_of is not None}
        known |= {image.id: image for image in self.project.images.many(sorted(originals - set(known)))}
        # An image's own labels come before those of its copies, wherever they stand in the dataset.
        copies: list[tuple[Image, DatasetImage]] = []
        taken: dict[int, DatasetImage] = {}
        for item, place in zip(self.dataset.images, found, strict=True):
            if place.image_id is None:
                self._say_missing(item, place)
                continue
            image = known[place.image_id]
            if image.duplicate_of is not None:
                copies.append((known[image.duplicate_of], item))
            elif not self._cannot_be_used(image, item):
                self._take(image, item, taken)
        for image, item in copies:
            if not self._cannot_be_used(image, item):
                self._take(image, item, taken, copy=True)
        self._tell_names(found)
        if self.dataset.images and not self.placed.pairs:
            raise FormatError(self._nothing(found))
        return self.placed

    def _match(self) -> list[Match]:
        return match(PoolIndex(self.project), self.dataset.images, self.report, self.should_stop, self.by_name)

    def _add(self, files: Sequence[Path]) -> None:
        from boxwright.services.images.scan import add_folders

        before = self.project.images.counts()["images"]
        # What was unpacked lies in the project: the folder above that and the dataset would hold far more than both.
        unpacked = [file for file in files if file.is_relative_to(self.project.folder)]
        folders = common_folders(unpacked) + common_folders(sorted(set(files) - set(unpacked)))
        add_folders(self.project, folders, self.report, self.should_stop)
        check(self.should_stop)
        self.placed.added = self.project.images.counts()["images"] - before
        if self.placed.added:
            self.placed.notes.append(
                Message("{0} images were added from {1}.", self.placed.added, ", ".join(map(str, folders[:3])))
            )

    def _cannot_be_used(self, image: Image, item: DatasetImage) -> bool:
        if image.problem is not None:
            boxes = len(item.boxes)
            what = (
                Message(
                    "The image '{0}' cannot be used ({1}); its {2} boxes were left out.",
                    item.path,
                    image.problem,
                    boxes,
                )
                if boxes
                else Message("The image '{0}' cannot be used ({1}).", item.path, image.problem)
            )
            self.problems.append(Problem(item.source, None, what, Message("image cannot be used")))
        return image.problem is not None

    def _take(self, image: Image, item: DatasetImage, taken: dict[int, DatasetImage], copy: bool = False) -> None:
        first = taken.get(image.id)
        if first is None:
            taken[image.id] = item
            self.placed.pairs.append((image, item))
            return
        copy = copy or (item.file is not None and first.file is not None and item.file != first.file)
        if not item.labeled:
            return
        if not first.labeled:
            first.boxes, first.labeled, first.relative = item.boxes, True, item.relative
            first.width, first.height, first.refused = item.width, item.height, item.refused
            return
        more = further_boxes(item, first, image)
        if copy:
            self._say_copy(item, first, len(more))
        else:
            first.boxes = Boxes([*first.boxes, *more])
            self._say_joined(item, first, len(more))

    def _say_copy(self, item: DatasetImage, first: DatasetImage, lost: int) -> None:
        """Two files with the same bytes are one image: the second's labels count only when the first has none."""
        what = (
            Message(
                "'{0}' is a copy of '{1}', whose labels count; its {2} boxes were left out.",
                item.path,
                first.path,
                lost,
            )
            if lost
            else Message("'{0}' is a copy of '{1}', whose labels count.", item.path, first.path)
        )
        self.problems.append(Problem(item.source, None, what, Message("copy of another image")))

    def _say_joined(self, item: DatasetImage, first: DatasetImage, joined: int) -> None:
        one, other = (item.source, first.source) if item.source != first.source else (item.path, first.path)
        what = Message(
            "'{0}' and '{1}' label the same image; {2} boxes of the first were joined to the other's.",
            one,
            other,
            joined,
        )
        self.problems.append(Problem(item.source, None, what, Message("image labelled twice")))

    def _say_missing(self, item: DatasetImage, place: Match) -> None:
        boxes = len(item.boxes)
        if place.near:
            what = Message(
                "The image '{0}' is neither in the project nor on disk; its name fits {1}, which "
                "may be another image, so its {2} boxes were left out.",
                item.path,
                listed(place.near),
                boxes,
            )
        elif boxes:
            what = Message(
                "The image '{0}' is neither in the project nor on disk; its {1} boxes were left out.", item.path, boxes
            )
        else:
            what = Message("The image '{0}' is neither in the project nor on disk.", item.path)
        self.problems.append(Problem(item.source, None, what, Message("image missing")))

    def _tell_names(self, found: Sequence[Match]) -> None:
        pairs = [(item, place) for item, place in zip(self.dataset.images, found, strict=True) if place.by_name]
        if pairs:
            item, place = pairs[0]
            self.placed.notes.append(
                Message(
                    "{0} images were found by their names, as the project has no folder of the dataset's: "
                    "'{1}' was taken to be '{2}'. Undo the import where that is wrong.",
                    len(pairs),
                    item.path,
                    place.title,
                )
            )

    def _nothing(self, found: Sequence[Match]) -> str:
        count, first = len(found), self.dataset.images[0].path
        near = next((place.near for place in found if place.near), ())
        if near:
            return Message(
                "None of the {0} images of the dataset, such as '{1}', is in the project or on disk, so "
                "nothing was imported; the names fit {2}, which may be other images: if they are the same, "
                "take the images of that name (--by-name).",
                count,
                first,
                listed(near),
            )
        return Message(
            "None of the {0} images of the dataset, such as '{1}', is in the project or on disk, so nothing "
            "was imported; add the folder of the images first.",
            count,
            first,
        )
