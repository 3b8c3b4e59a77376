"""`boxwright import`: labels or pre-labels from a dataset, and undoing that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from boxwright.cli.output import emit, json_option, progress_bar

if TYPE_CHECKING:
    from boxwright.formats.dataset import Problem
    from boxwright.services.importing.dataset import ImportAs, ImportResult, Preview
    from boxwright.services.importing.undo import Undone

SHOWN = 10
MOST_NAMES = 50


@click.command(name="import")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("path", type=click.Path(path_type=Path), required=False)
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
    "--column",
    "columns",
    multiple=True,
    metavar="COLUMN=MEANING",
    help="PATH is a CSV table; its column COLUMN (or its number) is image, class, xmin, ... Repeat it.",
)
@click.option(
    "--conflicts",
    type=click.Choice(["mine", "theirs", "both"]),
    default="mine",
    show_default=True,
    help="Whose labels count on images that have some; both: theirs wait as pre-labels.",
)
@click.option(
    "--by-name",
    is_flag=True,
    help="An image of the same name in another folder is the one that the dataset means.",
)
@click.option(
    "--exif",
    type=click.Choice(["upright", "stored"]),
    default="upright",
    show_default=True,
    help="What boxes of photos that EXIF turns were drawn on, where the dataset does not tell.",
)
@click.option("--preview", is_flag=True, help="Say what would come in, and write nothing.")
@click.option(
    "--pictures",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="With --preview: put five images with their boxes drawn there.",
)
@click.option("--undo", is_flag=True, help="Take back the newest import instead: no PATH.")
@json_option
def command(
    project: Path,
    path: Path | None,
    format_: str | None,
    as_: ImportAs,
    class_map: tuple[str, ...],
    columns: tuple[str, ...],
    conflicts: str,
    by_name: bool,
    exif: str,
    preview: bool,
    pictures: Path | None,
    undo: bool,
    as_json: bool,
) -> None:
    """Bring a dataset's images and labels into PROJECT.

    PATH is a dataset's folder, file or archive, in a format that 'boxwright formats' lists. An image that somebody has
    labelled keeps its labels, unless --conflicts says otherwise. With --undo the newest import is taken back, and the
    labels that it replaced are there again.
    """
    if undo:
        _undo(project, path, as_json)
        return
    if path is None:
        raise click.UsageError("An import needs PROJECT and PATH; or say PROJECT --undo.")
    from boxwright.formats.table_map import parsed_columns
    from boxwright.services.importing.dataset import Conflicts, import_dataset, preview_dataset
    from boxwright.services.project.project import Project

    if pictures is not None and not preview:
        raise click.UsageError("--pictures goes with --preview.")
    told = parsed_columns(columns)
    if preview:
        with Project.open(project, read_only=True) as opened, progress_bar("Looking") as report:
            found = preview_dataset(opened, path, format_, class_map, pictures, report, columns=told)
        emit(found.to_json(), preview_text(found), as_json)
        return
    with Project.open_for_writing(project) as opened, progress_bar("Importing") as report:
        result = import_dataset(
            opened, path, format_, as_, report, class_map=class_map, conflicts=Conflicts(conflicts), columns=told,
            by_name=by_name, stored=exif == "stored",
        )  # fmt: skip
    emit(result.to_json(), summary(result), as_json)


def _undo(project: Path, path: Path | None, as_json: bool) -> None:
    from boxwright.services.importing.undo import undo_import
    from boxwright.services.project.project import Project

    if path is not None:
        raise click.UsageError("--undo takes back the newest import, whatever it was; leave PATH out.")
    with Project.open_for_writing(project) as opened, progress_bar("Undoing") as report:
        undone = undo_import(opened, report)
    emit(undone.to_json(), undone_words(undone), as_json)


def undone_words(undone: Undone) -> str:
    """The result of an undo for a person."""
    lines = [f"The import of {undone.path} was undone: {undone.images} images are as they were before."]
    if undone.replaced:
        lines.append(f"On {undone.replaced} of them the labels that it had replaced are there again.")
    if undone.withdrawn:
        lines.append(f"{undone.withdrawn} pre-labels that nobody had judged are gone.")
    if undone.kept:
        lines.append(f"{len(undone.kept)} images were changed since and stay as they are (such as {undone.kept[0]}).")
    return "\n".join(lines)


def preview_text(preview: Preview) -> str:
    """The preview for a person."""
    from boxwright.formats.weighing import also_words
    from boxwright.services.importing.orientation import turned_words

    chosen = [f"{g.format} ({g.confidence:.0%}): {g.told}." for g in preview.guesses] or [f"{preview.format}."]
    lines = [f"Format: {chosen[0]}", *(f"  or {other}" for other in chosen[1:4])]
    if preview.guesses and preview.guesses[0].format != preview.format:
        lines.insert(0, f"Read as {preview.format}, as asked.")
    lines.append(
        f"{preview.images} images with {preview.boxes} boxes, {preview.empty} confirmed empty, "
        f"{preview.unlabeled} not labelled; {preview.scored} boxes carry a score."
    )
    lines.append(
        f"{preview.known} images are in the project, {preview.new} would be added, {preview.missing} are nowhere."
    )
    if preview.doubtful:
        lines.append(
            f"{preview.doubtful} of these fit an image of the project by their name alone; --by-name takes it."
        )
    lines += [*also_words(preview.guesses, preview.format), *filter(None, [turned_words(preview.turned, False)])]
    if preview.conflicts:
        lines.append(f"{preview.conflicts} images have labels of yours already; --conflicts says whose count.")
    lines.append("Classes:")
    for known in preview.classes:
        becomes = "" if known.becomes == known.name else f" -> {known.becomes or '(left out)'}"
        lines.append(f"  {known.name}{becomes}: {known.boxes} boxes{', new' if known.new else ''}")
    for number, sample in enumerate(preview.samples, start=1):
        lines.append(f"Picture {number}: {sample.path}, {len(sample.boxes)} boxes")
    lines.extend(flaw_lines(preview.by_kind()))
    lines.append("Nothing was written.")
    return "\n".join(lines)


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
        names = ", ".join(result.classes_added[:MOST_NAMES])
        more = len(result.classes_added) - MOST_NAMES
        lines.append(f"New classes: {names}." if more <= 0 else f"New classes: {names} and {more} more.")
    lines.extend(result.notes)
    lines.extend(flaw_lines(result.by_kind()))
    return "\n".join(lines)


def flaw_lines(groups: Mapping[str, Sequence[Problem]]) -> list[str]:
    """Some of each kind, with file and line."""
    lines = []
    for kind, problems in groups.items():
        lines.append(f"{kind} ({len(problems)}):")
        for problem in problems[:SHOWN]:
            where = problem.file if problem.line is None else f"{problem.file}:{problem.line}"
            lines.append(f"  {where}: {problem.what}")
        if len(problems) > SHOWN:
            lines.append(f"  and {len(problems) - SHOWN} more (--json lists them all)")
    return lines
