"""Process that yields to the window and everything else."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

NICENESS = 10


def be_nice() -> None:
    """Let everything else on the machine go first. On Windows the parent has asked for it at the start."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        os.nice(NICENESS)
    # Linux weighs a session as a whole, and a child in a session of its own would not yield to ours without this.
    with suppress(OSError):
        Path("/proc/self/autogroup").write_text(str(NICENESS), encoding="ascii")
