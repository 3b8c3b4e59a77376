"""Registry of a project's detectors: choosing, opening, and which of their classes is which of the project's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from boxwright.domain.card import DetectorCard
from boxwright.domain.class_lists import is_gap
from boxwright.domain.classes import LabelClass
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message, joined
from boxwright.domain.model import Model
from boxwright.domain.names import ByName
from boxwright.services.project.project import Project

if TYPE_CHECKING:
    from boxwright.inference.detector import Detector


@contextmanager
def naming(model: Model) -> Iterator[None]:
    """What goes wrong with a detector inside is said with its name and number, so that it can be found and removed."""
    try:
        yield
    except DetectorFailed:
        raise
    except ModelError as error:
        raise DetectorFailed(
            "The detector '{0}' (number {1}) does not work: {2}", model.name, model.id, error
        ) from error


class DetectorFailed(ModelError):
    """Failure to open or run a detector of the project; the text names it."""


def open_detector(
    project: Project, model: Model, device: str = "auto", threads: int | None = None, features: bool = False
) -> Detector:
    """The model's file, opened with the card that is stored in the project; with its `features` where it offers them.
    Raises ModelError."""
    from boxwright.inference.detector import Detector

    path = project.folder / model.file
    if not path.is_file():
        raise ModelError("The file of the detector '{0}' is gone from {1}; add it again.", model.name, path.parent)
    return Detector.open(path, model.card, device, threads, features)


def chosen_model(project: Project, model_id: int | None = None) -> Model:
    """The model with that id, or the active one. Raises ModelError when there is none."""
    model = project.models.active() if model_id is None else project.models.get(model_id)
    if model is None:
        raise ModelError("The project has no active detector; add one with 'boxwright model add PROJECT FILE.onnx'.")
    return model


def unmapped_classes(model: Model) -> list[str]:
    """Names of the detector's classes whose boxes are dropped, because no class of the project stands for them."""
    return [name for i, name in enumerate(model.card.classes) if i not in model.class_map and not is_gap(name)]


def map_classes(project: Project, model: Model, mapping: Mapping[str, str]) -> Model:
    """Set which project class stands for which detector class, by name; an empty name unmaps. Others stay as they are.

    Raises ModelError for a name that the detector or the project does not have.
    """
    project.models.set_class_map(model.id, with_mapping(model.card, model.class_map, project.classes.all(), mapping))
    return project.models.get(model.id)


def matched_classes(names: Iterable[str], classes: Iterable[LabelClass]) -> dict[int, int]:
    """Index into `names` -> project class id: the class of that name, else, where there is no doubt, the one that
    differs but by case, spaces, `_` and `-`."""
    theirs, ours = list(names), ByName((c.name, c.id) for c in classes)
    own = {i: found for i, name in enumerate(theirs) if (found := ours.find(name)) is not None}
    near = {i: ours.find_loosely(name) for i, name in enumerate(theirs) if i not in own}
    taken = set(own.values())
    own |= {i: found for i, found in near.items() if found is not None and found not in taken}
    return dict(sorted(own.items()))


def with_mapping(
    card: DetectorCard, class_map: Mapping[int, int], classes: Sequence[LabelClass], mapping: Mapping[str, str]
) -> dict[int, int]:
    """`class_map` with the pairs of `mapping` on top, detector class name -> project class name; an empty one unmaps.
    Raises ModelError for a name that the detector or the project does not have."""
    labels = ByName((name, i) for i, name in enumerate(card.classes))
    ids = ByName((c.name, c.id) for c in classes)
    result = dict(class_map)
    for theirs, ours in mapping.items():
        label = labels.find_loosely(theirs)
        if label is None:
            raise ModelError("The detector has no class '{0}'; it has {1}.", theirs, joined(", ", card.classes))
        if not ours:
            result.pop(label, None)
        elif (class_id := ids.find_loosely(ours)) is not None:
            result[label] = class_id
        else:
            known = ", ".join(c.name for c in classes) or Message("none yet")
            raise ModelError("The project has no class '{0}'; it has {1}.", ours, Message(known))
    return result
