"""Entry of the catalogue of detectors: one file, where it can be had, what it is and what it is good for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from boxwright.domain.class_lists import class_list
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import N_, Message
from boxwright.domain.prediction import ProbKind

GUESS, BASE = "guess", "base"
"""What a detector is good for: to guess at once, and to train from."""

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}[a-z0-9]")
# Names that Windows keeps for devices, also with an ending.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?")
_HASH = re.compile(r"[0-9a-f]{64}")
_LONGEST_TEXT, _MOST_CLASSES = 2000, 10_000
_PINNED = re.compile(
    r"https://(?:github\.com/[^/]+/[^/]+/releases/download/(?P<release>[^/]+)/"
    r"|(?:raw|media)\.githubusercontent\.com/(?:media/)?[^/]+/[^/]+/(?P<commit>[0-9a-f]{40})/"
    r"|huggingface\.co/[^/]+/[^/]+/resolve/(?P<revision>[0-9a-f]{40})/)"
)


@dataclass(frozen=True)
class CatalogueEntry:
    """Entry of the catalogue: one detector file, where it is and what it is.

    `name`: what a person types, and the file is called. `source`: an address (http or https) of the file itself.
    `bytes` and `sha256`: of the file, None where nobody has seen it; `about_bytes` is then a guess. `classes`: names in
    the order of its outputs, empty where the file says them. `input`: pixels of a side. `ap`: COCO AP in percent, by
    its authors. `probabilities`: `sigmoid` or `softmax`, a whole vector for each box, or `score`, the top one. `card`:
    points of a card that the file does not say. `own`: a person added it.
    """

    name: str
    source: str
    title: str = ""
    licence: str = ""
    bytes: int | None = None
    about_bytes: int | None = None
    sha256: str | None = None
    classes: tuple[str, ...] = ()
    input: int | None = None
    parameters: int | None = None
    ap: float | None = None
    trained_on: str = ""
    pretrained_on: str = ""
    good_for: tuple[str, ...] = ()
    probabilities: str = ""
    card: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False

    @property
    def pinned_to(self) -> str:
        """The release or commit that the address names, "" where it may hold another file tomorrow."""
        found = _PINNED.match(self.source)
        return next((part for part in found.groups() if part), "") if found else ""

    @property
    def host(self) -> str:
        return urlsplit(self.source).hostname or ""

    @property
    def file_name(self) -> str:
        """What the file is called where it comes from."""
        return unquote(urlsplit(self.source).path.rpartition("/")[2])

    @property
    def said(self) -> dict[str, Any]:
        """The points of a card that are said of the file."""
        notes = {"licence": self.licence, "origin": self.source}
        told = {**self.card, "notes": {k: v for k, v in notes.items() if v}}
        return {**told, "classes": list(self.classes)} if self.classes else told

    def to_json(self) -> dict[str, Any]:
        """What `from_json` reads back, `own` left out."""
        known = {key: getattr(self, key) for key in _FIELDS}
        told = {key: value for key, value in known.items() if value not in ("", None, (), {})}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in told.items()}

    @staticmethod
    def from_json(data: Any, own: bool = False) -> CatalogueEntry:
        """Raises ModelError for what is no entry, naming the point."""
        if not isinstance(data, dict):
            raise ModelError("An entry must be an object with a name and a source.")
        name = data.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name) or _DEVICES.fullmatch(name):
            raise _wrong(
                name, "name", N_("2 to 62 small letters, digits, '-', '_' or '.', and begin with one of the first")
            )
        for key, value in data.items():
            if key not in _FIELDS:
                raise ModelError("'{0}': '{1}' is no point of an entry; it has {2}.", name, key, ", ".join(_FIELDS))
            check, words = _FIELDS[key]
            if value is not None and not check(value):
                raise _wrong(name, key, words)
        if not data.get("source"):
            raise _wrong(name, "source", _FIELDS["source"][1])
        known = {key: value for key, value in data.items() if value is not None}
        known["title"] = known.get("title") or name
        known["good_for"], known["classes"] = tuple(known.get("good_for", ())), _classes(name, data)
        return CatalogueEntry(**known, own=own)


def _wrong(name: object, key: str, words: str) -> ModelError:
    return ModelError("'{0}': '{1}' must be {2}.", str(name)[:80], key, Message(words))


def _classes(name: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    told = data.get("classes") or ()
    if not isinstance(told, str):
        return tuple(told)
    known = class_list(told)
    if known is None:
        raise _wrong(name, "classes", "a list of names, or a known one such as coco80")
    return known.names


def _text(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST_TEXT and value.isprintable()


def _address(value: object) -> bool:
    if not isinstance(value, str) or not _text(value) or " " in value:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 45


def _percent(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 100


def _names(value: object) -> bool:
    if isinstance(value, str):
        return True
    return isinstance(value, list) and len(value) <= _MOST_CLASSES and all(_text(one) and one for one in value)


def _hash(value: object) -> bool:
    return isinstance(value, str) and bool(_HASH.fullmatch(value))


def _uses(value: object) -> bool:
    return isinstance(value, list) and all(one in (GUESS, BASE) for one in value)


def _kind(value: object) -> bool:
    return value in [str(kind) for kind in ProbKind]


def _object(value: object) -> bool:
    return isinstance(value, dict)


# Each point of an entry: what it may be, in code and in words.
_FIELDS: Mapping[str, tuple[Callable[[object], bool], str]] = {
    "name": (_text, N_("text")),
    "title": (_text, N_("text")),
    "licence": (_text, N_("text")),
    "source": (_address, N_("an address that begins with https:// or http://")),
    "bytes": (_whole, N_("a whole number")),
    "about_bytes": (_whole, N_("a whole number")),
    "sha256": (_hash, N_("64 hexadecimal digits in small letters")),
    "classes": (_names, N_("a list of names, or a known one such as coco80")),
    "input": (_whole, N_("a whole number")),
    "parameters": (_whole, N_("a whole number")),
    "ap": (_percent, N_("a number from 0 to 100")),
    "trained_on": (_text, N_("text")),
    "pretrained_on": (_text, N_("text")),
    "good_for": (_uses, N_("a list of 'guess' and 'base'")),
    "probabilities": (_kind, ", ".join(ProbKind)),
    "card": (_object, N_("an object such as a card")),
}
