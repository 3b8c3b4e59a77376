"""From the start of a process to its window on the screen, of a bundle beside the same program in its environment:
`xvfb-run -a python tests/benchmarks/table_bundle.py dist/boxwright-*-linux-x86_64`. Needs a display without a window
manager, which would put its own frame around the window."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from tests.benchmarks.window_bench import show

ROUNDS = 7
MAP_NOTIFY, SUBSTRUCTURE = 19, 1 << 19
# A helper of Qt is a few pixels large.
SMALLEST = 300


class Screen:
    """Root window of the display, which tells of each window that appears on it."""

    def __init__(self) -> None:
        self._x = ctypes.CDLL("libX11.so.6")
        self._x.XOpenDisplay.restype = ctypes.c_void_p
        self._x.XDefaultRootWindow.restype = ctypes.c_ulong
        self._display = ctypes.c_void_p(self._x.XOpenDisplay(None))
        if not self._display:
            raise SystemExit("There is no display; start this with xvfb-run -a.")
        root = ctypes.c_ulong(self._x.XDefaultRootWindow(self._display))
        # A window that is gone when its size is asked for is none that is waited for.
        self._handler = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(lambda display, error: 0)
        self._x.XSetErrorHandler(self._handler)
        self._x.XSelectInput(self._display, root, ctypes.c_long(SUBSTRUCTURE))
        self._x.XSync(self._display, 0)

    def wait_for_window(self) -> None:
        event = (ctypes.c_long * 24)()
        while True:
            self._x.XNextEvent(self._display, ctypes.byref(event))
            if ctypes.cast(event, ctypes.POINTER(ctypes.c_int))[0] == MAP_NOTIFY and self._width(event[5]) > SMALLEST:
                return

    def forget(self) -> None:
        """What happened until now."""
        self._x.XSync(self._display, 1)

    def _width(self, window: int) -> int:
        root, x, y = ctypes.c_ulong(), ctypes.c_int(), ctypes.c_int()
        size = [ctypes.c_uint() for _ in range(4)]
        self._x.XGetGeometry(
            self._display, ctypes.c_ulong(window), *map(ctypes.byref, (root, x, y, *size))
        )  # fmt: skip
        return size[0].value


def to_window(screen: Screen, command: list[str], home: str) -> float:
    """Milliseconds until its window is on the screen."""
    screen.forget()
    began = time.perf_counter()
    environment = {**os.environ, "BOXWRIGHT_HOME": home, "QT_QPA_PLATFORM": "xcb"}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        screen.wait_for_window()
        taken = (time.perf_counter() - began) * 1000
        process.kill()
    return taken


def to_answer(command: list[str]) -> float:
    """Milliseconds of a command that does next to nothing."""
    began = time.perf_counter()
    subprocess.run([*command, "--version"], check=True, capture_output=True)
    return (time.perf_counter() - began) * 1000


def main() -> None:
    (bundle,) = sys.argv[1:]
    programs = {"installed": [sys.executable, "-m", "boxwright"], "bundle": [str(Path(bundle, "boxwright").resolve())]}
    windows: dict[str, list[float]] = {name: [] for name in programs}
    answers: dict[str, list[float]] = {name: [] for name in programs}
    screen = Screen()
    with tempfile.TemporaryDirectory() as home:
        for _ in range(ROUNDS):
            # In turns, so that what else the machine does meets both.
            for name, command in programs.items():
                windows[name].append(to_window(screen, command, home))
                answers[name].append(to_answer(command))
    for what, found in (("start to window", windows), ("--version", answers)):
        plain = float(np.median(found["installed"]))
        rows = {}
        for name, times in found.items():
            median = float(np.median(times))
            rows[name] = {"median ms": median, "min ms": min(times), "x installed": median / plain}
        show(what, rows)


if __name__ == "__main__":
    main()
