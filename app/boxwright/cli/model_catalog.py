"""`boxwright model catalog`: detectors that can be had, and a person's own entries."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from boxwright.cli.output import emit, json_option
from boxwright.config.disk import size_words
from boxwright.domain.class_lists import named
from boxwright.domain.errors import SettingError
from boxwright.services.detectors.catalogue import add_entries, catalogue, read_list, remove_entry
from boxwright.services.detectors.catalogue_entry import BASE, GUESS, CatalogueEntry
from boxwright.services.detectors.kept import kept

_GOOD_FOR = {GUESS: "to guess at once", BASE: "to train from"}


@click.command("catalog")
@click.option(
    "--add", "added", type=click.Path(path_type=Path), metavar="LIST", help="Take the entries of a list over."
)
@click.option("--remove", "removed", metavar="NAME", help="Take an entry of your own out of the list.")
@json_option
def catalog_command(added: Path | None, removed: str | None, as_json: bool) -> None:
    """List the detectors that `model get` brings. Nothing is asked of any network."""
    if added is not None and removed:
        raise SettingError("Give --add or --remove, not both.")
    if added is not None:
        add_entries(read_list(added))
    if removed:
        remove_entry(removed)
    entries = catalogue()
    lines = [_HEAD, *map(_line, entries), "", "'boxwright model get NAME' brings one; * is here already."]
    emit({"detectors": [entry_json(entry) for entry in entries]}, "\n".join(lines), as_json)


def entry_json(entry: CatalogueEntry) -> dict[str, Any]:
    """The entry with what is known of its file here: `file` and `seconds_per_image`, None where it is not here."""
    here = kept(entry)
    return {
        "name": entry.name,
        "title": entry.title,
        "licence": entry.licence,
        "source": entry.source,
        "pinned_to": entry.pinned_to,
        "bytes": entry.bytes,
        "about_bytes": entry.about_bytes,
        "sha256": entry.sha256,
        "classes": list(entry.classes),
        "input": entry.input,
        "parameters": entry.parameters,
        "AP": None if entry.ap is None else round(entry.ap / 100, 4),
        "trained_on": entry.trained_on,
        "pretrained_on": entry.pretrained_on,
        "good_for": list(entry.good_for),
        "probabilities": entry.probabilities,
        "own": entry.own,
        "file": str(here.file) if here else None,
        "seconds_per_image": here.seconds if here else None,
    }


def size_text(entry: CatalogueEntry) -> str:
    if entry.bytes is not None:
        return size_words(entry.bytes)
    return f"~{size_words(entry.about_bytes)}" if entry.about_bytes else "?"


_COLUMNS = "{0:1} {1:<16} {2:>8}  {3:>5}  {4:>5}  {5:<14} {6:<14} {7}"
_HEAD = _COLUMNS.format("", "name", "size", "AP", "input", "classes", "licence", "good").rstrip()


def _line(entry: CatalogueEntry) -> str:
    ap = "–" if entry.ap is None else f"{entry.ap / 100:.3f}"
    classes = f"{len(named(entry.classes))} {entry.trained_on}" if entry.classes else "?"
    good = ", ".join(_GOOD_FOR[use] for use in entry.good_for)
    mark = "*" if kept(entry) else ""
    licence = entry.licence or "not said"
    return _COLUMNS.format(mark, entry.name, size_text(entry), ap, entry.input or "?", classes, licence, good).rstrip()
