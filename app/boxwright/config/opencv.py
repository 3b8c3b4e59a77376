"""Lazy import of OpenCV, quiet and without its own Qt in the way. Nothing else imports it."""

from __future__ import annotations

import os
import threading
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING

# The wheel points these at the Qt it carries; another Qt in this process would then load the wrong plug-ins.
_TAKEN = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
# Two who load it at once would take each other's places for what a person has set.
_LOADING = threading.Lock()

if TYPE_CHECKING:
    import cv2 as cv2
else:

    class _OnFirstUse:
        """What is in the `cv2` module. A tenth of a second the first time, so import this anywhere and use it only
        where it is needed. Any thread may be the first."""

        def __getattr__(self, name: str) -> object:
            with _LOADING:
                return getattr(_loaded(), name)

    cv2 = _OnFirstUse()


@cache
def _loaded() -> ModuleType:
    before = {name: os.environ.get(name) for name in _TAKEN}
    import cv2 as module

    for name, value in before.items():
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    # A damaged file is reported once, by us.
    module.utils.logging.setLogLevel(0)
    return module
