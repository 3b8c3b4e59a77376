"""`boxwright import`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from boxwright.cli.output import emit, json_option, progress_bar

if TYPE_CHECKING:
    from boxwright.services.importing import ImportAs, ImportResult

SHOWN = 10


@click.command(name="import")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--format", "format_", metavar="F", help="The dataset's format, when it is not to be recognised.")
@click.option(
    "--as",
    "as_",
    type=click.Choice(["labels", "prelabels"]),
    default="labels",
    show_default=True,
    help="labels: a person stands behind them. prelabels: a detector's boxes, to be corrected.",
)
@click.option("--class-map", "class_map", multiple=True, metavar="OLD=NEW", help="Rename a class; OLD= leaves it out.")
@click.option(
    "--conflicts",
    type=click.Choice(["mine", "theirs", "both"]),
    default="mine",
    show_default=True,
    help="Whose labels count on images that have some; both: theirs wait as pre-labels.",
)
@json_option
def command(
    project: Path,
    path: Path,
    format_: str | None,
    as_: ImportAs,
    class_map: tuple[str, ...],
    conflicts: str,
    as_json: bool,
) -> None:
    """Bring a dataset's images and labels into PROJECT.

    PATH is a dataset's folder or file, in a format that 'boxwright formats' lists. An image that somebody has labelled
    keeps its labels, unless --conflicts says otherwise.
    """
    from boxwright.services.importing import Conflicts, import_dataset
    from boxwright.services.project import Project

    with Project.open_for_writing(project) as opened, progress_bar("Importing") as report:
        result = import_dataset(opened, path, format_, as_, report, class_map=class_map, conflicts=Conflicts(conflicts))
    emit(result.to_json(), summary(result), as_json)


def summary(result: ImportResult) -> str:
    """The result for a person: what came in, then the flaws, like ones together."""
    guessed = result.kind == "prelabels"
    what = f"pre-labelled boxes, {result.empty} without any" if guessed else f"boxes, {result.empty} confirmed empty"
    lines = [f"{result.images} images with {result.boxes} {what} ({result.format})."]
    if result.unlabeled:
        lines.append(f"{result.unlabeled} images of the dataset are not labelled.")
    if result.unchanged:
        lines.append(f"{result.unchanged} images had exactly these labels already.")
    if result.classes_added:
        lines.append(f"New classes: {', '.join(result.classes_added)}.")
    lines.extend(result.notes)
    for kind, problems in result.by_kind().items():
        lines.append(f"{kind} ({len(problems)}):")
        for problem in problems[:SHOWN]:
            where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
            lines.append(f"  {where}: {problem.what}")
        if len(problems) > SHOWN:
            lines.append(f"  and {len(problems) - SHOWN} more (--json lists them all)")
    return "\n".join(lines)
