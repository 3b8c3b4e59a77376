"""Equality of names, one rule for files and one for classes; how many names are told in a sentence."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

_JOINERS = "\u200c\u200d"
"""Seen in some scripts and in emoji, where they join or part letters; so they stay in a name, but tell no two apart."""

_UNSEEN = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2060\ufeff\u3164\uffa0")
"""Characters that nobody sees in a name: soft hyphens, fillers, spaces without width, marks of direction."""

_SEPARATORS = re.compile(r"[\s_\-]+")
T = TypeVar("T")


def file_key(path: str) -> str:
    """Equal for names that some file system takes for one: whatever the case, and however an accent is encoded."""
    if path.isascii():
        return path.lower()
    # Folding may take an accent apart again, so it stands between two compositions.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def clean_class(name: str) -> str:
    """A class name as it is stored: nothing in it unseen, single spaces; "" when nothing is left."""
    if not name.isascii():
        name = "".join(c for c in name if c not in _UNSEEN)
    seen = "".join(c if c.isprintable() or c.isspace() or c in _JOINERS else " " for c in name)
    return " ".join(part for word in seen.split() if (part := word.strip(_JOINERS)))


def class_key(name: str) -> str:
    """Equal for class names that nobody tells apart by looking at them. Case is seen: `a` and `A` are two classes."""
    cleaned = clean_class(name)
    if cleaned.isascii():
        return cleaned
    return unicodedata.normalize("NFC", cleaned.replace(_JOINERS[0], "").replace(_JOINERS[1], ""))


class ByName(Generic[T]):
    """Lookup of values by class name.

    What classes stand for, found by their names. A project may have two spellings of one name from before: the very
    spelling is looked for first.
    """

    def __init__(self, named: Iterable[tuple[str, T]]) -> None:
        pairs = list(named)
        self._whole = dict(reversed(pairs))
        self._keys = {class_key(name): value for name, value in reversed(pairs)}
        self._loose: dict[str, list[T]] = {}
        for name, value in pairs:
            self._loose.setdefault(_loose_key(name), []).append(value)

    def find(self, name: str) -> T | None:
        """What stands under this name."""
        found = self._whole.get(name)
        return found if found is not None else self._keys.get(class_key(name))

    def find_loosely(self, name: str) -> T | None:
        """As `find`, else the only one that differs but by case, spaces, `_` and `-`: detectors write names so."""
        found = self.find(name)
        near = self._loose.get(_loose_key(name), ()) if found is None else ()
        return near[0] if len(near) == 1 else found


def _loose_key(name: str) -> str:
    return file_key(_SEPARATORS.sub("", class_key(name)))


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first of `names` for a sentence."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
