"""`boxwright status`: figures of a project, and what to do next."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from boxwright.cli.output import emit, json_option
from boxwright.domain.begun import Begun


@click.command("status")
@click.argument("project", type=click.Path(path_type=Path))
@json_option
def command(project: Path, as_json: bool) -> None:
    """Count images, labels and boxes, name the detector, and say what to do next."""
    from boxwright.services.project.project import Project
    from boxwright.services.project.status import status

    with Project.open(project, read_only=True) as opened:
        found = status(opened)
    emit(found, "\n".join(_lines(found)), as_json)


def _lines(found: dict[str, Any]) -> list[str]:
    aside = {
        "copies set aside": found["duplicates"],
        "not the file that was labelled": found["replaced"],
        "unreadable": found["unreadable"],
        f"set aside for measuring, {found['validation_labeled']} of them labelled": found["validation"],
    }
    lines = [
        f"{found['images']} images: {found['labeled']} labelled, {found['skipped']} skipped, "
        f"{found['unlabeled']} to do" + "".join(f", {number} {what}" for what, number in aside.items() if number) + ".",
        f"{found['boxes']} boxes: "
        + (", ".join(f"{n} {c}" for n, c in found["classes"].items()) or "no classes")
        + ".",
        f"Detector: {found['model'] or 'none'}" + "".join(_figures(found["metrics"])) + ".",
    ]
    if found["begun"]:
        left = Begun(found["begun"], found["begun_boxes"])
        lines.append(f"Not marked as labelled: {left.words}. Label them (the window lists them), or pass --begun.")
    if found["skipped_boxes"]:
        lines.append(f"Boxes on skipped images, which no export takes: {found['skipped_boxes']}.")
    if found["batch"]:
        batch = found["batch"]
        lines.append(f"Batch {batch['id']}: {batch['left']} of {batch['size']} images left; {found['rounds']} so far.")
    lines += [f"Images '{r['name']}': {r['folder']}" + ("" if r["there"] else " (NOT THERE)") for r in found["roots"]]
    return [*lines, f"Next: {found['next_step']}"]


def _figures(metrics: dict[str, Any]) -> list[str]:
    named = {"AP": "AP", "AP50": "AP50", "fixes_per_image": "boxes to fix per image"}
    return [f", {words} {metrics[key]:.3f}" for key, words in named.items() if metrics.get(key) is not None]
