"""`boxwright prelabel`: run the detector over the pool."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from boxwright.cli.detection_options import class_agnostic_option, device_option
from boxwright.cli.output import emit, json_option, progress_bar
from boxwright.domain.suppression import Suppression
from boxwright.services.detectors.registry import chosen_model
from boxwright.services.prelabelling.plan import looks_twice, set_looks_twice, set_suppression, suppression_of
from boxwright.services.prelabelling.prelabel import PrelabelResult, prelabel
from boxwright.services.project.project import Project


@click.command("prelabel")
@click.argument("project", type=click.Path(path_type=Path))
@click.option(
    "--model", "model_id", type=int, help="Number of the detector (see `model list`); the active one if left out."
)
@device_option
@click.option("--iou", type=click.FloatRange(0, 1), help="Overlap above which NMS acts; kept for the next runs.  [0.6]")
@class_agnostic_option
@click.option(
    "--twice/--once",
    "twice",
    default=None,
    help="Look at the mirror image of each picture as well, for the score `flip`; kept.  [once]",
)
@json_option
def command(
    project: Path,
    model_id: int | None,
    device: str,
    iou: float | None,
    class_agnostic: bool | None,
    twice: bool | None,
    as_json: bool,
) -> None:
    """Lay the detector's guess on every unlabelled image.

    Images a person has touched stay as they are. A run that was stopped goes on where it was when called again.
    `--iou`, `--class-agnostic` and `--twice` stay with the project; when they change, the pre-labels are made again.
    """
    with Project.open_for_writing(project) as opened:
        model = chosen_model(opened, model_id)
        before = suppression_of(opened)
        wanted = Suppression(
            before.iou if iou is None else iou, before.class_agnostic if class_agnostic is None else class_agnostic
        )
        if wanted != before:
            set_suppression(opened, wanted)
        if twice is not None and twice != looks_twice(opened):
            set_looks_twice(opened, twice)
        with progress_bar("Pre-labelling") as report:
            result = prelabel(opened, model, device, report)
        problems = [{"image": opened.images.get(i).path, "what": what} for i, what in result.problems]
        emit(_json(result, problems), _text(result, model.name, problems), as_json)


def _json(result: PrelabelResult, problems: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "model": result.model_id,
        "device": result.device,
        "device_note": result.device_note,
        "features_note": result.features_note,
        "predicted": result.predicted,
        "empty": result.empty,
        "boxes": result.boxes,
        "kept": result.kept,
        "already": result.already,
        "dropped": dict(result.dropped),
        "problems": problems,
        "seconds": round(result.seconds, 3),
        "images_per_second": round(result.per_second, 2),
    }


def _text(result: PrelabelResult, name: str, problems: list[dict[str, str]]) -> str:
    if not (result.predicted or result.kept or problems):
        nothing = f"Nothing to do: '{name}' has already seen all {result.already} unlabelled images."
        return f"{nothing}\n{result.features_note}".rstrip()
    lines = [
        f"'{name}' found {result.boxes} boxes on {result.predicted} images, {result.empty} of them without any, "
        f"in {result.seconds:.0f} s ({result.per_second:.1f} images/s on {result.device}).",
        result.device_note,
        result.features_note,
    ]
    if result.already:
        lines.append(f"{result.already} images had been done before.")
    if result.kept:
        lines.append(f"{result.kept} images were left as they are because you have worked on them.")
    if result.dropped:
        classes = ", ".join(f"{label} {count}" for label, count in result.dropped.items())
        lines.append(f"Boxes of classes that the project does not have were left out: {classes}.")
    lines += [f"{problem['image']}: {problem['what']}" for problem in problems]
    return "\n".join(line for line in lines if line)
