"""Probe of the machine: operating system, processor, memory."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from boxwright.inference.session import usable_cores
from boxwright.services.doctor.check import Check, State

SECTION = "Machine"
GIB = 1 << 30
LITTLE = 4 * GIB


def machine(_project: str) -> list[Check]:
    return [
        Check(SECTION, "System", State.OK, f"{system_name()}."),
        Check(SECTION, "Processor", State.OK, f"{processor_name()}, {usable_cores()} cores for this program."),
        _memory(),
    ]


def system_name() -> str:
    kernel = f"{platform.system()} {platform.release()} {platform.machine()}"
    with suppress(OSError):
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {kernel}"
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}, {kernel}"
    return kernel


def processor_name() -> str:
    if sys.platform.startswith("linux"):
        with suppress(OSError):
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    if sys.platform == "darwin":
        with suppress(OSError, subprocess.SubprocessError):
            command = ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"]
            return subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()  # noqa: S603
    return platform.processor() or platform.machine()


def memory_bytes() -> int | None:
    """Of the machine, or what a container may take of it; None where the system does not say."""
    if sys.platform == "win32":
        return _memory_of_windows()
    found = []
    with suppress(ValueError, OSError):
        found.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        with suppress(ValueError, OSError):
            found.append(int(Path(file).read_text(encoding="ascii")))
    return min(found, default=None)


def _memory() -> Check:
    there = memory_bytes()
    if there is None:
        return Check(SECTION, "Memory", State.OK, "The system does not say how much there is.")
    says = f"{there / GIB:.1f} GiB."
    if there < LITTLE:
        todo = "Training and large detectors may not fit; close other programs while they run."
        return Check(SECTION, "Memory", State.WARNING, says, todo)
    return Check(SECTION, "Memory", State.OK, says)


def _memory_of_windows() -> int | None:
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            *((name, ctypes.c_ulonglong) for name in ("total", "free", "pages", "b", "c", "d", "e")),
        )

    status = Status(length=ctypes.sizeof(Status))
    windows = getattr(ctypes, "windll")  # noqa: B009 - there on Windows only
    return int(status.total) if windows.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)) else None
