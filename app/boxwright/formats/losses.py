"""What a format cannot hold of a dataset, told before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from boxwright.domain.image import Split
from boxwright.domain.marks import FLAGS, AttributeValue
from boxwright.formats.base import Format
from boxwright.formats.dataset import Dataset

# A coordinate that is off by less is the same to any trainer.
_FELT = 0.05
_ARTICLES = {"text": "a text", "number": "a number", "yes or no": "yes or no"}


@dataclass(frozen=True, slots=True)
class Holdings:
    """How much a dataset holds of each thing that some format cannot. `boxes`, `scores` and `provenance` count boxes,
    `flags` the boxes of each flag, `attributes` those with a value of each kind (text, number, yes or no);
    `provenance` counts those made from a pre-label or signed by somebody. `tags`, `notes`, `unlabeled_marks` (either,
    on an image nobody has labelled), `empty`, `unlabeled` and `in_folders` count images, `unused_classes` classes.
    `splits`: images by split, only of those that have one."""

    boxes: int = 0
    scores: int = 0
    flags: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, int] = field(default_factory=dict)
    provenance: int = 0
    tags: int = 0
    notes: int = 0
    unlabeled_marks: int = 0
    empty: int = 0
    unlabeled: int = 0
    in_folders: int = 0
    unused_classes: int = 0
    splits: Mapping[Split, int] = field(default_factory=dict)


def holdings(dataset: Dataset) -> Holdings:
    """What `dataset` holds, counted."""
    flags: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    used: set[int] = set()
    for image in dataset.images:
        counts["empty"] += image.labeled and not image.boxes
        counts["unlabeled"] += not image.labeled
        counts["tags"] += bool(image.marks.tags)
        counts["notes"] += bool(image.marks.note)
        counts["unlabeled_marks"] += bool(image.marks) and not image.labeled
        counts["in_folders"] += "/" in image.path
        for item in image.boxes:
            used.add(item.label)
            flags.update(item.flags)
            counts["scores"] += item.score is not None
            kinds.update({kind_of(value) for value in item.attributes.values()})
            made = item.provenance
            counts["provenance"] += made is not None and bool(made.source_box or made.annotator)
    return Holdings(
        boxes=dataset.box_count,
        scores=counts["scores"],
        flags={flag: flags[flag] for flag in FLAGS if flags[flag]},
        attributes={kind: kinds[kind] for kind in sorted(kinds)},
        provenance=counts["provenance"],
        tags=counts["tags"],
        notes=counts["notes"],
        unlabeled_marks=counts["unlabeled_marks"],
        empty=counts["empty"],
        unlabeled=counts["unlabeled"],
        in_folders=counts["in_folders"],
        unused_classes=len(dataset.classes) - len(used),
        splits=dict(Counter(image.split for image in dataset.images if image.split is not None)),
    )


def kind_of(value: AttributeValue) -> str:
    """As `Capabilities.attributes` names it."""
    if isinstance(value, bool):
        return "yes or no"
    return "text" if isinstance(value, str) else "number"


def losses(known: Format, holds: Holdings) -> list[str]:
    """Whole sentences, each on one thing that `holds` counts and that an export as `known` would not keep; empty when
    nothing is lost. `holds` comes from `holdings(dataset)`, or from counts of the project. Pure and quick."""
    can = known.capabilities
    found: list[str] = []

    def tell(kept: bool, count: int, one: str, many: str) -> None:
        if count and not kept:
            found.append(one if count == 1 else many.format(f"{count:,}"))

    tell(can.scores, holds.scores, "The score of 1 box is not kept.", "The scores of {} boxes are not kept.")
    for flag, count in holds.flags.items():
        one, many = f"The mark '{flag}' of 1 box is not kept.", f"The mark '{flag}' of {{}} boxes is not kept."
        tell(flag in can.flags, count, one, many)
    for kind, count in holds.attributes.items():
        words = f"Attributes whose value is {_ARTICLES[kind]} are not kept"
        tell(kind in can.attributes, count, f"{words} (1 box).", f"{words} ({{}} boxes).")
    tell(
        can.provenance, holds.provenance, "Of 1 box it is not kept who made it, and from which pre-label.",
        "Of {} boxes it is not kept who made them, and from which pre-labels.",
    )  # fmt: skip
    tell(can.tags, holds.tags, "The tags of 1 image are not kept.", "The tags of {} images are not kept.")
    tell(can.notes, holds.notes, "The note of 1 image is not kept.", "The notes of {} images are not kept.")
    if can.tags or can.notes:
        tell(
            can.unlabeled_marks, holds.unlabeled_marks,
            "Tags and note of 1 image that nobody has labelled are not kept.",
            "Tags and notes of {} images that nobody has labelled are not kept.",
        )  # fmt: skip
    tell(
        can.splits, sum(count for split, count in holds.splits.items() if split is not Split.TRAIN),
        "The split is not kept: 1 image of validation or test is no longer told from the others.",
        "The split is not kept: {} images of validation or test are no longer told from the others.",
    )  # fmt: skip
    tell(
        can.empty_images, holds.empty, "1 image confirmed empty is not told from one that nobody has labelled.",
        "{} images confirmed empty are not told from those that nobody has labelled.",
    )  # fmt: skip
    tell(
        can.unlabeled_images, holds.unlabeled, "1 image that nobody has labelled is left out or looks empty.",
        "{} images that nobody has labelled are left out or look empty.",
    )  # fmt: skip
    tell(
        can.unused_classes, holds.unused_classes, "1 class without a box is left out.",
        "{} classes without a box are left out.",
    )  # fmt: skip
    tell(
        can.folders, holds.in_folders, "1 image loses its folder: its file gets a name of its own.",
        "{} images lose their folders: their files get names of their own.",
    )  # fmt: skip
    if holds.boxes and can.accuracy > _FELT:
        found.append(f"Coordinates are rounded: a box may be off by {can.accuracy:g} pixels.")
    return found
