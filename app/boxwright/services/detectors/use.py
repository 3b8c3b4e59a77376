"""Use of a project's detector: by the names of its classes, without them, or only as a base."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from boxwright.domain.card import DetectorCard
from boxwright.domain.detector_use import DetectorUse, UseKind
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message, joined
from boxwright.domain.model import Model
from boxwright.domain.names import ByName
from boxwright.domain.prediction import Detections
from boxwright.domain.suppression import Suppression
from boxwright.services.detectors.registry import matched_classes
from boxwright.services.project.project import Project
from boxwright.store.predictions import GUESSES


def use_of(project: Project, model: Model) -> DetectorUse:
    """What `model` is used for now."""
    if GUESSES in model.card.notes:
        return DetectorUse(UseKind.GUESSES)
    if not model.class_map:
        return DetectorUse(UseKind.NAMES if model.active else UseKind.BASE)
    if is_one_class(model.card.classes, model.class_map):
        class_id = next(iter(model.class_map.values()))
        name = next((c.name for c in project.classes.all() if c.id == class_id), "")
        return DetectorUse(UseKind.ONE_CLASS, name)
    return DetectorUse()


def set_use(project: Project, model: Model, use: DetectorUse) -> Model:
    """From now on; pre-labels that were made otherwise are made again by the next `prelabel`, and what a person has
    touched stays. By names, those that match are mapped, and what was mapped by hand before is not. A project without
    classes gets the one class that is named. Raises ModelError for a class that the project does not have."""
    with project.transaction():
        project.models.set_class_map(model.id, _class_map(project, model, use))
        project.models.set_note(model.id, GUESSES, "yes" if use.kind is UseKind.GUESSES else "")
        if use.kind is UseKind.BASE and model.active:
            project.models.deactivate()
    return project.models.get(model.id)


def plain_card(model: Model) -> DetectorCard:
    """Its card as it was added, without a note of its use."""
    notes = {key: text for key, text in model.card.notes.items() if key != GUESSES}
    return replace(model.card, notes=notes)


def _class_map(project: Project, model: Model, use: DetectorUse) -> dict[int, int]:
    labels = range(len(model.card.classes))
    if use.kind is UseKind.BASE:
        return {}
    if use.kind is UseKind.ONE_CLASS:
        return dict.fromkeys(labels, _one_class(project, use.class_name))
    classes = project.classes.all()
    if use.kind is UseKind.NAMES:
        return matched_classes(model.card.classes, classes)
    if not classes:
        raise ModelError("Guesses need a class to be drawn in: add one first.")
    # Which one does not matter: a guess takes the class that is being drawn.
    return dict.fromkeys(labels, classes[0].id)


def _one_class(project: Project, name: str) -> int:
    classes = project.classes.all()
    if not classes:
        return project.classes.add(name).id
    found = ByName((c.name, c.id) for c in classes).find_loosely(name)
    if found is None:
        raise ModelError("The project has no class '{0}'; it has {1}.", name, joined(", ", (c.name for c in classes)))
    return found


def is_one_class(names: Sequence[str], class_map: Mapping[int, int]) -> bool:
    """Whether all of several classes of a detector are one to the project."""
    return 1 < len(names) == len(class_map) and len(set(class_map.values())) == 1


def mapped(
    names: Sequence[str], class_map: Mapping[int, int], found: Detections, suppression: Suppression
) -> Detections:
    """`found` as the project takes it: `Detections.mapped`, and where all classes are one, of boxes that overlap by
    more than `suppression.iou` only the best, whatever the detector calls them."""
    kept = found.mapped(class_map)
    return only_best(kept, suppression.iou) if is_one_class(names, class_map) else kept


def only_best(found: Detections, iou: float) -> Detections:
    """Of the boxes that overlap a better one of any class by more than `iou` none."""
    from boxwright.inference.nms import nms

    keep = np.zeros(len(found), bool)
    keep[nms(found.boxes, found.scores, None, iou, len(found))] = True
    return found.only(keep)


def told(model: Model, use: DetectorUse) -> Message:
    """One sentence of what its boxes are to the project."""
    if use.kind is UseKind.GUESSES:
        return Message("Its boxes are guesses in the current class while drawing; none is shown as a pre-label.")
    if use.kind is UseKind.ONE_CLASS:
        return Message("All its boxes are pre-labels of {0}, whatever it calls them.", use.class_name)
    if use.kind is UseKind.BASE:
        return Message("It makes no pre-labels; trainings can start from it.")
    named = len(model.class_map)
    return Message("{0} of its {1} classes are classes of the project.", named, len(model.card.classes))
