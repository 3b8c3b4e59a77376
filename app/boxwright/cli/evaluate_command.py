"""`boxwright evaluate`: AP of a project's detector, or of a file of results."""

from __future__ import annotations

from pathlib import Path

import click

from boxwright.cli.detection_options import device_option
from boxwright.cli.output import emit, json_option, progress_bar
from boxwright.services.detectors.registry import chosen_model
from boxwright.services.project.project import Project
from boxwright.services.retraining.evaluate import Evaluation, evaluate_files, evaluate_project


@click.command("evaluate")
@click.argument("project", type=click.Path(path_type=Path), required=False)
@click.option("--model", "model_id", type=int, help="Number of the detector; the active one if left out.")
@device_option
@click.option("--truth", type=click.Path(path_type=Path), help="A COCO file with the true boxes.")
@click.option("--results", type=click.Path(path_type=Path), help="A file of COCO results, as `predict` writes it.")
@click.option("--begun", is_flag=True, help="Begun images too: those with boxes that nobody has marked as labelled.")
@json_option
def command(
    project: Path | None,
    model_id: int | None,
    device: str,
    truth: Path | None,
    results: Path | None,
    begun: bool,
    as_json: bool,
) -> None:
    """Measure AP: of a PROJECT's detector on its labelled validation images, or of --results against --truth."""
    files = truth is not None and results is not None
    if files == (project is not None) or (truth is None) != (results is None):
        raise click.UsageError("Give either a PROJECT, or both --truth and --results.")
    extra: dict[str, object] = {}
    if truth is not None and results is not None:
        evaluation = evaluate_files(truth, results)
    else:
        assert project is not None
        with Project.open(project) as opened:
            model = chosen_model(opened, model_id)
            with progress_bar("Measuring") as report:
                evaluation = evaluate_project(opened, model, device, report, begun=begun)
            extra = {"model": model.id}
    emit({**evaluation.to_json(), **extra}, _text(evaluation, begun), as_json)


def _text(evaluation: Evaluation, begun: bool) -> str:
    metrics = evaluation.metrics
    lines = [
        f"AP {metrics.ap:.3f}   AP50 {metrics.ap50:.3f}   on {evaluation.images} images with {evaluation.boxes} boxes"
    ]
    width = max((len(name) for name in metrics.per_class), default=0)
    lines += [
        f"  {name:<{width}}  AP {m.ap:.3f}   AP50 {m.ap50:.3f}   {m.boxes} boxes"
        for name, m in metrics.per_class.items()
        if m.ap is not None and m.ap50 is not None
    ]
    if evaluation.other_images:
        lines.append(f"{evaluation.other_images} results were left out: the true boxes do not have their images.")
    if evaluation.other_classes:
        lines.append(f"{evaluation.other_classes} results were left out: the true boxes do not have their classes.")
    if evaluation.begun and begun:
        lines.append(f"Not marked as labelled and measured on all the same: {evaluation.begun.words}.")
    elif evaluation.begun:
        lines.append(
            f"Not marked as labelled, so not measured on: {evaluation.begun.words}. Label them, or pass --begun."
        )
    lines += [f"{file}: {what}" for file, what in evaluation.problems]
    return "\n".join(lines)
