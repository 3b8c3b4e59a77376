"""Limits of memory and processor time that a process sets itself before it opens a file nobody knows."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

GIB = 1 << 30
CPU_SECONDS = 600
"""Processor time, all cores together; a machine that is busy does not use it up sooner."""


def memory_for(file_bytes: int) -> int:
    """Bytes that a try of a detector of `file_bytes` may take: 3 GiB and its weights four times over, but at most three
    quarters of the machine's memory."""
    wanted = 3 * GIB + 4 * file_bytes
    if sys.platform == "win32":
        return wanted
    with suppress(ValueError, OSError):
        wanted = min(wanted, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") * 3 // 4)
    return wanted


def limit_this_process(memory: int, cpu_seconds: int = CPU_SECONDS) -> None:
    """From now on an allocation that would take this process over `memory` bytes fails, and it is killed after
    `cpu_seconds` of processor time. Nothing happens on Windows, whose job objects Python does not know; macOS heeds the
    time only."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CPU, cpu_seconds)):
        with suppress(ValueError, OSError):
            hard = resource.getrlimit(what)[1]
            soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (soft, hard))
