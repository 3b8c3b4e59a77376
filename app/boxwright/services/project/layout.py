"""Names of what lies in a project's folder, and who may write there."""

from __future__ import annotations

from pathlib import Path

from boxwright.config.lock import WriterLock
from boxwright.domain.messages import Message

DATABASE = "project.db"
LOCK = "project.lock"
# There while a project is being made: what a kill leaves is no project yet, and is made anew.
MAKING = ".making"
FOLDERS = ("models", "exports", "backups")


def held_elsewhere(folder: Path, lock: WriterLock) -> Message:
    """Why a project whose writer lock somebody else has cannot be changed."""
    holder = lock.holder()
    if holder:
        return Message(
            "The project {0} is open in another window or command (process {1}), so it can only be read here: "
            "close the other one to change it.",
            folder,
            holder,
        )
    return Message(
        "The project {0} is open in another window or command, so it can only be read here: "
        "close the other one to change it.",
        folder,
    )
