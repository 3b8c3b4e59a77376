"""Facts of a retraining: what it would learn from, and that set itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from boxwright.domain.annotation import Annotation
from boxwright.domain.begun import NOTHING_BEGUN, Begun
from boxwright.domain.box import within
from boxwright.domain.image import Image, ImageState, Split
from boxwright.domain.messages import Message, plural
from boxwright.imaging.read import read_image
from boxwright.services.images.file_check import Checked, check_labelled
from boxwright.services.project.project import Project
from boxwright.services.retraining.exchange import FileExchange
from boxwright.services.retraining.measure import held_back_ap50
from boxwright.training.protocol import TrainingImage, TrainingSet

# Fewer boxes than this of a class rarely teach it.
FEW_BOXES = 20


@dataclass(frozen=True)
class TrainingFacts:
    """Facts of a training set.

    From the database alone. `images`: labelled, usable, of the train split; `empty` of them confirmed empty.
    `boxes`: class name -> boxes on them, for every class of the project in its order. `validation_images`: labelled
    ones of the validation split. `warnings`: a sentence each. `obstacle`: why nothing can be trained, or None. `begun`:
    what people have begun in both splits and not marked as labelled; it is among the others where it is taken.
    """

    images: int
    empty: int
    boxes: Mapping[str, int]
    validation_images: int
    warnings: tuple[str, ...]
    obstacle: str | None
    begun: Begun = NOTHING_BEGUN


def training_facts(project: Project, begun: bool = False) -> TrainingFacts:
    """With `begun` begun images count as labelled."""
    counts, empty = project.labels.training_counts(begun)
    left = begun_in(project)
    boxes = {known.name: counts.get(known.id, 0) for known in project.classes.all()}
    images = len(project.begun.done_ids(Split.TRAIN, begun))
    validation = len(project.begun.done_ids(Split.VALIDATION, begun))
    obstacle = None
    if not boxes:
        obstacle = Message(
            "The project has no classes, so there is nothing to learn; add a class and label some images."
        )
    elif not images and left:
        obstacle = Message(
            "No image of the train split is marked as labelled: {0} wait for that; label them, or take begun "
            "images too.",
            Message(left.words),
        )
    elif not images:
        obstacle = Message(
            "No image of the train split is labelled yet, so there is nothing to learn from; label some first."
        )
    elif not any(boxes.values()):
        obstacle = Message(
            "None of the labelled images has a box, so there is nothing to learn; label images that have some."
        )
    warnings = _warnings(boxes, validation)
    if replaced := np.intersect1d(project.files.replaced(), project.begun.done_ids(Split.TRAIN, begun)).size:
        warnings = (
            Message(
                "Images that are not the files that were labelled are left out until you say that their boxes hold: "
                "{0}.",
                replaced,
            ),
            *warnings,
        )
    if left and not begun:
        warnings = (begun_left(left), *warnings)
    return TrainingFacts(images, empty, boxes, validation, warnings, obstacle, left)


def begun_in(project: Project) -> Begun:
    """Of the images that a retraining learns from or is measured on."""
    parts = [project.begun.count(split) for split in (Split.TRAIN, Split.VALIDATION)]
    return Begun(sum(part.images for part in parts), sum(part.boxes for part in parts))


def begun_left(left: Begun) -> str:
    return Message(
        "Not marked as labelled, so not learnt from: {0}. Label them, or take begun images too.", Message(left.words)
    )


def _warnings(boxes: Mapping[str, int], validation: int) -> tuple[str, ...]:
    found = []
    for name, count in boxes.items():
        if count < FEW_BOXES:
            said = Message("no box") if not count else plural("only 1 box", "only {0} boxes", count)
            found.append(Message("The class '{0}' has {1}; from about {2} on it can be learnt.", name, said, FEW_BOXES))
    if not validation:
        found.append(
            Message(
                "No image of the validation split is labelled, so "
                "the new detector cannot be compared with the present one."
            )
        )
    return tuple(found)


def training_set(
    project: Project, split: Split = Split.TRAIN, begun: bool = False, files: Checked | None = None
) -> TrainingSet:
    """The labelled images of `split` by id, with `begun` those as well, with the project's classes in the order of
    their ids, which is the same from round to round. Reads no image file, but leaves out those that are gone or are
    other files by now; `files`: what `labelled_files` said of them. Raises ProjectError when none is left."""
    indexes = {class_id: index for index, class_id in enumerate(class_ids(project))}
    names = {known.id: known.name for known in project.classes.all()}
    images = (files or labelled_files(project, split, begun)).good
    annotations = project.labels.annotations(image.id for image in images)
    roots = {root.name: root.folder for root in project.roots.all()}
    hashes = {image_id: content for content, image_id in project.images.ids_by_content().items()}

    def made(image: Image) -> TrainingImage:
        path = roots[image.root] / image.path
        return _image(image, path, annotations[image.id], indexes, hashes.get(image.id, ""))

    return TrainingSet(
        tuple(names[class_id] for class_id in indexes),
        tuple(map(made, images)),
        read_image,
        held_back_ap50,
        FileExchange(),
    )


def labelled_files(project: Project, split: Split, begun: bool = False) -> Checked:
    """Which images that a training would learn from have the file that was labelled. Raises ProjectError when none
    has, and when a whole folder is away."""
    ids = project.begun.done_ids(split, begun)
    labelled = np.setdiff1d(project.images.ids(state=ImageState.LABELED, split=split, usable=False), ids)
    away = [image for image in project.images.many(labelled.tolist()) if image.problem is not None]
    return check_labelled(project, [*project.images.many(ids.tolist()), *away])


def class_ids(project: Project) -> list[int]:
    """The project class of each class of its training set."""
    return sorted(known.id for known in project.classes.all())


def _image(
    image: Image, path: Path, found: list[Annotation], indexes: Mapping[int, int], content_hash: str
) -> TrainingImage:
    boxes = np.array([(a.box.x1, a.box.y1, a.box.x2, a.box.y2) for a in found], np.float64).reshape(-1, 4)
    boxes, kept = within(boxes, image.width, image.height)
    labels = np.array([indexes[a.class_id] for a in found], dtype=np.int64)
    return TrainingImage(
        path,
        image.width,
        image.height,
        boxes[kept].astype(np.float32),
        labels[kept],
        key=content_hash,
    )
