"""Values of a project file that its columns cannot hold: SQLite itself lets any column hold anything."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from boxwright.store.connection import Store

_KINDS = {"INTEGER": "'integer'", "REAL": "'real', 'integer'", "TEXT": "'text'", "BLOB": "'blob'"}
# Texts that are JSON, and numbers within what a picture can be.
_JSON = {
    "annotation.attributes", "batch.settings", "edit_log.edit", "model.card", "model.class_map", "model.metrics",
    "setting.value",
}  # fmt: skip
_PATHS = {"image.path", "root.folder", "model.file"}
_LARGEST = 1e9
_MOST_BRACES = 64
_BOUNDED = {
    **dict.fromkeys(("image.width", "image.height"), (0, _LARGEST)),
    **{f"{t}.{c}": (-_LARGEST, _LARGEST) for t in ("annotation", "prediction") for c in ("x1", "y1", "x2", "y2")},
}


SMALL = ("batch", "class", "model", "root", "setting")
"""Tables of some rows each, which can be looked through whenever a project is opened."""


def odd_value(database: Path, among: Collection[str] | None = None) -> str | None:
    """`TABLE.COLUMN` of the first with such a value; None where all are as they should be. `among`: only these tables.
    Raises ProjectError."""
    store = Store(database, read_only=True)
    try:
        tables = [name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for table in (name for name in tables if among is None or name in among):
            for _, column, kind, *_ in store.rows("SELECT * FROM pragma_table_info(?)", [table]):
                terms = _terms(f"{table}.{column}", column, kind)
                if terms and store.value(f'SELECT 1 FROM "{table}" WHERE {" OR ".join(terms)} LIMIT 1'):
                    return f"{table}.{column}"
    finally:
        store.close()
    return None


def _terms(place: str, column: str, kind: str) -> list[str]:
    if kind not in _KINDS or '"' in place:
        return []
    terms = [f"typeof(\"{column}\") NOT IN ('null', {_KINDS[kind]})"]
    if place in _PATHS:
        terms.append(f'instr("{column}", char(0))')
    if place in _JSON:
        terms.append(f'"{column}" != \'\' AND NOT json_valid("{column}")')
    if place == "annotation.attributes":
        # A name and a value each, so that nothing is nested.
        terms.append(f"length(\"{column}\") - length(replace(\"{column}\", '{{', '')) > {_MOST_BRACES}")
    if place in _BOUNDED:
        low, high = _BOUNDED[place]
        terms.append(f'"{column}" NOT BETWEEN {low} AND {high}')
    return terms
