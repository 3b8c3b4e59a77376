"""Check of the disk's room for copies of images."""

from __future__ import annotations

from pathlib import Path

from boxwright.config.disk import free_room, size_words
from boxwright.domain.errors import FormatError

_SPARE = 64 << 20


def check_room(out: Path, needed: int) -> None:
    """Raise FormatError when copies of `needed` bytes would fill the disk that `out` lies on."""
    free = free_room(out)
    if free is not None and needed + _SPARE > free:
        raise FormatError(
            "The copies of the images need {0}, and {1} are free at {2}; make room, "
            "name a folder on another disk, or link the images.",
            size_words(needed),
            size_words(free),
            out,
        )
