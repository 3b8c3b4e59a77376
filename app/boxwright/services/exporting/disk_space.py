"""Check of the disk's room for copies of images."""

from __future__ import annotations

import shutil
from pathlib import Path

from boxwright.domain.errors import FormatError

_SPARE = 64 << 20


def free_room(out: Path) -> int | None:
    """Bytes free where `out` is or would be; None when that cannot be told."""
    for folder in (out, *out.parents):
        if folder.is_dir():
            try:
                return shutil.disk_usage(folder).free
            except OSError:
                return None
    return None


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


def size_words(count: int) -> str:
    """`3.2 GB`, in powers of 1000 as file managers count."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
