"""`boxwright formats`: the dataset formats, and which of them a path is in."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.output import emit, json_option, progress_bar

if TYPE_CHECKING:
    from boxwright.formats.base import Capabilities


@click.command(name="formats")
@click.argument("path", required=False, type=click.Path(path_type=Path))
@json_option
def command(path: Path | None, as_json: bool) -> None:
    """List the dataset formats, or with PATH say which of them a folder, file or archive is in."""
    from boxwright.formats.registry import FORMATS, formats
    from boxwright.services.importing.read import look_at

    if path is not None:
        if not path.exists():
            raise click.BadParameter(f"{path} does not exist.", param_hint="PATH")
        with progress_bar("Looking") as report:
            guesses = look_at(path, report)
        text = "\n".join(f"{g.format}: {g.confidence:.0%}, {g.told}" for g in guesses) or f"{path}: no known format."
        emit({"path": str(path), "guesses": [asdict(g) for g in guesses]}, text, as_json)
        return
    listed = [{"name": f.name, "title": f.title, **_plain(f.capabilities)} for f in formats()]
    width = max(len(f.name) for f in formats())
    text = "\n".join(f"{f.name.ljust(width)}  {f.title}\n{' ' * width}  {_holds(f.capabilities)}" for f in formats())
    emit({"formats": listed, "broken": FORMATS.broken}, text, as_json)


def _plain(capabilities: Capabilities) -> dict[str, Any]:
    held = asdict(capabilities).items()
    return {key: sorted(value) if isinstance(value, frozenset) else value for key, value in held}


def _holds(capabilities: Capabilities) -> str:
    can = [
        (capabilities.splits, "splits"),
        (capabilities.empty_images, "empty images"),
        (capabilities.class_ids, "class ids"),
        (capabilities.unused_classes, "unused classes"),
        (capabilities.scores, "scores"),
        (bool(capabilities.flags), ", ".join(sorted(capabilities.flags))),
        (bool(capabilities.attributes), "attributes"),
        (capabilities.tags, "tags"),
        (capabilities.notes, "notes"),
        (capabilities.provenance, "provenance"),
    ]
    return f"keeps {', '.join(text for holds, text in can if holds)}; exact to {capabilities.accuracy:g} pixels"
