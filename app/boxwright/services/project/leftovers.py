"""Cleaning of what a killed program left, when the project is next opened for writing: never what is in use."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from pathlib import Path

from boxwright.config.atomic import LEFT_BEHIND
from boxwright.config.lock import abandoned
from boxwright.formats.staging import clear_abandoned
from boxwright.services.child import FOLDERS, OWNER
from boxwright.services.detectors import files
from boxwright.services.importing.archives import settle_arrivals
from boxwright.store.backup_files import remove_parts

# The folders where `config.atomic` writes files.
_WHERE = (".", "models", "models/*", "cache", "cache/*", "cache/*/*")
# A folder that was made a moment ago may not be locked yet.
_JUST_NOW = 60.0


def remove_leftovers(folder: Path, image_folders: list[Path], homes: Callable[[], Collection[Path]]) -> None:
    """For the one who holds the writer lock of the project in `folder`. Whatever cannot be removed stays, and so does
    what lies behind a link: a folder of somebody else's. `image_folders`: those of the project. `homes`: the folders of
    its detectors, as `detectors.files.remove_leftovers` asks for them."""
    files.remove_leftovers(folder, homes)
    remove_parts(folder)
    settle_arrivals(folder, image_folders)
    if not (folder / "exports").is_symlink():
        clear_abandoned(folder / "exports")
    for path in _parts(folder):
        with suppress(OSError):
            path.unlink()
    remove_job_folders(Path(tempfile.gettempdir()))


def remove_job_folders(temporary: Path) -> None:
    """Folders of jobs whose program has ended without removing them."""
    with suppress(OSError):
        for folder in temporary.glob(f"{FOLDERS}*"):
            with suppress(OSError):
                old = time.time() - folder.stat().st_mtime > _JUST_NOW
                if old and not folder.is_symlink() and abandoned(folder / OWNER):
                    shutil.rmtree(folder, ignore_errors=True)


def _parts(folder: Path) -> Iterator[Path]:
    for where in _WHERE:
        with suppress(OSError):
            yield from (
                path
                for path in folder.glob(f"{where}/.*")
                if LEFT_BEHIND.fullmatch(path.name)
                and path.is_file()
                and path.resolve().is_relative_to(folder.resolve())
            )
