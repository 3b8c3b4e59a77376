from __future__ import annotations

import os
import subprocess
import sys


def test_opencv_leaves_qt_and_the_terminal_alone() -> None:
    """Its wheel points Qt to plug-ins of its own, which another Qt in the process cannot load."""
    code = (
        "import os, numpy; os.environ['QT_QPA_FONTDIR'] = '/mine'; from boxwright.config.opencv import cv2; "
        "print(cv2.imdecode(numpy.frombuffer(b'\\xff\\xd8\\xff\\xe0' + b'x' * 500, numpy.uint8), 1), "
        "cv2.resize is cv2.resize, "
        "os.environ.get('QT_QPA_PLATFORM_PLUGIN_PATH'), os.environ['QT_QPA_FONTDIR'])"
    )
    # Another test may have loaded OpenCV past the door, and what it leaves behind would be handed down.
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QT_QPA")}
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=clean)
    assert shown.stdout.split() == ["None", "True", "None", "/mine"]
    assert shown.stderr == ""


def test_only_one_of_many_threads_loads_it() -> None:
    """Two would each take the places that the other's loading left for what a person has set."""
    code = """
import threading, time
import cv2 as module
from boxwright.config.opencv import cv2
loaded, together = [], threading.Barrier(8)
module.utils.logging.setLogLevel = lambda _: (loaded.append(1), time.sleep(0.05))
def load():
    together.wait()
    cv2.resize
threads = [threading.Thread(target=load) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(len(loaded))
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.split() == ["1"]
