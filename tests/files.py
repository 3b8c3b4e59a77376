"""Files of a test."""

from __future__ import annotations

from pathlib import Path


def put(path: Path, text: str = "x") -> Path:
    """A text file in UTF-8, with the folders that it needs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path
