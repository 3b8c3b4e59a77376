"""End of processes with everything they started: a child's, and this one's when the program that started it is gone."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

log = logging.getLogger(__name__)


def end_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a child that leads a process group of its own and all its descendants; nothing happens to one that has
    ended."""
    if sys.platform == "win32":
        if process.poll() is None:
            _kill_tree(process.pid)
        return
    # The group outlives its leader while a descendant runs; until `wait` has been called its number is not given away.
    if process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            log.debug("process group %d is gone", process.pid)


def end_own_tree() -> NoReturn:
    """Kill this process and all that it started; where it leads no process group, itself alone."""
    if sys.platform == "win32":
        _kill_tree(os.getpid())
    elif os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def end_with_parent(before: Callable[[], None] = lambda: None) -> None:
    """Watch standard input on a thread: when it closes, the program that holds its other end is gone, and after
    `before()` this process ends with its whole tree."""

    def wait() -> None:
        # The descriptor itself: a thread inside sys.stdin holds its lock and would hang the interpreter's own end.
        with suppress(OSError):
            while os.read(0, 4096):
                pass
        try:
            before()
        finally:
            end_own_tree()

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


def _kill_tree(pid: int) -> None:
    """Windows only."""
    command = [r"C:\Windows\System32\taskkill.exe", "/T", "/F", "/PID", str(pid)]
    subprocess.run(command, capture_output=True, check=False)  # noqa: S603
