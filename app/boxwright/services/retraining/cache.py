"""Cache of what trainers computed once per base and image, kept from growing for ever."""

from __future__ import annotations

import contextlib
import logging
import shutil
from pathlib import Path

from boxwright.imaging.read import WAY
from boxwright.services.project.project import Project

# Features of some thousand images at a small network's size; what a trainer has not used for longest goes first.
CACHE_BYTES = 8 * 2**30
_NAME = "features"
log = logging.getLogger(__name__)


def cache_folder(project: Project) -> Path:
    """Safe to delete at any time: everything in it is computed again. Features of pixels that were made in another way
    have no place in it."""
    return project.folder / "cache" / f"{_NAME}-{WAY}"


def trim_cache(project: Project, base: Path | None = None, limit: int = CACHE_BYTES) -> None:
    """Delete what belongs to a base that the project no longer has, and then the least recently changed entries until
    at most `limit` bytes are left. An entry is what lies directly in the folder; one named after a detector's sha256,
    or the beginning of it (8 characters or more), belongs to that detector. That of `base`, the ONNX file that a
    training is about to start from, stays."""
    folder = cache_folder(project)
    for outdated in folder.parent.glob(f"{_NAME}*"):
        if outdated != folder:
            _delete(outdated)
    models = {project.folder / m.file: m.sha256 for m in project.models.all()}
    known = [sha256 for file, sha256 in models.items() if file.is_file()]
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return
    total = 0
    for entry in entries:
        if base is not None and _is_hash(entry.name) and models.get(base, "").startswith(entry.name):
            continue
        total += _bytes(entry)
        if total > limit or (_is_hash(entry.name) and not any(h.startswith(entry.name) for h in known)):
            total -= _delete(entry)


def _is_hash(name: str) -> bool:
    return len(name) >= 8 and all(character in "0123456789abcdef" for character in name)


def _bytes(entry: Path) -> int:
    files = entry.rglob("*") if entry.is_dir() else iter([entry])
    with contextlib.suppress(OSError):
        return sum(file.stat().st_size for file in files if file.is_file())
    return 0


def _delete(entry: Path) -> int:
    """The bytes that are free now."""
    freed = _bytes(entry)
    try:
        if entry.is_dir():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    except OSError as error:
        log.warning("the cache %s could not be deleted: %s", entry, error)
        return 0
    return freed
