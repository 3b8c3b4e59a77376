"""Losses of an export: what a format cannot hold of a dataset, told before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from boxwright.domain.image import Split
from boxwright.domain.marks import FLAGS, AttributeValue
from boxwright.domain.messages import Message, plural
from boxwright.formats.base import Format
from boxwright.formats.dataset import Dataset

# A coordinate that is off by less is the same to any trainer.
_FELT = 0.05
_ARTICLES = {"text": Message("a text"), "number": Message("a number"), "yes or no": Message("yes or no")}


@dataclass(frozen=True, slots=True)
class Holdings:
    """Counts of the things in a dataset that some format cannot hold.

    How much a dataset holds of each thing that some format cannot. `boxes`, `scores` and `provenance` count boxes,
    `flags` the boxes of each flag, `attributes` those with a value of each kind (text, number, yes or no);
    `provenance` counts those made from a pre-label or signed by somebody. `signed_empty` (confirmed empty by somebody
    who signed), `tags`, `notes`, `unlabeled_marks` (either, on an image nobody has labelled), `empty`, `unlabeled` and
    `in_folders` count images, `unused_classes` classes.
    `splits`: images by split, only of those that have one.
    """

    boxes: int = 0
    scores: int = 0
    flags: Mapping[str, int] = field(default_factory=dict)
    attributes: Mapping[str, int] = field(default_factory=dict)
    provenance: int = 0
    signed_empty: int = 0
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
        counts["signed_empty"] += image.labeled and not image.boxes and bool(image.annotator)
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
        signed_empty=counts["signed_empty"],
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


def losses(known: Format, holds: Holdings) -> list[Message]:
    """Whole sentences, each on one thing that `holds` counts and that an export as `known` would not keep; empty when
    nothing is lost. `holds` comes from `holdings(dataset)`, or from counts of the project. Pure and quick."""
    can = known.capabilities
    kept_out = sum(count for split, count in holds.splits.items() if split is not Split.TRAIN)
    unlabeled_marks = can.unlabeled_marks or not (can.tags or can.notes)
    counted = [
        (can.scores, plural("The score of 1 box is not kept.", "The scores of {0:,} boxes are not kept.",
                            holds.scores)),
        *((f in can.flags, plural("The mark '{1}' of 1 box is not kept.", "The mark '{1}' of {0:,} boxes is not kept.",
                                  n, Message(f)))
          for f, n in holds.flags.items()),
        *((kind in can.attributes, plural("The attributes of 1 box whose value is {1} are not kept.",
                                          "The attributes of {0:,} boxes whose value is {1} are not kept.",
                                          n, _ARTICLES[kind]))
          for kind, n in holds.attributes.items()),
        (can.provenance, plural("Who made 1 box, and from which pre-label, is not kept.",
                                "Who made {0:,} boxes, and from which pre-labels, is not kept.", holds.provenance)),
        (can.signed_empty, plural("Who confirmed 1 image empty is not kept.",
                                  "Who confirmed {0:,} images empty is not kept.", holds.signed_empty)),
        (can.tags, plural("The tags of 1 image are not kept.", "The tags of {0:,} images are not kept.", holds.tags)),
        (can.notes, plural("The note of 1 image is not kept.", "The notes of {0:,} images are not kept.",
                           holds.notes)),
        (unlabeled_marks, plural("The tags and note of 1 image that nobody has labelled are not kept.",
                                 "The tags and notes of {0:,} images that nobody has labelled are not kept.",
                                 holds.unlabeled_marks)),
        (can.splits, plural("The split of 1 image of validation or test is not kept.",
                            "The split of {0:,} images of validation or test is not kept.", kept_out)),
        (can.empty_images, plural("1 image confirmed empty is not told from images that nobody has labelled.",
                                  "{0:,} images confirmed empty are not told from images that nobody has labelled.",
                                  holds.empty)),
        (can.unlabeled_images, plural("1 image that nobody has labelled is not kept apart.",
                                      "{0:,} images that nobody has labelled are not kept apart.", holds.unlabeled)),
        (can.unused_classes, plural("1 class without a box is not kept.", "{0:,} classes without a box are not kept.",
                                    holds.unused_classes)),
        (can.folders, plural("The folder in the name of 1 image is not kept.",
                             "The folders in the names of {0:,} images are not kept.", holds.in_folders)),
    ]  # fmt: skip
    found = [told for kept, told in counted if told.arguments[0] and not kept]
    if holds.boxes and can.accuracy > _FELT:
        found.append(Message("Coordinates are rounded: a box may be off by {0:g} pixels.", can.accuracy))
    return found
