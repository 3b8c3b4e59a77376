"""Room on a disk, and sizes in words."""

from __future__ import annotations

import shutil
from pathlib import Path


def free_room(out: Path) -> int | None:
    """Bytes free where `out` is or would be; None when that cannot be told."""
    try:
        return shutil.disk_usage(nearest_folder(out)).free
    except OSError:
        return None


def nearest_folder(place: Path) -> Path:
    """`place`, or the nearest folder above it that is there; `place` itself where there is none."""
    return next((folder for folder in (place, *place.parents) if folder.is_dir()), place)


def size_words(count: int) -> str:
    """`3.2 GB`, in powers of 1000 as file managers count."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
