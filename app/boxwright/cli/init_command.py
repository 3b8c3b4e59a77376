"""`boxwright init`: make a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.add_command import scan_json, scan_lines
from boxwright.cli.class_list import class_names
from boxwright.cli.output import emit, json_option, progress_bar, share_option

if TYPE_CHECKING:
    from boxwright.services.project.create import Created


@click.command("init")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("more", metavar="", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "--images",
    "folders",
    metavar="DIR...",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Folders of images, in their order.",
)
@click.option("--classes", metavar="a,b|FILE", help="Class names, a file with one a line, or coco80, voc20.")
@click.option("--labels", type=click.Path(path_type=Path), help="A dataset whose labels are imported.")
@click.option("--format", "format_", metavar="F", help="The format of --labels, when it is not to be recognised.")
@share_option("--val", default="0%", help="Share of the images set aside for measuring.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of the validation split.")
@json_option
def command(
    project: Path,
    more: tuple[Path, ...],
    folders: tuple[Path, ...],
    classes: str | None,
    labels: Path | None,
    format_: str | None,
    val: float,
    seed: int,
    as_json: bool,
) -> None:
    """Make a project in the folder PROJECT. Images stay where they are."""
    from boxwright.services.project.create import NewProjectRequest, create_project

    if more and not folders:
        raise click.UsageError(f"'{more[0]}' is one too many; folders of images come after --images.")
    if not folders and labels is None:
        raise click.UsageError("Say where the images are: --images FOLDER, or --labels DATASET that comes with images.")
    names = class_names(classes) if classes is not None else []
    wanted = NewProjectRequest((*folders, *more), names, labels, format_, val, seed)
    with progress_bar("Making the project") as report:
        made = create_project(project, wanted, report, finish=False)
    with made.project:
        emit(_json(made), "\n".join(_lines(made)), as_json)
        made.project.made()


def _json(made: Created) -> dict[str, Any]:
    return {
        "project": str(made.project.folder),
        **scan_json(made.scan),
        "images": made.project.images.counts()["images"],
        "classes": [c.name for c in made.project.classes.all()],
        "validation": made.validation,
        "import": made.imported.to_json() if made.imported else None,
    }


def _lines(made: Created) -> list[str]:
    from boxwright.services.project.status import status

    lines = [f"Made the project {made.project.folder}.", *scan_lines(made.scan)]
    if made.imported:
        from boxwright.cli.import_command import summary

        lines.append(summary(made.imported))
    if made.validation:
        lines.append(f"{made.validation} images are set aside for measuring and will not be trained on.")
    return [*lines, status(made.project)["next_step"]]
