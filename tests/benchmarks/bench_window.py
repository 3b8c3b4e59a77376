"""Start to first paint in a fresh process, beside an empty window: `python tests/benchmarks/bench_window.py`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
from window_bench import show

ROUNDS = 7
PAINTED = """
import sys, time
began = time.perf_counter()
{imports}
from PySide6.QtCore import QEvent, QObject
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint:
            heavy = [m for m in ("cv2", "onnxruntime", "torch") if m in sys.modules]
            print((time.perf_counter() - began) * 1000, *heavy)
            sys.stdout.flush()
            import os
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
    imports="from boxwright.ui.application import make_application, apply_theme, load_settings, MainWindow",
    window="app = make_application(); s = load_settings()[0]; apply_theme(app, s.theme); window = MainWindow(s)",
)


def run(code: str) -> tuple[float, list[str]]:
    words = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    return float(words[0]), words[1:]


def main() -> None:
    times: dict[str, list[float]] = {"empty PySide6 window": [], "Boxwright": []}
    for _ in range(ROUNDS):
        times["empty PySide6 window"].append(run(EMPTY)[0])
        milliseconds, heavy = run(OURS)
        assert heavy == [], f"loaded before the first paint: {heavy}"
        times["Boxwright"].append(milliseconds)
    empty = float(np.median(times["empty PySide6 window"]))
    rows = {
        name: {"median ms": float(np.median(t)), "min ms": min(t), "x empty": float(np.median(t)) / empty}
        for name, t in times.items()
    }
    show("start to first paint", rows)


if __name__ == "__main__":
    main()
