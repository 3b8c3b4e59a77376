"""Guard of somebody else's program: `python -m boxwright.training.process_group_guard ENDING.json PROGRAM ARGUMENT...`

It leads a process group that the program and all it starts belong to, and ends that group when the program ends or when
its own standard input closes. So the program never outlives the process that wanted it, even when that one is killed.
How the program ended is in ENDING.json: `{"code": N}`, negative for a signal, or `{"error": "why it did not start"}`.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def main(arguments: Sequence[str]) -> int:
    ending, command = Path(arguments[0]), list(arguments[1:])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    told: dict[str, int | str]
    try:
        told = {"code": subprocess.Popen(command, stdin=subprocess.DEVNULL).wait()}  # noqa: S603 - no shell
    except (OSError, ValueError) as error:
        told = {"error": getattr(error, "strerror", None) or str(error)}
    aside = ending.with_suffix(".part")
    aside.write_text(json.dumps(told), encoding="utf-8")
    aside.replace(ending)
    if sys.platform != "win32":
        _end_group()
    return 0


def _end_with_parent() -> None:
    # The descriptor itself: a thread inside sys.stdin holds its lock and would hang the interpreter's own end.
    with suppress(OSError):
        while os.read(0, 4096):
            pass
    _end_group()


def _end_group() -> None:
    """Kill this process and all that it started."""
    if sys.platform == "win32":
        killer = [r"C:\Windows\System32\taskkill.exe", "/T", "/F", "/PID", str(os.getpid())]
        subprocess.run(killer, capture_output=True, check=False)  # noqa: S603
    elif os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
