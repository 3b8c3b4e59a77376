"""Room on the disk for the files of a training."""

from __future__ import annotations

import tempfile
from pathlib import Path

from boxwright.config.disk import free_room, size_words
from boxwright.domain.messages import Message
from boxwright.services.project.project import Project

# A detector or two, and features of a few hundred images; with less a training begins, and does not end.
NEEDED = 500_000_000


def no_room(project: Project) -> str:
    """The sentence for a disk that is as good as full; empty where there is room, or where that cannot be told."""
    for folder in (project.folder, Path(tempfile.gettempdir())):
        if (free := free_room(folder)) is not None and free < NEEDED:
            return Message(
                "The disk with {0} has {1} free, too little for the files of a training; make room.",
                folder,
                size_words(free),
            )
    return ""
