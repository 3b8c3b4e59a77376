"""Process that yields to the window and never outlives the program that started it."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
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


def end_with_parent(folder: Path) -> None:
    """Watch standard input on a thread: when it closes, the parent is gone. Removes `folder` and ends this process
    with its whole group."""
    threading.Thread(target=_wait_for_end, args=(folder,), name="lifeline", daemon=True).start()


def _wait_for_end(folder: Path) -> None:
    # The descriptor itself: a thread inside sys.stdin holds its lock and would hang the interpreter's own end.
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    shutil.rmtree(folder, ignore_errors=True)
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
