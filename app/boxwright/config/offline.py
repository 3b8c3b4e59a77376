"""Environment that keeps libraries from sending, fetching or storing by themselves; set before they load."""

from __future__ import annotations

import os

# ONNX Runtime keeps a device id and a queue of events in the person's cache folder and looks up the server they go to;
# its own call to stop comes too late, after the library has loaded.
VARIABLES = {"ORT_DISABLE_TELEMETRY": "1"}


def stay_offline() -> None:
    """Set them for this process and all that it starts, whatever they were before. `boxwright/__init__.py` calls this,
    so that it holds before any module of the package can import a library."""
    os.environ.update(VARIABLES)
