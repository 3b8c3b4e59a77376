"""Removal of a detector: its file and whatever no person has judged of its work."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from boxwright.domain.model import Model
from boxwright.services.detectors.feature_model import feature_model, forget_feature_model
from boxwright.services.detectors.files import FOLDER
from boxwright.services.prelabelling.plan import forget_made_with
from boxwright.services.project.project import Project


@dataclass(frozen=True)
class DetectorRemoval:
    """Consequences of a removal.

    What removing `model` takes along: `prelabels` on `images`, which nobody has judged. `used`: whether it is the
    active one, after which no detector is.
    """

    model: Model
    prelabels: int
    images: int
    used: bool


def removal_of(project: Project, model_id: int) -> DetectorRemoval:
    """What `remove_model` would do. Raises ModelError for an id that the project does not have."""
    model = project.models.get(model_id)
    return DetectorRemoval(model, *project.predictions.open_counts(model.id), model.active)


def remove_model(project: Project, model_id: int) -> DetectorRemoval:
    """Remove a detector: its pre-labels that nobody has judged, its scores, its features and its file.

    Labels made from its pre-labels stay, and rounds still tell its name. Raises ModelError, ReadOnlyProject.
    """
    project.require_writable()
    removal = removal_of(project, model_id)
    source = feature_model(project)
    with project.transaction():
        project.predictions.withdraw(model_id)
        project.scores.clear(model_id)
        if source is not None and source.id == model_id:
            forget_feature_model(project)
        forget_made_with(project, removal.model)
        project.models.remove(model_id)
    _remove_file(project, removal.model)
    return removal


def _remove_file(project: Project, model: Model) -> None:
    """With its folder, where that is one that this program made for it alone: a row may name any path."""
    home = (project.folder / model.file).parent
    others = {(project.folder / other.file).parent for other in project.models.all()}
    if model.file and home not in others and home.resolve().parent == (project.folder / FOLDER).resolve():
        shutil.rmtree(home, ignore_errors=True)
