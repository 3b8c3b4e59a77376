"""Termination of a child process with everything it started."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys

log = logging.getLogger(__name__)


def end_tree(process: subprocess.Popen[bytes]) -> None:
    """Kill a child that leads a process group of its own and all its descendants; nothing happens to one that has
    ended."""
    if sys.platform == "win32":
        if process.poll() is None:
            subprocess.run(  # noqa: S603
                [r"C:\Windows\System32\taskkill.exe", "/T", "/F", "/PID", str(process.pid)],
                capture_output=True,
                check=False,
            )
        return
    # The group outlives its leader while a descendant runs; until `wait` has been called its number is not given away.
    if process.returncode is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            log.debug("process group %d is gone", process.pid)
