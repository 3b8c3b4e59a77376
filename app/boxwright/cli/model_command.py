"""`boxwright model`: get a detector, look at a file, add it to a project, list, map classes, activate, remove."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from boxwright.cli.card_options import card_options, said_fields
from boxwright.cli.model_catalog import catalog_command
from boxwright.cli.model_get import get_command
from boxwright.cli.model_json import added, mapping_of, model_json, unmapped_text
from boxwright.cli.output import emit, json_option, progress_bar
from boxwright.cli.survey_report import survey_json, survey_text
from boxwright.cli.use_options import chosen_use, use_options
from boxwright.domain.detector_use import DetectorUse
from boxwright.domain.model import Model
from boxwright.services.detectors.registry import map_classes
from boxwright.services.detectors.remove import DetectorRemoval, remove_model
from boxwright.services.detectors.survey import survey
from boxwright.services.detectors.use import set_use, told, use_of
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
@use_options
@click.option("--base-only", is_flag=True, help="Keep it to train from; it makes no pre-labels.")
@card_options
@json_option
def add(
    project: Path,
    file: Path,
    pairs: tuple[str, ...],
    activate: bool,
    classes_as: str | None,
    guesses: bool,
    base_only: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Copy the detector FILE.onnx into PROJECT. The first one becomes active."""
    use = chosen_use(classes_as, guesses, base_only)
    if use is not None and pairs:
        raise click.UsageError("--map names classes, so that it does not go with a use without names.")
    if base_only and activate:
        raise click.UsageError("A detector that is only a base is not activated.")
    emit(*added(project, file, said_fields(options), mapping_of(pairs), activate, use), as_json)


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
@click.argument("pairs", metavar="A=B", nargs=-1)
@use_options
@click.option("--by-name", is_flag=True, help="Map the classes whose names match, and no other.")
@json_option
def map_command(
    project: Path,
    model_id: int,
    pairs: tuple[str, ...],
    classes_as: str | None,
    guesses: bool,
    by_name: bool,
    as_json: bool,
) -> None:
    """Let class A of detector ID stand for class B of PROJECT; `A=` drops its boxes. Or use its boxes without names."""
    use = chosen_use(classes_as, guesses, by_name=by_name)
    if (use is None and not pairs) or (use is not None and use.kind.without_names and pairs):
        raise click.UsageError(
            "Give pairs of classes such as boat=vessel, or one of --classes-as, --guesses, --by-name."
        )
    with Project.open_for_writing(project) as opened:
        model = opened.models.get(model_id)
        if use is None and use_of(opened, model).kind.without_names:
            use = DetectorUse()
        with opened.transaction():
            if use is not None:
                model = set_use(opened, model, use)
            if pairs:
                model = map_classes(opened, model, mapping_of(pairs))
        emit(model_json(opened, model), _mapped_text(opened, model), as_json)


@command.command("survey")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("detector", metavar="ID|FILE.onnx")
@card_options
@json_option
def survey_command(project: Path, detector: str, as_json: bool, **options: Any) -> None:
    """Count what a detector finds on up to 20 images of PROJECT, and how much of it helps whatever it is called.

    Nothing is changed. Images with labels come first: only they tell what its boxes would save.
    """
    with Project.open(project, read_only=True) as opened:
        which = int(detector) if detector.isdigit() and not Path(detector).exists() else Path(detector).expanduser()
        said = said_fields(options)
        with progress_bar("Looking") as report:
            found = survey(opened, which, said, report)
        emit(survey_json(opened, found), survey_text(opened, found), as_json)


def _mapped_text(project: Project, model: Model) -> str:
    lines = [told(model, use_of(project, model)), unmapped_text(model)]
    if project.settings.prelabels_made_with(model.id) is not None:
        lines.append("Pre-labels that were made before stay until 'boxwright prelabel' makes them again.")
    return "\n".join(line for line in lines if line)


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
