"""When two names are one, the one rule for files and the one for classes; and how many are told in a sentence."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

_UNSEEN = frozenset("\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u2060\ufeff\u3164\uffa0")
"""Characters that nobody sees in a name: soft hyphens, joiners, fillers, spaces without width."""


def file_key(path: str) -> str:
    """Equal for names that some file system takes for one: whatever the case, and however an accent is encoded."""
    if path.isascii():
        return path.lower()
    # Folding may take an accent apart again, so it stands between two compositions.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def class_key(name: str) -> str:
    """Equal for class names that nobody tells apart by looking at them: however accents and wide letters are encoded,
    whatever stands in them unseen, however many spaces. Case is seen, so `Cat` and `cat` are two classes."""
    if name.isascii():
        return " ".join(name.split())
    composed = unicodedata.normalize("NFC", "".join(c for c in name if c not in _UNSEEN))
    return " ".join(composed.split())


def listed(names: Sequence[str], most: int = 5) -> str:
    """The first of `names` for a sentence."""
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")
