"""Export the labels of a project as a dataset folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Image, ImageState, Split
from boxwright.domain.marks import NO_MARKS
from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage
from boxwright.formats.names import unique_names
from boxwright.formats.registry import by_name
from boxwright.formats.staging import ImageMode, check_replaceable, staged
from boxwright.services.carrying import dataset_box
from boxwright.services.importing import CATEGORY_IDS
from boxwright.services.project import Project

Only = Literal["labeled", "all"]
_REPORT_EVERY = 100


@dataclass(frozen=True)
class ExportResult:
    """`images` written, of them `labeled` with `boxes` in all and `empty` confirmed empty. `splits`: images by split.
    `renamed`: the name in the export by `ROOT/PATH`, where a name had to change. `notes`: whole sentences."""

    format: str
    out: str
    images: int = 0
    labeled: int = 0
    boxes: int = 0
    empty: int = 0
    splits: Mapping[str, int] = field(default_factory=dict)
    classes: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """JSON types only."""
        return asdict(self)


def export_dataset(
    project: Project,
    out: Path,
    format: str,  # noqa: A002 - the word of the commands
    image_mode: ImageMode = ImageMode.COPY,
    only: Only = "labeled",
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> ExportResult:
    """Write the labelled images, or with `only="all"` the unlabelled ones as well, as the folder `out`.

    `out` is made beside its place and renamed: it is there whole, or what was there stays. It may be missing, empty, or
    an earlier export that nobody has changed. Raises FormatError for anything else, for an unknown format, for image
    files that are gone, and when the disk refuses; Cancelled when stopped.
    """
    writer = by_name(format)
    if not writer.capabilities.writes:
        raise FormatError(f"The format {writer.name} is only read; export as coco, yolo or voc.")
    out = Path(out).expanduser().absolute()
    check_replaceable(out)
    dataset, originals, notes = _dataset(project, only, image_mode)
    labeled = [image for image in dataset.images if image.labeled]
    result = ExportResult(
        format=writer.name,
        out=str(out),
        images=len(dataset.images),
        labeled=len(labeled),
        boxes=dataset.box_count,
        empty=sum(not image.boxes for image in labeled),
        splits=_count_splits(dataset),
        classes=tuple(known.name for known in dataset.classes),
        renamed={original: new for new, original in originals.items()},
        notes=tuple(notes),
    )
    done = 0

    def tick() -> None:
        nonlocal done
        if done % _REPORT_EVERY == 0:
            check(should_stop)
            report(Progress(done, len(dataset.images), "writing"))
        done += 1

    with staged(out, writer.name) as staging:
        staging.on_image = tick
        staging.details = _manifest(project, dataset, result)
        writer.write_files(dataset, staging, image_mode)
    return result


def _dataset(project: Project, only: Only, image_mode: ImageMode) -> tuple[Dataset, dict[str, str], list[str]]:
    """The dataset, the original `ROOT/PATH` of every renamed image, and what is worth a sentence."""
    notes: list[str] = []
    chosen = project.images.many(int(i) for i in project.images.ids(state=ImageState.LABELED))
    if only == "all":
        unlabeled = project.images.many(int(i) for i in project.images.ids(state=ImageState.UNLABELED))
        chosen = sorted([*chosen, *unlabeled], key=lambda image: image.id)
    if not chosen:
        raise FormatError("No image is labelled yet, so there is nothing to export; label some, or export all images.")
    _note_left_out(project, notes)
    classes, indexes = _classes(project)
    held_out = any(image.split is not Split.TRAIN for image in chosen)
    if not held_out:
        notes.append("The project has no validation split, so the export has none; freeze one to measure a detector.")
    folders = {root.name: root.folder for root in project.roots.all()}
    files = {image.id: folders[image.root] / image.path for image in chosen}
    if image_mode is not ImageMode.NONE:
        _require_files(list(files.values()))
    originals = [f"{image.root}/{image.path}" for image in chosen]
    wanted = originals if len({image.root for image in chosen}) > 1 else [image.path for image in chosen]
    names = unique_names(wanted)
    annotations = project.labels.annotations(image.id for image in chosen)
    marks = project.labels.image_marks(image.id for image in chosen)
    images = []
    for image, name in zip(chosen, names, strict=True):
        labeled = image.state is ImageState.LABELED
        boxes = [dataset_box(a, indexes, classes) for a in annotations[image.id]] if labeled else []
        entry = _entry(image, name, files[image.id], boxes, image.split if held_out else None)
        entry.marks = marks.get(image.id, NO_MARKS)
        images.append(entry)
    renamed = {name: o for name, want, o in zip(names, wanted, originals, strict=True) if name != want}
    if renamed:
        notes.append(f"{len(renamed)} images got another name, because two were alike or a character is not allowed.")
    return Dataset(classes, images), renamed, notes


def _entry(image: Image, name: str, file: Path, boxes: list[DatasetBox], split: Split | None) -> DatasetImage:
    return DatasetImage(
        path=name,
        file=file,
        width=image.width,
        height=image.height,
        boxes=boxes,
        split=split,
        labeled=image.state is ImageState.LABELED,
        id=image.id,
        annotator=image.annotator,
    )


def _classes(project: Project) -> tuple[list[DatasetClass], dict[int, int]]:
    """The classes by id, which never changes as their order on screen does, so that a class keeps its index from export
    to export. Category ids are those of the imported COCO file where there was one."""
    known = sorted(project.classes.all(), key=lambda c: c.id)
    kept: dict[str, int] = dict(project.settings.get(CATEGORY_IDS, {}))
    taken = set(kept.values())
    classes = []
    for item in known:
        number = kept.get(str(item.id))
        if number is None:
            number = item.id if item.id not in taken else max(taken) + 1
        taken.add(number)
        classes.append(DatasetClass(number, item.name))
    return classes, {item.id: index for index, item in enumerate(known)}


def _note_left_out(project: Project, notes: list[str]) -> None:
    counts = project.images.counts()
    if counts["skipped"]:
        notes.append(f"{counts['skipped']} skipped images were left out.")
    if counts["unreadable"]:
        notes.append(f"{counts['unreadable']} unreadable images were left out.")


def _require_files(files: list[Path]) -> None:
    missing = [file for file in files if not file.is_file()]
    if missing:
        raise FormatError(
            f"{len(missing)} of {len(files)} images are not there (such as {missing[0]}), so nothing was exported; "
            "bring them back, point their folder to its new place, or export without images."
        )


def _count_splits(dataset: Dataset) -> dict[str, int]:
    counts: dict[str, int] = {}
    for image in dataset.images:
        title = str(image.split or Split.TRAIN)
        counts[title] = counts.get(title, 0) + 1
    return counts


def _manifest(project: Project, dataset: Dataset, result: ExportResult) -> dict[str, Any]:
    model = project.models.active()
    return {
        "classes": [{"id": known.id, "name": known.name} for known in dataset.classes],
        "counts": {"images": result.images, "labeled": result.labeled, "boxes": result.boxes, "empty": result.empty},
        "splits": dict(result.splits),
        "detector": None if model is None else {"name": model.name, "sha256": model.sha256},
        "renamed": dict(result.renamed),
    }
