"""Choice of the detector by whose embeddings a project compares images: one for all rounds, each looked at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.features import ImageFeatures
from boxwright.domain.image import ImageState, Split
from boxwright.domain.model import Model
from boxwright.services.project.project import Project


def feature_model(project: Project) -> Model | None:
    """The first detector of the project that offered features, as long as its file is there; None before there is
    one."""
    known = project.settings.feature_model
    found = next((model for model in project.models.all() if model.id == known), None)
    return found if found is not None and (project.folder / found.file).is_file() else None


def feature_source(project: Project, model: Model) -> Model | None:
    """Whose features a run of `model` should see to: the feature model's, or its own where there is none and it is not
    known to offer none."""
    return feature_model(project) or (None if model.id in project.settings.models_without_features else model)


def note_features(project: Project, model: Model, offers: bool) -> None:
    """What opening `model` has shown, in a project without a feature model."""
    with project.transaction():
        if offers:
            project.settings.feature_model = model.id
            project.features.keep_only(model.id)
        else:
            note_without_features(project, model)


def note_without_features(project: Project, model: Model) -> None:
    """Nobody asks `model` for features again; those that are there stay as long as no other detector makes any."""
    with project.transaction():
        project.settings.models_without_features = sorted({*project.settings.models_without_features, model.id})
        if project.settings.feature_model == model.id:
            del project.settings.feature_model


def give_up_features(project: Project) -> None:
    """The feature model does not work any more: another detector may take its place."""
    if (source := feature_model(project)) is not None:
        note_without_features(project, source)


def forget_feature_model(project: Project) -> None:
    """With all features: the detector that made them goes."""
    with project.transaction():
        del project.settings.feature_model
        project.features.clear()


def lacking_features(project: Project, source: Model) -> NDArray[np.int64]:
    """(N,) int64 ascending: images to be labelled and labelled ones that `source` has not looked at; none of another
    split than train."""
    states = (ImageState.UNLABELED, ImageState.LABELED)
    wanted = np.concatenate([project.images.ids(state=state, split=Split.TRAIN) for state in states])
    return np.setdiff1d(wanted, project.features.ids(source.id), assume_unique=True)


def stored_features(project: Project) -> ImageFeatures | None:
    """Those that samplers compare images by."""
    source = feature_model(project)
    return None if source is None else project.features.read(source.id)


def store_features(project: Project, features: ImageFeatures) -> None:
    """Of images that the feature model has looked at."""
    source = feature_model(project)
    if source is not None:
        project.features.append(source.id, features)
