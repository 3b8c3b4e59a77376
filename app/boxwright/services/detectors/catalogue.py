"""Catalogue of detectors that can be had: the list that comes with Boxwright, and entries that a person added."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from boxwright.config import paths
from boxwright.config.atomic import atomic_write
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import reason_of
from boxwright.services.detectors.catalogue_entry import CatalogueEntry

_KEY = "detectors"
_LARGEST_LIST = 8 << 20


def read_list(file: Path, own: bool = True) -> tuple[CatalogueEntry, ...]:
    """The entries of a list: a JSON object `{"detectors": [...]}`. Raises ModelError for a file that is none, naming
    the first fault, and for a name that is there twice."""
    try:
        if file.stat().st_size > _LARGEST_LIST:
            raise ModelError("{0} is too large for a list of detectors.", file)
        data = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ModelError("The list {0} cannot be read: {1}.", file, reason_of(error)) from error
    except (ValueError, RecursionError) as error:
        raise ModelError("{0} is no list of detectors: it is not readable JSON ({1}).", file, error) from error
    told = data.get(_KEY) if isinstance(data, dict) else None
    if not isinstance(told, list):
        raise ModelError('{0} is no list of detectors: it must be an object such as {{"detectors": [...]}}.', file)
    try:
        entries = tuple(CatalogueEntry.from_json(one, own) for one in told)
    except ModelError as error:
        raise ModelError("{0} cannot be used as a list of detectors. {1}", file, error) from error
    names = [entry.name for entry in entries]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise ModelError("{0} cannot be used as a list of detectors: '{1}' is in it twice.", file, twice)
    return entries


def shipped_list() -> Path:
    return paths.models() / "catalogue.json"


def own_list() -> Path:
    """A person's entries; the file may not exist yet."""
    return paths.config_dir() / "detectors.json"


def catalogue() -> tuple[CatalogueEntry, ...]:
    """All entries, a person's own after those that come with Boxwright. Raises ModelError where the own list is
    damaged."""
    shipped = read_list(shipped_list(), own=False)
    taken = {entry.name for entry in shipped}
    return (*shipped, *(entry for entry in own_entries() if entry.name not in taken))


def own_entries() -> tuple[CatalogueEntry, ...]:
    return read_list(own_list()) if own_list().is_file() else ()


def entry_of(name: str, entries: Iterable[CatalogueEntry] | None = None) -> CatalogueEntry:
    """The entry called `name`, whatever the case. Raises ModelError."""
    listed = tuple(catalogue() if entries is None else entries)
    found = next((entry for entry in listed if entry.name == name.strip().lower()), None)
    if found is None:
        raise ModelError(
            "No detector '{0}' is in the catalogue; it has {1}.", name, ", ".join(entry.name for entry in listed)
        )
    return found


def add_entries(entries: Sequence[CatalogueEntry]) -> None:
    """Put `entries` into a person's own list; those of the same name there are replaced. Raises ModelError for a name
    that comes with Boxwright, and when the list cannot be written; then nothing has changed."""
    shipped = {entry.name for entry in read_list(shipped_list(), own=False)}
    for entry in entries:
        if entry.name in shipped:
            raise ModelError(
                "'{0}' is in the catalogue that comes with Boxwright; give the entry another name.", entry.name
            )
    added = {entry.name: replace(entry, own=True) for entry in entries}
    _write([*(entry for entry in own_entries() if entry.name not in added), *added.values()])


def remove_entry(name: str) -> CatalogueEntry:
    """Take an entry out of a person's own list; a file that was downloaded stays. Raises ModelError."""
    entry = entry_of(name)
    if not entry.own:
        raise ModelError("'{0}' comes with Boxwright; only entries of your own can be removed.", entry.name)
    _write([one for one in own_entries() if one.name != entry.name])
    return entry


def _write(entries: Sequence[CatalogueEntry]) -> None:
    text = json.dumps({_KEY: [entry.to_json() for entry in entries]}, indent=2, ensure_ascii=False)
    try:
        atomic_write(own_list(), (text + "\n").encode())
    except OSError as error:
        raise ModelError("The list {0} could not be written: {1}.", own_list(), reason_of(error)) from error
