"""Plan of a run of pre-labelling: what it has to do, and by what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.image import ImageState
from boxwright.domain.model import Model
from boxwright.domain.scores import BOX_FLOOR
from boxwright.domain.suppression import Suppression
from boxwright.services.detectors.feature_model import feature_model, feature_source, lacking_features, note_features
from boxwright.services.prelabelling.order import most_uncertain_first
from boxwright.services.project.project import Project


@dataclass(frozen=True, eq=False)
class PrelabelPlan:
    """Plan of a run.

    A run of `model`: it pre-labels the images `todo`; `already` have been done before. `source` sees to the features
    of `todo`, where it is the model itself, and of the images `rest`. `asks`: whether the source offers any is still to
    be seen. `twice`: look at the mirror images of `todo` as well.
    """

    model: Model
    todo: NDArray[np.int64]
    already: int
    source: Model | None
    rest: NDArray[np.int64]
    asks: bool
    twice: bool = False

    @property
    def total(self) -> int:
        """Images to look at."""
        return len(self.todo) + len(self.rest)


def plan_of(project: Project, model: Model, again: Sequence[int] = ()) -> PrelabelPlan:
    """`again`: look at these images alone, as far as they are unlabelled, whether or not the model has seen them."""
    if again:
        chosen = np.intersect1d(project.images.ids(state=ImageState.UNLABELED), np.array(again, np.int64))
        return PrelabelPlan(model, chosen, 0, None, np.zeros(0, np.int64), False, looks_twice(project))
    todo, already = to_do(project, model)
    source = feature_source(project, model)
    rest = np.zeros(0, np.int64)
    if source is not None:
        rest = lacking_features(project, source)
        if source.id == model.id:
            rest = np.setdiff1d(rest, todo)
    asks = source is not None and feature_model(project) is None
    return PrelabelPlan(model, todo, already, source, rest, asks, looks_twice(project))


def to_do(project: Project, model: Model) -> tuple[NDArray[np.int64], int]:
    """Ids of the images to run on, int64, those that another detector was unsure of first, and how many unlabelled
    ones the model has seen already."""
    unlabeled = project.images.ids(state=ImageState.UNLABELED)
    seen = np.zeros(0, np.int64)
    if not _outdated(project, model):
        # A touched image gets no pre-labels, so only its scores tell that it was done. Once all that was done to it is
        # undone, it gets them.
        scored = np.intersect1d(project.scores.read(model.id, []).image_ids, project.begun.touched_ids())
        seen = np.union1d(project.predictions.predicted_ids(model.id), scored)
    todo = np.setdiff1d(unlabeled, seen, assume_unique=True)
    return most_uncertain_first(project, model, todo), len(unlabeled) - len(todo)


def begin(project: Project, model: Model, offers_features: bool | None) -> None:
    """Note what the pre-labels are made with, before the first is stored. What was made otherwise, with another class
    map or suppression, is made again: boxes may be missing from it, or belong to a class that is no longer meant.
    `offers_features`: what opening the detector has shown, None where it was not asked."""
    with project.transaction():
        if offers_features is not None and feature_model(project) is None:
            note_features(project, model, offers_features)
        if _outdated(project, model):
            project.predictions.outdate(model.id)
            project.scores.clear(model.id)
        project.settings.set_prelabels_made_with(model.id, _made_with(project, model))


def _outdated(project: Project, model: Model) -> bool:
    stored = project.settings.prelabels_made_with(model.id)
    if stored is None:
        return False
    wanted = _made_with(project, model)
    # A second look that nobody asks for any more does no harm.
    twice = bool(stored.get("twice")) or not wanted["twice"]
    return not twice or {**stored, "twice": False} != {**wanted, "twice": False}


def forget_made_with(project: Project, model: Model) -> None:
    """When the detector goes."""
    project.settings.set_prelabels_made_with(model.id, None)


def _made_with(project: Project, model: Model) -> dict[str, object]:
    class_map = {str(label): class_id for label, class_id in sorted(model.class_map.items())}
    how = {**asdict(suppression_of(project)), "twice": looks_twice(project)}
    return {"floor": BOX_FLOOR, **how, "class_map": class_map}


def suppression_of(project: Project) -> Suppression:
    """What the project's pre-labels are made with, whether a command or the window makes them."""
    return project.settings.suppression


def set_suppression(project: Project, suppression: Suppression) -> None:
    """From now on; pre-labels that were made otherwise are made again by the next `prelabel`."""
    with project.transaction():
        project.settings.suppression = suppression


def looks_twice(project: Project) -> bool:
    """Whether pre-labelling looks at the mirror image of each picture as well, for the score `FLIP`."""
    return project.settings.look_twice


def set_looks_twice(project: Project, twice: bool) -> None:
    """From now on; what was looked at once is looked at again by the next `prelabel`."""
    with project.transaction():
        project.settings.look_twice = twice
