"""The detectors of a project: adding, opening, and which of their classes is which class of the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from boxwright.domain.card import DetectorCard
from boxwright.domain.classes import LabelClass
from boxwright.domain.errors import ModelError
from boxwright.domain.model import Model
from boxwright.services.model_files import copied_aside, forget, into_home, known, sha256_of
from boxwright.services.project import Project

if TYPE_CHECKING:
    from boxwright.inference.cards import CardFields
    from boxwright.inference.detector import Detector


def add_model(
    project: Project,
    file: Path,
    classes: Sequence[str] | None = None,
    layout: str | None = None,
    said: CardFields | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Model:
    """Copy a detector into the project, with its data files and its card; the first one becomes active.

    classes: the names it was trained on, in order, when it does not say. layout: a decoder's name. said: any points of
    a card. mapping: detector class name -> project class name, on top of names that match by themselves.
    A project without classes takes those of the detector. The same file with the same card is not added twice.
    Raises ModelError when the file or the options cannot be used; then the project is as it was.
    """
    file = Path(file).expanduser()
    project.require_writable()
    try:
        copy = copied_aside(project, file)
        try:
            card = _checked_card(copy, classes, layout, said)
            sha256 = sha256_of(copy)
            if (model := same_detector(project, sha256, card)) is not None:
                forget(copy)
                return map_classes(project, model, mapping) if mapping else model
            copy = into_home(copy, file.stem)
            model = _registered(project, copy, sha256, card, mapping or {})
        except BaseException:
            forget(copy)
            raise
        known(copy)
    except OSError as error:
        raise ModelError(f"{file.name} could not be copied into the project: {error.strerror or error}.") from error
    return model


def same_detector(project: Project, sha256: str, card: DetectorCard) -> Model | None:
    """The detector of the project with that content and card, when its file is there."""
    models = (m for m in project.models.all() if m.sha256 == sha256 and m.card == card)
    return next((m for m in models if (project.folder / m.file).is_file()), None)


def open_detector(
    project: Project, model: Model, device: str = "auto", threads: int | None = None, features: bool = False
) -> Detector:
    """The model's file, opened with the card that is stored in the project; with its `features` where it offers them.
    Raises ModelError."""
    from boxwright.inference.detector import Detector

    path = project.folder / model.file
    if not path.is_file():
        raise ModelError(f"The file of the detector '{model.name}' is gone from {path.parent}; add it again.")
    return Detector.open(path, model.card, device, threads, features)


def chosen_model(project: Project, model_id: int | None = None) -> Model:
    """The model with that id, or the active one. Raises ModelError when there is none."""
    model = project.models.active() if model_id is None else project.models.get(model_id)
    if model is None:
        raise ModelError("The project has no active detector; add one with 'boxwright model add PROJECT FILE.onnx'.")
    return model


def unmapped_classes(model: Model) -> list[str]:
    """Names of the detector's classes whose boxes are dropped, because no class of the project stands for them."""
    return [name for i, name in enumerate(model.card.classes) if i not in model.class_map]


def map_classes(project: Project, model: Model, mapping: Mapping[str, str]) -> Model:
    """Set which project class stands for which detector class, by name; an empty name unmaps. Others stay as they are.

    Raises ModelError for a name that the detector or the project does not have.
    """
    project.models.set_class_map(model.id, _with_mapping(model.card, model.class_map, project.classes.all(), mapping))
    return project.models.get(model.id)


def matched_classes(names: Iterable[str], classes: Iterable[LabelClass]) -> dict[int, int]:
    """Index into `names` -> project class id where the names are equal but for case, spaces, `_` and `-`."""
    by_name = {_folded(c.name): c.id for c in reversed(list(classes))}
    return {i: by_name[_folded(n)] for i, n in enumerate(names) if _folded(n) in by_name}


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-]+", "", name).casefold()


def _with_mapping(
    card: DetectorCard, class_map: Mapping[int, int], classes: Sequence[LabelClass], mapping: Mapping[str, str]
) -> dict[int, int]:
    labels = {_folded(name): i for i, name in enumerate(card.classes)}
    ids = {_folded(c.name): c.id for c in classes}
    result = dict(class_map)
    for theirs, ours in mapping.items():
        label = labels.get(_folded(theirs))
        if label is None:
            raise ModelError(f"The detector has no class '{theirs}'; it has {', '.join(card.classes)}.")
        if not ours:
            result.pop(label, None)
        elif _folded(ours) in ids:
            result[label] = ids[_folded(ours)]
        else:
            known = ", ".join(c.name for c in classes) or "none yet"
            raise ModelError(f"The project has no class '{ours}'; it has {known}.")
    return result


def _checked_card(
    copied: Path, classes: Sequence[str] | None, layout: str | None, said: CardFields | None
) -> DetectorCard:
    """The whole card, after the file was opened and run once with it; also written beside the file."""
    import numpy as np

    from boxwright.inference.cards import save_card
    from boxwright.inference.detector import Detector
    from boxwright.inference.inspect import inspect_model

    told = dict(said or {})
    if classes:
        told["classes"] = list(classes)
    if layout:
        told["layout"] = layout
    card = inspect_model(copied, told).usable_card()
    Detector.open(copied, card, "cpu").detect([np.full((48, 64, 3), 128, dtype=np.uint8)])
    save_card(copied, card)
    return card


def _registered(project: Project, file: Path, sha256: str, card: DetectorCard, mapping: Mapping[str, str]) -> Model:
    with project.transaction():
        if not project.classes.all():
            for name in card.classes:
                project.classes.add(name)
        classes = project.classes.all()
        class_map = _with_mapping(card, matched_classes(card.classes, classes), classes, mapping)
        relative = file.relative_to(project.folder).as_posix()
        model = project.models.add(file.parent.name, relative, sha256, card, class_map)
        if project.models.active() is None:
            project.models.activate(model.id)
        return project.models.get(model.id)
