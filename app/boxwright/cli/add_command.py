"""`boxwright add`: more images, moved images, more validation images."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.output import emit, json_option, progress_bar, share_option
from boxwright.domain.names import listed

if TYPE_CHECKING:
    from boxwright.services.images.scan import ScanResult

SHOWN = 10


@click.command("add")
@click.argument("project", type=click.Path(path_type=Path))
@click.argument("folders", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "--move-root",
    "moves",
    metavar="NAME=FOLDER",
    multiple=True,
    help="The images of the root NAME are in FOLDER now (see `status` for the names); repeat.",
)
@share_option("--val", help="Also set this share of the images new since the last time aside.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Of --val.")
@json_option
def command(
    project: Path, folders: tuple[Path, ...], moves: tuple[str, ...], val: float | None, seed: int, as_json: bool
) -> None:
    """Add every image below FOLDERS to PROJECT. What it has already is not read again."""
    from boxwright.services.images.scan import add_folders
    from boxwright.services.project.project import Project
    from boxwright.services.project.roots import move_root
    from boxwright.services.project.split import freeze_validation

    if not folders and not moves and val is None:
        raise click.UsageError("Say which FOLDERS to add, or --move-root NAME=FOLDER.")
    pairs = [_pair(text) for text in moves]
    with Project.open_for_writing(project) as opened:
        lines = []
        for name, folder in pairs:
            move_root(opened, name, folder)
            lines.append(f"The images of '{name}' are in {folder} now.")
        with progress_bar("Adding") as report:
            result = add_folders(opened, folders, report)
        if val is not None:
            total = freeze_validation(opened, val, seed, extend=True)
            lines.append(f"{total} images are set aside for measuring.")
        counts = opened.images.counts()
        if folders:
            lines = [*scan_lines(result), *lines]
        shown = {**scan_json(result), "images": counts["images"], "validation": counts["validation"]}
    emit(shown, "\n".join(lines), as_json)


def _pair(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise click.BadParameter(f"'{text}' is not of the form NAME=FOLDER.", param_hint="--move-root")
    return name, Path(folder)


def scan_json(result: ScanResult) -> dict[str, Any]:
    """The result of a scan in JSON types."""
    names = (
        "found", "added", "changed", "moved", "unchanged", "missing", "duplicates", "unreadable", "changed_labeled",
        "ignored", "unread", "hidden", "replaced", "missing_labeled",
    )  # fmt: skip
    problems = [{"file": file, "what": what} for file, what in result.problems]
    return {**{name: getattr(result, name) for name in names}, "problems": problems}


def scan_lines(result: ScanResult) -> list[str]:
    """The result of a scan for a person."""
    from boxwright.services.images.unread import unread_words

    parts = {
        "new": result.added,
        "changed": result.changed,
        "moved": result.moved,
        "as before": result.unchanged,
        "copies set aside": result.duplicates,
        "unreadable": result.unreadable,
        "gone": result.missing,
    }
    told = ", ".join(f"{number} {what}" for what, number in parts.items() if number) or "none"
    lines = [f"{result.found} image files: {told}."]
    if result.ignored or result.hidden:
        lines.append(f"Left out: {result.ignored} files that are no images, {result.hidden} hidden ones.")
    unread = unread_words(result.unread)
    if unread:
        lines.append(unread)
    if result.changed_labeled:
        lines.append(
            f"{result.changed_labeled} labelled images have other pixels than before: look at their boxes in "
            f"{listed(result.replaced, SHOWN)}."
        )
    if result.missing_labeled:
        lines.append(
            f"{len(result.missing_labeled)} labelled images are not there any more, their labels are kept: "
            f"{listed(result.missing_labeled, SHOWN)}."
        )
    lines += [f"  {file}: {what}" for file, what in result.problems[:SHOWN]]
    if len(result.problems) > SHOWN:
        lines.append(f"  and {len(result.problems) - SHOWN} more (--json lists them all)")
    return lines
