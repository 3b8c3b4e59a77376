"""`boxwright backups`: the backups of a project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from boxwright.cli.output import emit, json_option

if TYPE_CHECKING:
    from boxwright.services.project.backups import Listed
    from boxwright.store.backup import Counts


@click.command("backups")
@click.argument("project", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--make", is_flag=True, help="Make one now.")
@json_option
def command(project: Path, make: bool, as_json: bool) -> None:
    """List the backups of PROJECT, newest first, with what is in each beside what is there now.

    The project need not open for that. 'boxwright restore' goes back to one.
    """
    from boxwright.services.project import backups

    if make:
        from boxwright.services.project.project import Project

        with Project.open(project, read_only=True) as opened:
            backups.make(opened.folder)
    folder = project.expanduser().absolute()
    now, found = backups.now_there(folder), backups.listed(folder)
    result = {
        "project": str(folder),
        "now": now and {"images": now.images, "labeled": now.labeled, "boxes": now.boxes},
        "backups": [one.to_json() for one in found],
    }
    emit(result, "\n".join([_row("now", now, ""), *map(_line, found)]), as_json)


def _line(one: Listed) -> str:
    return _row(one.backup.name, one.counts, one.words)


def _row(name: str, counts: Counts | None, why: str) -> str:
    what = f"{counts.images} images, {counts.labeled} labelled, {counts.boxes} boxes" if counts else "cannot be read"
    return f"{name:<46} {what}" + (f"  ({why})" if why else "")
