"""`boxwright decoders`: the output layouts that are known."""

from __future__ import annotations

import click

from boxwright.cli.output import emit, json_option


@click.command("decoders")
@json_option
def command(as_json: bool) -> None:
    """List the output layouts of detectors that can be read."""
    from boxwright.inference.registry import DECODERS, decoders

    found = decoders()
    width = max(len(d.name) for d in found)
    listed = [{"name": d.name, "title": d.title, "nms_inside": d.suppressed} for d in found]
    result = {"decoders": listed, "broken": DECODERS.broken}
    emit(result, "\n".join(f"{d.name:<{width}}  {d.title}" for d in found), as_json)
