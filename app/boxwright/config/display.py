"""Display of this machine: whether a window can open."""

from __future__ import annotations

import os
import sys


def has_display() -> bool:
    """False on a Linux machine without X11 or Wayland, where a window cannot open."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
