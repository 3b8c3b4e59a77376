"""`boxwright model`: get a detector, look at a file, add it to a project, list, map classes, activate, remove."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from boxwright.cli.card_options import card_options, said_fields
from boxwright.cli.model_catalog import catalog_command
from boxwright.cli.model_get import get_command
from boxwright.cli.model_json import added_text, mapping_of, model_json, unmapped_text
from boxwright.cli.output import emit, json_option
from boxwright.domain.model import Model
from boxwright.services.detectors.admission import add_model
from boxwright.services.detectors.registry import map_classes
from boxwright.services.detectors.remove import DetectorRemoval, remove_model
from boxwright.services.project.project import Project


@click.group("model")
def command() -> None:
    """Detectors: get one, inspect a file, add it to a project, list, map its classes, activate, remove."""


@command.command("inspect")
@click.argument("file", type=click.Path(path_type=Path))
@card_options
@json_option
def inspect(file: Path, as_json: bool, **options: Any) -> None:
    """Say how FILE.onnx would be read, how sure that is, and what it does not say of itself."""
    from boxwright.inference.inspect import inspect_model
    from boxwright.inference.report import inspection_json, inspection_text

    inspection = inspect_model(file, said_fields(options))
    emit(inspection_json(inspection), inspection_text(inspection), as_json)


@command.command("add")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--map", "pairs", multiple=True, metavar="A=B", help="Detector class A stands for project class B.")
@click.option("--activate", is_flag=True, help="Use it from now on, also when another detector is active.")
@card_options
@json_option
def add(project: Path, file: Path, pairs: tuple[str, ...], activate: bool, as_json: bool, **options: Any) -> None:
    """Copy the detector FILE.onnx into PROJECT. The first one becomes active."""
    with Project.open_for_writing(project) as opened:
        model = add_model(opened, file, said=said_fields(options), mapping=mapping_of(pairs))
        if activate:
            opened.models.activate(model.id)
            model = opened.models.get(model.id)
        emit(model_json(opened, model), added_text(opened, model), as_json)


@command.command("list")
@click.argument("project", type=click.Path(path_type=Path))
@json_option
def list_(project: Path, as_json: bool) -> None:
    """List the detectors of PROJECT."""
    with Project.open(project, read_only=True) as opened:
        models = opened.models.all()
        text = "\n".join(_line(m) for m in models) or (
            "No detector yet: add one with 'boxwright model add PROJECT FILE.onnx', or see 'boxwright model catalog'."
        )
        emit({"models": [model_json(opened, m) for m in models]}, text, as_json)


@command.command("activate")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("model_id", metavar="ID", type=int)
@json_option
def activate_command(project: Path, model_id: int, as_json: bool) -> None:
    """Use detector ID of PROJECT from now on."""
    with Project.open_for_writing(project) as opened:
        opened.models.activate(model_id)
        model = opened.models.get(model_id)
        emit(model_json(opened, model), f"'{model.name}' is the active detector now.", as_json)


@command.command("remove")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("model_id", metavar="ID", type=int)
@json_option
def remove_command(project: Path, model_id: int, as_json: bool) -> None:
    """Remove detector ID from PROJECT with its file and the pre-labels that nobody has judged; labels stay."""
    with Project.open_for_writing(project) as opened:
        removal = remove_model(opened, model_id)
        result = {"removed": model_id, "prelabels": removal.prelabels, "images": removal.images}
        emit(result, _removed_text(opened, removal), as_json)


command.add_command(catalog_command)
command.add_command(get_command)


@command.command("map")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("model_id", metavar="ID", type=int)
@click.argument("pairs", metavar="A=B", nargs=-1, required=True)
@json_option
def map_command(project: Path, model_id: int, pairs: tuple[str, ...], as_json: bool) -> None:
    """Let class A of detector ID stand for class B of PROJECT; `A=` drops its boxes."""
    with Project.open_for_writing(project) as opened:
        model = map_classes(opened, opened.models.get(model_id), mapping_of(pairs))
        emit(model_json(opened, model), unmapped_text(model) or "Every class of the detector is mapped.", as_json)


def _line(model: Model) -> str:
    metrics = "   ".join(f"{name} {model.metrics[name]:.3f}" for name in ("AP", "AP50") if name in model.metrics)
    mark = "*" if model.active else " "
    return (
        f"{mark} {model.id}  {model.name}  {model.card.layout}, {len(model.card.classes)} classes  {metrics}".rstrip()
    )


def _removed_text(project: Project, removal: DetectorRemoval) -> str:
    lines = [f"'{removal.model.name}' is removed, with {removal.prelabels} pre-labels on {removal.images} images."]
    if removal.used:
        others = project.models.all()
        lines.append(
            f"No detector is active now; 'boxwright model activate' with {others[-1].id} uses '{others[-1].name}'."
            if others
            else "The project has no detector now; add one with 'boxwright model add PROJECT FILE.onnx'."
        )
    return "\n".join(lines)
