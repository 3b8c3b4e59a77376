"""Room on a disk, and sizes in words."""

from __future__ import annotations

import shutil
from pathlib import Path


def free_room(out: Path) -> int | None:
    """Bytes free where `out` is or would be; None when that cannot be told."""
    for folder in (out, *out.parents):
        if folder.is_dir():
            try:
                return shutil.disk_usage(folder).free
            except OSError:
                return None
    return None


def size_words(count: int) -> str:
    """`3.2 GB`, in powers of 1000 as file managers count."""
    size = float(count)
    for unit in ("bytes", "kB", "MB", "GB"):
        if size < 1000:
            return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} TB"
