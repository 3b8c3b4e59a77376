"""`boxwright retrain`: train a detector on the labels."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from boxwright.cli.detection_options import device_option
from boxwright.cli.duration import duration
from boxwright.cli.output import emit, json_option, progress_bar
from boxwright.domain.progress import Progress, Report
from boxwright.services.project.project import Project
from boxwright.services.retraining.default import default_trainer
from boxwright.services.retraining.expectation import expectation
from boxwright.services.retraining.facts import begun_in, begun_left
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.result import Figures, RetrainEvent, RetrainResult, RetrainVerdict, Stage
from boxwright.services.retraining.run import activate, retrain
from boxwright.training.protocol import Effort, Epoch


@click.command("retrain")
@click.argument("project", type=click.Path(path_type=Path))
@click.option(
    "--trainer", help="See `boxwright trainers`.  [transfer; scratch where there is no detector to start from]"
)
@click.option(
    "--base", "base_model_id", type=int, help="Number of the detector to start from; the active one if left out."
)
@click.option(
    "--effort",
    type=click.Choice([str(effort) for effort in Effort]),
    default=str(Effort.QUICK),
    show_default=True,
    help="How long it may take, and how good it gets.",
)
@click.option(
    "--time",
    "seconds",
    metavar="TIME",
    callback=duration,
    help="Time that the training may take, such as 15m, 1h30m or 8h, in place of an effort; it keeps to it.",
)
@click.option("--epochs", type=click.IntRange(min=1), help="Passes over the images.  [the trainer's choice]")
@click.option("--size", type=click.IntRange(min=32), help="Side of the square input in pixels.  [the trainer's choice]")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Repeats a training.")
@device_option
@click.option("--threads", type=click.IntRange(min=0), default=0, help="Cores to use; 0 takes all.  [0]")
@click.option("--time-limit", type=click.FloatRange(min=0, min_open=True), help="Give up after so many minutes.")
@click.option(
    "--option", "options", metavar="NAME=VALUE", multiple=True, help="One of the trainer's own; JSON, or else a text."
)
@click.option("--begun", is_flag=True, help="Begun images too: those with boxes that nobody has marked as labelled.")
@click.option("--accept-worse", is_flag=True, help="Make the new detector active whatever its figures.")
@json_option
def command(
    project: Path,
    trainer: str | None,
    base_model_id: int | None,
    effort: str,
    seconds: float | None,
    epochs: int | None,
    size: int | None,
    seed: int,
    device: str,
    threads: int,
    time_limit: float | None,
    options: tuple[str, ...],
    begun: bool,
    accept_worse: bool,
    as_json: bool,
) -> None:
    """Train a detector on the labelled images and compare it with the active one.

    It becomes the active detector when it is no worse on the validation split. Every detector stays in the project.
    """
    request = RetrainRequest(
        trainer,
        base_model_id,
        Effort(effort),
        epochs,
        size,
        seed,
        device,
        threads,
        seconds,
        None if time_limit is None else time_limit * 60,
        dict(map(_option, options)),
        begun,
    )
    with Project.open_for_writing(project) as opened:
        left = begun_in(opened)
        if left and not begun:
            click.echo(f"{begun_left(left)[:-1]} (--begun).", err=True)
        if told := expectation(trainer or default_trainer(opened)):
            click.echo(told, err=True)
            click.echo(f'To have one: boxwright model get yolox-nano --project "{opened.folder}"', err=True)
        with progress_bar("Retraining") as report:
            result = retrain(opened, request, _Teller(report))
        if accept_worse:
            activate(opened, result.model_id)
        activated = accept_worse or result.verdict is RetrainVerdict.ACTIVATED
        name = opened.models.get(result.model_id).name
        said = {**_json(result, name, activated), "begun": left.images, "begun_boxes": left.boxes}
        emit(said, _text(result, name, activated, opened.folder), as_json)


class _Teller:
    """Stages, epochs and lines on stderr; progress as a bar."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def __call__(self, event: RetrainEvent) -> None:
        if isinstance(event, Progress):
            self._report(event)
        elif isinstance(event, Epoch):
            ap50 = "" if event.ap50 is None else f", AP50 {event.ap50:.3f} on images held back"
            click.echo(f"Epoch {event.number}: loss {event.loss:.4g}{ap50}, {event.seconds:.0f} s", err=True)
        elif isinstance(event, Stage):
            click.echo(f"{event.text[:1].upper()}{event.text[1:]}", err=True)
        else:
            # What another program says must not steer the terminal.
            click.echo("".join(c if c.isprintable() else " " for c in event.text), err=True)


def _option(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not (name and sign):
        raise click.BadParameter(f"'{text}' is not NAME=VALUE.", param_hint="--option")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _json(result: RetrainResult, name: str, activated: bool) -> dict[str, Any]:
    return {
        "model": result.model_id,
        "name": name,
        "before": result.before and result.before.to_json(),
        "after": result.after and result.after.to_json(),
        "activated": activated,
        "verdict": str(result.verdict),
        "note": result.note,
        "useless": result.useless,
        "seconds": round(result.seconds, 3),
        "stages": dict(result.stages),
        "images": result.images,
        "boxes": result.boxes,
        "epochs": len(result.history),
    }


def _text(result: RetrainResult, name: str, activated: bool, folder: Path) -> str:
    minutes = f"{result.seconds / 60:.1f} min" if result.seconds >= 90 else f"{result.seconds:.0f} s"
    lines = [
        f"Detector {result.model_id}, '{name}', learnt {result.boxes} boxes on {result.images} images in {minutes}.",
        result.note,
        result.useless,
        *(_table(result.before, result.after) if result.after else ()),
    ]
    if activated:
        lines += [
            "It is the active detector now.",
            f'Next: boxwright prelabel "{folder}" and then boxwright next "{folder}"',
        ]
    else:
        why = _WHY_NOT.get(result.verdict, "It is kept")
        lines += [
            f'{why}; nothing has changed. To use it all the same: boxwright model activate "{folder}" {result.model_id}'
        ]
    if result.useless:
        lines += [f'What helps: more labelled images (boxwright next "{folder}"), and more time (--effort thorough).']
    return "\n".join(line for line in lines if line)


_WHY_NOT = {
    RetrainVerdict.WORSE: "It is worse than the active detector, which stays",
    RetrainVerdict.USELESS: "It is kept, and not put in use",
}


def _table(before: Figures | None, after: Figures) -> list[str]:
    """A line for each figure: before, now."""
    old, new = _figures(before) if before else {}, _figures(after)
    width = max(map(len, new))
    head = f"{'':<{width}}  {'before':>7}  {'now':>7}   on {after.images} validation images"
    return [head, *(f"{name:<{width}}  {_figure(old.get(name))}  {_figure(value)}" for name, value in new.items())]


def _figures(of: Figures) -> dict[str, float | None]:
    classes = {f"AP50 of {name}": ap50 for name, (_, ap50, boxes) in of.per_class.items() if boxes}
    return {"AP": of.ap, "AP50": of.ap50, "boxes to fix per image": of.fixes_per_image, **classes}


def _figure(value: float | None) -> str:
    return f"{'–':>7}" if value is None else f"{value:7.3f}"
