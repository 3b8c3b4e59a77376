"""Warm-up: reads in what the first project needs while a person is still choosing it."""

from __future__ import annotations

import importlib
import logging
import threading

logger = logging.getLogger(__name__)

AFTER_MS = 200
"""After the window was shown: its first paint comes first."""
NEEDED = (
    "boxwright.ui.project.workspace", "boxwright.ui.panels.work_area", "boxwright.ui.gallery.place",
    "boxwright.ui.retraining.controller", "boxwright.services.batches.schedule", "boxwright.services.images.decoded",
    "cv2", "PIL.Image",
)  # fmt: skip

_begun = threading.Event()


def warm_up() -> None:
    """Once in a process, on a thread that the program waits for when it ends: an import that is cut off may crash."""
    if not _begun.is_set():
        _begun.set()
        threading.Thread(target=_read, name="warm-up", daemon=False).start()


def _read() -> None:
    for name in NEEDED:
        try:
            importlib.import_module(name)
        except ImportError:
            # Whoever needs it says so, where it can be told to a person.
            logger.debug("%s is not there", name)
