"""The images of a dataset, each put together with its image of the pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Image
from boxwright.domain.progress import Report, ShouldStop, check
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.services.matching import PoolIndex, common_folders, match
from boxwright.services.project import Project


@dataclass
class Placed:
    """`pairs`: every image of the dataset that can be used, with the pool's; no image of the pool twice. `added`: how
    many the pool gained."""

    pairs: list[tuple[Image, DatasetImage]] = field(default_factory=list)
    added: int = 0
    notes: list[str] = field(default_factory=list)


class Placing:
    """Runs within the caller's transaction."""

    def __init__(
        self, project: Project, dataset: Dataset, problems: list[Problem], report: Report, should_stop: ShouldStop
    ) -> None:
        self.project = project
        self.dataset = dataset
        self.problems = problems
        self.report = report
        self.should_stop = should_stop
        self.placed = Placed()

    def place(self) -> Placed:
        """Find every image of the dataset in the pool, adding those that are on disk and not in it."""
        found = match(PoolIndex(self.project), self.dataset.images, self.report, self.should_stop)
        missing = [m.file for m, id_ in zip(self.dataset.images, found, strict=True) if id_ is None and m.file]
        if missing:
            self._add(missing)
            found = match(PoolIndex(self.project), self.dataset.images, self.report, self.should_stop)
        known = {image.id: image for image in self.project.images.many(sorted({i for i in found if i is not None}))}
        originals = {image.duplicate_of for image in known.values() if image.duplicate_of is not None}
        known |= {image.id: image for image in self.project.images.many(sorted(originals - set(known)))}
        taken: dict[int, DatasetImage] = {}
        for item, image_id in zip(self.dataset.images, found, strict=True):
            if image_id is None:
                self._say(item, f"The image '{item.path}' is neither in the project nor on disk", "image missing")
                continue
            image = known[image_id]
            if image.duplicate_of is not None:
                image = known[image.duplicate_of]
            if image.problem is not None:
                self._say(item, f"The image '{item.path}' cannot be used ({image.problem})", "image cannot be used")
            elif image.id in taken:
                self._merge(item, taken[image.id])
            else:
                taken[image.id] = item
                self.placed.pairs.append((image, item))
        if self.dataset.images and not self.placed.pairs:
            raise FormatError(
                f"None of the {len(self.dataset.images)} images of the dataset, such as "
                f"'{self.dataset.images[0].path}', is in the project or on disk, so nothing was imported; "
                "add the folder of the images first."
            )
        return self.placed

    def _add(self, files: Sequence[Path]) -> None:
        from boxwright.services.scan import add_folders

        before = self.project.images.counts()["images"]
        # What was unpacked lies in the project: the folder above that and the dataset would hold far more than both.
        unpacked = [file for file in files if file.is_relative_to(self.project.folder)]
        folders = common_folders(unpacked) + common_folders(sorted(set(files) - set(unpacked)))
        add_folders(self.project, folders, self.report, self.should_stop)
        check(self.should_stop)
        self.placed.added = self.project.images.counts()["images"] - before
        if self.placed.added:
            self.placed.notes.append(f"{self.placed.added} images were added from {', '.join(map(str, folders[:3]))}.")

    def _merge(self, item: DatasetImage, first: DatasetImage) -> None:
        """Two files with the same bytes are one image: the second's labels count only when the first has none."""
        if not first.labeled and item.labeled:
            first.boxes, first.labeled, first.relative = item.boxes, True, item.relative
        elif item.labeled:
            what = f"'{item.path}' is a copy of '{first.path}', whose labels count"
            self._say(item, what, "copy of another image")

    def _say(self, item: DatasetImage, what: str, kind: str) -> None:
        lost = f"; its {len(item.boxes)} boxes were left out." if item.boxes else "."
        self.problems.append(Problem(item.source, None, what + lost, kind))
