"""Detectors of a project as `boxwright model` adds and prints them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from boxwright.cli.assumed import assumed, assumed_text
from boxwright.domain.detector_use import DetectorUse
from boxwright.domain.errors import SettingError
from boxwright.domain.model import Model
from boxwright.services.detectors.admission import add_model
from boxwright.services.detectors.registry import unmapped_classes
from boxwright.services.detectors.use import told, use_of
from boxwright.services.project.project import Project


def mapping_of(pairs: Iterable[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        theirs, equals, ours = pair.partition("=")
        if not equals or not theirs.strip():
            raise SettingError(f"'{pair}' is no pair of classes such as motorbike=motorcycle.")
        mapping[theirs.strip()] = ours.strip()
    return mapping


def model_json(project: Project, model: Model) -> dict[str, Any]:
    names = {c.id: c.name for c in project.classes.all()}
    classes = model.card.classes
    return {
        "id": model.id,
        "name": model.name,
        "file": model.file,
        "sha256": model.sha256,
        "active": model.active,
        "added": model.added,
        "layout": model.card.layout,
        "kind": str(model.card.kind),
        "classes": list(classes),
        "input": asdict(model.card.input),
        "assumed": assumed(model.card),
        "class_map": {classes[i]: names[id_] for i, id_ in model.class_map.items() if id_ in names},
        "unmapped": unmapped_classes(model),
        "use": str(use_of(project, model).kind),
        "metrics": dict(model.metrics),
    }


def added(
    folder: Path,
    file: Path,
    said: Mapping[str, Any],
    mapping: Mapping[str, str],
    activate: bool,
    use: DetectorUse | None = None,
) -> tuple[dict[str, Any], str]:
    """Add a detector to the project in `folder`, as `services.detectors.admission.add_model`; `activate`: use it from
    now on. What is printed, for programs and for people."""
    with Project.open_for_writing(folder) as project:
        model = add_model(project, file, said=said, mapping=mapping, use=use)
        if activate:
            project.models.activate(model.id)
            model = project.models.get(model.id)
        return model_json(project, model), _added_text(project, model)


def _added_text(project: Project, model: Model) -> str:
    state = (
        "is the active detector" if model.active else f"was added; 'boxwright model activate' with {model.id} uses it"
    )
    lines = [
        f"'{model.name}' (number {model.id}, {model.card.layout}) {state}.",
        told(model, use_of(project, model)),
        assumed_text(model.card),
        unmapped_text(model),
    ]
    return "\n".join(line for line in lines if line)


def unmapped_text(model: Model) -> str:
    unmapped = unmapped_classes(model)
    if not unmapped:
        return ""
    if not model.class_map:
        return (
            "None of its classes is one of the project's. 'boxwright model survey' counts what it finds; 'boxwright "
            "model map' lets a class stand for one of yours (A=B), or uses its boxes without names (--classes-as NAME, "
            "--guesses). As it is, trainings can start from it."
        )
    return f"Boxes of these classes are dropped until they are mapped: {', '.join(unmapped)}."
