"""`boxwright export`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from boxwright.cli.output import emit, json_option, progress_bar

if TYPE_CHECKING:
    from boxwright.services.exporting import ExportResult, Only


@click.command(name="export")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--format", "format_", required=True, metavar="F", help="coco, yolo, voc, or one that was added.")
@click.option(
    "--images",
    type=click.Choice(["copy", "link", "none"]),
    default="copy",
    show_default=True,
    help="Copy the image files, link to them (a copy where links do not work), or leave them out.",
)
@click.option(
    "--only",
    type=click.Choice(["labeled", "all"]),
    default="labeled",
    show_default=True,
    help="all: the images that nobody has labelled too, marked as such.",
)
@json_option
def command(project: Path, out: Path, format_: str, images: str, only: Only, as_json: bool) -> None:
    """Write the labels of PROJECT as the dataset folder OUT.

    OUT is missing, empty, or an earlier export; anything else is left as it is.
    """
    from boxwright.formats.staging import ImageMode
    from boxwright.services.exporting import export_dataset
    from boxwright.services.project import Project

    with Project.open(project, read_only=True) as opened, progress_bar("Exporting") as report:
        result = export_dataset(opened, out, format_, ImageMode(images), only, report)
    emit(result.to_json(), _summary(result), as_json)


def _summary(result: ExportResult) -> str:
    splits = ", ".join(f"{count} {split}" for split, count in result.splits.items())
    lines = [
        f"{result.images} images ({splits}) with {result.boxes} boxes in {len(result.classes)} classes, {result.empty} "
        f"confirmed empty, as {result.format} in {result.out}.",
        *result.notes,
    ]
    return "\n".join(lines)
