"""Probe of the folders of a person: whether they can be written, and the room on their disks."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from boxwright.config import paths
from boxwright.config.disk import nearest_folder, size_words
from boxwright.domain.messages import reason_of
from boxwright.services.doctor.check import Check, State

SECTION = "Folders"
GB = 1_000_000_000
LITTLE, TOO_LITTLE = GB, GB // 10


def folders(_project: str) -> list[Check]:
    """A folder that is not there yet is made when it is needed; then the one above it is asked."""
    where = {
        "Settings": paths.config_dir(),
        "Data": paths.data_dir(),
        "Cache": paths.cache_dir(),
        "Log": paths.log_dir(),
        "Temporary files": Path(tempfile.gettempdir()),
    }
    return [look_at(SECTION, name, folder) for name, folder in where.items()]


def look_at(section: str, name: str, folder: Path) -> Check:
    there = nearest_folder(folder)
    named = (str(folder),)
    try:
        free = shutil.disk_usage(there).free
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        todo = "Give yourself the right to write there, or name other folders with BOXWRIGHT_HOME."
        return Check(section, name, State.PROBLEM, f"It cannot be written: {reason_of(error)}.", todo, names=named)
    says = f"It can be written; {size_words(free)} are free."
    if free < LITTLE:
        state = State.PROBLEM if free < TOO_LITTLE else State.WARNING
        return Check(section, name, state, says, "Make room on this disk.", names=named)
    return Check(section, name, State.OK, says, names=named)
