"""From the start of a process to its first paint, and the memory it has then, beside an empty PySide6 window:
`python tests/benchmarks/bench_window.py`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from tests.benchmarks.window_bench import show

ROUNDS = 9
PAINTED = """
{imports}
from PySide6.QtCore import QEvent, QObject
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            import os, sys, time
            painted = time.time()
            import psutil
            heavy = [m for m in ("cv2", "onnxruntime", "torch") if m in sys.modules]
            print(painted, psutil.Process().memory_info().rss / 1e6, *heavy)
            sys.stdout.flush()
            os._exit(0)
        return False
{window}
watch = Watch()
window.installEventFilter(watch)
window.show()
app.exec()
"""
EMPTY = PAINTED.format(
    imports="from PySide6.QtWidgets import QApplication, QMainWindow",
    window="app = QApplication([]); window = QMainWindow(); window.resize(1366, 768)",
)
OURS = PAINTED.format(
    imports="from boxwright.ui.shell.application import make_application, apply_theme, load_settings, MainWindow",
    window="app = make_application(); s = load_settings()[0]; apply_theme(app, s.theme); window = MainWindow(s)",
)


def run(code: str) -> tuple[float, float, list[str]]:
    """Milliseconds from the start of the interpreter, MB, and what was loaded that should not be."""
    began = time.time()
    words = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return (float(words[0]) - began) * 1000, float(words[1]), words[2:]


def main() -> None:
    programs = {"empty PySide6 window": EMPTY, "Boxwright": OURS}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        # In turns, so that what else the machine does meets both.
        for name, code in programs.items():
            milliseconds, megabytes, heavy = run(code)
            assert heavy == [], f"loaded before the first paint: {heavy}"
            found[name].append((milliseconds, megabytes))
    empty = float(np.median([ms for ms, _ in found["empty PySide6 window"]]))
    rows = {}
    for name, pairs in found.items():
        times, sizes = zip(*pairs, strict=True)
        median = float(np.median(times))
        rows[name] = {
            "median ms": median, "min ms": min(times), "x empty": median / empty, "MB": float(np.median(sizes)),
        }  # fmt: skip
    show("start to first paint", rows)


if __name__ == "__main__":
    main()
