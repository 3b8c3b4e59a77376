"""`boxwright trainers`: what can train a detector, and whether it can run here."""

from __future__ import annotations

import click

from boxwright.cli.output import emit, json_option


@click.command()
@json_option
def command(as_json: bool) -> None:
    """List the trainers, and whether each can run on this machine."""
    from boxwright.training.registry import TRAINERS, trainers

    listed = [
        {"name": name, "summary": t.summary, "needs_base_model": t.needs_base_model, "obstacle": t.obstacle()}
        for name, t in trainers().items()
    ]
    lines = [
        f"{one['name']}: {one['summary']}" + (f"\n  {one['obstacle']}" if one["obstacle"] else "") for one in listed
    ]
    emit({"trainers": listed, "broken": TRAINERS.broken}, "\n".join(lines), as_json)
