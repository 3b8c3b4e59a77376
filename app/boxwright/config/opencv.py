"""Lazy import of OpenCV, quiet and without its own Qt in the way. Nothing else imports it."""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import Any

# The wheel points these at the Qt it carries; another Qt in this process would then load the wrong plug-ins.
_TAKEN = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
# Two who load it at once would take each other's places for what a person has set.
_LOADING = threading.Lock()


def cv2() -> Any:
    """The `cv2` module. A tenth of a second the first time, so call it where it is needed, never at import. Any
    thread may be the first."""
    with _LOADING:
        return _loaded()


@cache
def _loaded() -> Any:
    before = {name: os.environ.get(name) for name in _TAKEN}
    import cv2 as module

    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    # A damaged file is reported once, by us.
    module.utils.logging.setLogLevel(0)
    return module
