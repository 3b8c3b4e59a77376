"""A disk that fills up: a file system of its own, in memory, that holds no more than it is told to."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str | int) -> Iterator[Path]:
    """`folder`, made here, as a disk of `size`: bytes, or a number with `k` or `m`. Where this user may not mount
    one, the test is skipped."""
    folder.mkdir()
    mount = shutil.which("mount")
    words = [mount or "", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if mount is None or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield folder
    finally:
        # What the test left open must not keep it.
        subprocess.run(["umount", "-l", str(folder)], check=True)
