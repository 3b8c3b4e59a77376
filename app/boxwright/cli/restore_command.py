"""`boxwright restore`: go back to one of a project's backups."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from boxwright.cli.output import emit, json_option


@click.command("restore")
@click.argument("project", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("name", required=False)
@json_option
def command(project: Path, name: str | None, as_json: bool) -> None:
    """Let PROJECT be as its backup NAME has it, by default the newest that is whole.

    What is there now is kept as a backup first, damaged or not, so that one can go back from going back. Image files
    and detector files stay as they are.
    """
    from boxwright.services.project.backups import now_there
    from boxwright.services.project.restore import restore

    done = restore(project, name)
    counts = now_there(project.expanduser().absolute())
    result = {
        "project": str(project),
        "backup": done.backup.name,
        "kept": done.kept,
        "now": counts and asdict(counts),
        "notes": list(done.notes),
    }
    words = f"{counts.images} images, {counts.labeled} labelled, {counts.boxes} boxes" if counts else ""
    lines = [
        f"The project is as it was on {done.backup.made.astimezone():%Y-%m-%d %H:%M}: {words}.",
        f"What was there before is kept as '{done.kept}'.",
        *done.notes,
    ]
    emit(result, "\n".join(lines), as_json)
