"""Plan of an export: its images, their names and splits, and what of an earlier export it keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from boxwright.domain.begun import Begun
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Image, Split
from boxwright.domain.image_filter import FilterCount, ImageFilter
from boxwright.domain.marks import NO_MARKS
from boxwright.domain.messages import N_, Message, joined
from boxwright.formats.base import Format
from boxwright.formats.dataset import Dataset, DatasetClass
from boxwright.formats.names import flat_names, unique_names
from boxwright.formats.staging import ImageMode
from boxwright.services.exporting.source import PoolBoxes, PoolImage, chosen_images, dataset_classes
from boxwright.services.exporting.update import HELD_OUT, Update, key_of
from boxwright.services.images.file_check import Checked, check_files, now_other, require_folders
from boxwright.services.project.project import Project


@dataclass(frozen=True)
class ExportResult:
    """Result of an export.

    `images` written, of them `labeled` with `boxes` in all and `empty` confirmed empty. `splits`: images by split.
    `renamed`: the name in the export by `ROOT/PATH`, where a name had to change. `new`, `changed` and `gone`: images of
    an update that the export did not have, had with other labels, and has no more; None where it was no update.
    `begun`: images with `begun_boxes` of people that nobody has marked as labelled; they are among the others with
    `begun_taken`, else left out. `notes`: whole sentences.
    """

    format: str
    out: str
    images: int = 0
    labeled: int = 0
    boxes: int = 0
    empty: int = 0
    splits: Mapping[str, int] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    new: int | None = None
    changed: int | None = None
    gone: int | None = None
    begun: int = 0
    begun_boxes: int = 0
    begun_taken: bool = False
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ExportResult:
        return cls(**{**data, "classes": tuple(data["classes"]), "notes": tuple(data["notes"])})


class ExportPlan:
    """Plan of what is to be written: `images` of the pool and the `dataset` made of them, by the same order."""

    def __init__(
        self, project: Project, writer: Format, image_mode: ImageMode, chosen: ImageFilter, update: Update | None
    ) -> None:
        self._writer, self._chosen, self._update = writer, chosen, update
        self.begun = project.selection.begun(chosen)
        self.notes = [*_left_out(project), *_begun_notes(self.begun, chosen)]
        classes, indexes = dataset_classes(project, chosen)
        images = chosen_images(project, chosen)
        if not images:
            raise FormatError(nothing_fits(chosen, project.selection.count(ImageFilter()), self.begun))
        done = set(project.begun.done_ids(begun=chosen.takes_begun).tolist())
        self._done = {image.id: image.id in done for image in images}
        images, splits = self._split(images, classes)
        self.images = images
        self.sizes = project.selection.files([image.id for image in images])
        self.unchanged = self._unchanged()
        self.images = images = self._sound(project, image_mode)
        files: dict[int, Path] = {}
        if image_mode is not ImageMode.NONE:
            folders = {root.name: root.folder for root in project.roots.all()}
            files = {image.id: folders[image.root] / image.path for image in images}
        self.boxes = PoolBoxes(project, images, indexes, classes)
        labeled = {i.id for i in images if self._done[i.id] and not (update and update.stays_unlabeled(i))}
        marks = project.labels.image_marks(image.id for image in images)
        self._names = self._named(image_mode)
        self.dataset = Dataset(
            classes,
            [
                PoolImage(
                    image,
                    name,
                    files.get(image.id),
                    splits[image.id],
                    marks.get(image.id, NO_MARKS),
                    self.boxes if image.id in labeled else None,
                )
                for image, name in zip(images, self._names, strict=True)
            ],
        )
        if update is not None:
            update.earlier.same = {
                name: self.unchanged[key_of(image)]
                for image, name in zip(images, self._names, strict=True)
                if key_of(image) in self.unchanged
            }

    def _sound(self, project: Project, image_mode: ImageMode) -> list[Image]:
        """The images whose files can be written: what is gone, or not the file that was labelled, is left out. One that
        nobody has labelled is as its file is now."""
        checked = check_files(project, self.images, without_files=image_mode is ImageMode.NONE)
        kept = {image.id: image for image in checked.good}
        carried = [image for image in checked.missing if key_of(image) in self.unchanged]
        kept |= {image.id: image for image in carried}
        for image in checked.replaced:
            if not self._done[image.id] and (row := now_other(project, image.id)) is not None:
                kept[image.id] = replace(image, width=row.width, height=row.height)
        left = Checked(
            missing=[image for image in checked.missing if image.id not in kept],
            unreadable=checked.unreadable,
            replaced=[image for image in checked.replaced if image.id not in kept],
        )
        require_folders(project, left.missing)
        if not kept:
            raise FormatError(
                "None of the {0} images can be exported. {1} Bring the files "
                "back, point their folder to its new place, or export without images.",
                len(self.images),
                joined(" ", left.sentences()),
            )
        self.notes += left.sentences()
        return [kept[image.id] for image in self.images if image.id in kept]

    def _split(self, images: list[Image], classes: list[DatasetClass]) -> tuple[list[Image], dict[int, Split | None]]:
        """The images to write, and the split of each by its id."""
        if self._update is not None:
            self._update.check_classes(classes)
            images, splits = self._update.keep(images, self._done)
            self.notes += self._update.notes
            return images, splits
        held_out = any(image.split is not Split.TRAIN for image in images)
        if not held_out and not self._chosen.splits:
            self.notes.append(
                Message(
                    "The project has no validation split, so the export has none; freeze one to measure a detector."
                )
            )
        return images, {image.id: image.split if held_out else None for image in images}

    def result(self, out: Path) -> ExportResult:
        if self.boxes.beyond:
            self.notes.append(
                Message(
                    "Boxes that reached beyond their image were cut at its edge or left out: {0}.", self.boxes.beyond
                )
            )
        labeled = [image for image in self.dataset.images if image.labeled]
        new, changed, gone = self._difference()
        return ExportResult(
            format=self._writer.name,
            out=str(out),
            images=len(self.images),
            labeled=len(labeled),
            boxes=self.dataset.box_count,
            empty=sum(not image.box_count for image in labeled),
            splits=_count_splits(self.dataset),
            classes=tuple(known.name for known in self.dataset.classes),
            renamed=self.renamed,
            new=new,
            changed=changed,
            gone=gone,
            begun=self.begun.images,
            begun_boxes=self.begun.boxes,
            begun_taken=self._chosen.takes_begun,
            notes=tuple(self.notes),
        )

    def entries(self, placed: Mapping[str, str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """`ROOT/PATH` of each image, and what the manifest says of it."""
        for image, entry in zip(self.images, self.dataset.images, strict=True):
            yield (
                key_of(image),
                {
                    "name": entry.path,
                    "file": placed.get(entry.path),
                    "split": entry.split,
                    "labels": self.boxes.digests.get(image.id) if entry.labeled else None,
                    "content": self.sizes[image.id][0],
                },
            )

    def _named(self, image_mode: ImageMode) -> list[str]:
        originals = [key_of(image) for image in self.images]
        wanted = originals if len({i.root for i in self.images}) > 1 else [image.path for image in self.images]
        flat = image_mode is not ImageMode.NONE and not self._writer.capabilities.folders
        if self._update is not None:
            names = self._update.names(self.images, wanted, flat)
        else:
            names = flat_names(wanted) if flat else unique_names(wanted)
        hoped = [want.rsplit("/", 1)[-1] for want in wanted] if flat else wanted
        self.renamed = {o: name for name, want, o in zip(names, hoped, originals, strict=True) if name != want}
        if self.renamed:
            self.notes.append(
                Message(
                    "{0} images got another name, because two were alike or a character is not allowed.",
                    len(self.renamed),
                )
            )
        return names

    def _unchanged(self) -> dict[str, str]:
        """The place in the earlier export of every image file that is still the same, by `ROOT/PATH`."""
        if self._update is None:
            return {}
        entries = ((key_of(image), image.id, self._update.images.get(key_of(image))) for image in self.images)
        return {
            key: str(entry["file"])
            for key, image_id, entry in entries
            if entry is not None
            and entry.get("file") in self._update.earlier.manifest.files
            and entry.get("content") == self.sizes[image_id][0]
        }

    def _difference(self) -> tuple[int | None, int | None, int | None]:
        if self._update is None:
            return None, None, None
        before, new, changed, held = self._update.images, 0, 0, 0
        for image, entry in zip(self.images, self.dataset.images, strict=True):
            known = before.get(key_of(image))
            labels = self.boxes.digests.get(image.id) if entry.labeled else None
            new += known is None
            if known is not None and (known.get("labels"), known.get("content")) != (labels, self.sizes[image.id][0]):
                changed += 1
                held += entry.split in HELD_OUT
        if held:
            self.notes.append(
                Message(
                    "{0} held-out images have other labels than before, so figures measured on the earlier export "
                    "cannot be compared with new ones.",
                    held,
                )
            )
        return new, changed, len(set(before) - {key_of(image) for image in self.images})


def nothing_fits(chosen: ImageFilter, labeled: FilterCount, begun: Begun) -> Message:
    """Why an export would be empty, and what to do, in one sentence."""
    if begun:
        return Message(
            "Nothing that was chosen is marked as labelled, so there is nothing to export: {0} wait for "
            "that; label them, or export begun images too.",
            Message(begun.words),
        )
    if labeled.images and not chosen.everything:
        return Message("No image fits all that was chosen, so there is nothing to export; choose less narrowly.")
    return Message("No image is labelled yet, so there is nothing to export; label some, or export all images.")


def _left_out(project: Project) -> list[Message]:
    counts = project.images.counts()
    kinds = {
        "skipped": N_("{0} skipped images were left out."),
        "unreadable": N_("{0} unreadable images were left out."),
    }
    found = [Message(words, counts[kind]) for kind, words in kinds.items() if counts[kind]]
    if boxes := project.begun.boxes_on_skipped():
        found.append(Message("Boxes on skipped images, which were left out with them: {0}.", boxes))
    return found


def _begun_notes(begun: Begun, chosen: ImageFilter) -> list[str]:
    if not begun:
        return []
    if chosen.takes_begun:
        return [Message("Not marked as labelled, but in it with their boxes: {0}.", Message(begun.words))]
    return [begun_left(begun)]


def begun_left(begun: Begun) -> str:
    """What an export leaves out that people have begun, in one sentence."""
    return Message(
        "Not marked as labelled, so left out: {0}. Label them, or export begun images too.", Message(begun.words)
    )


def _count_splits(dataset: Dataset) -> dict[str, int]:
    counts: dict[str, int] = {}
    for image in dataset.images:
        title = str(image.split or Split.TRAIN)
        counts[title] = counts.get(title, 0) + 1
    return counts
