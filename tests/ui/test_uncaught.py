"""A defect of the program itself: the window stays, says so, and the log has the details."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys, threading
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from boxwright.domain.errors import ProjectError
from boxwright.ui.shell.application import make_application, run_window

app = make_application()

def planted():
    raise LookupError("planted é <b>")

def start():
    if sys.argv[1] == "sentence":
        raise ProjectError("The project was planted.")
    if sys.argv[1] == "thread":
        threading.Thread(target=planted, name="loader").start()
    else:
        planted()

def look():
    words = [w.banner.words for w in QApplication.topLevelWidgets() if hasattr(w, "banner")]
    if any("planted" in text for text in words):
        print(words[0])
        app.exit(0)

poll = QTimer(interval=20)
poll.timeout.connect(look)
poll.start()
QTimer.singleShot(0, start)
sys.exit(run_window(None))
"""


@pytest.mark.parametrize("where", ["thread", "event"])
def test_an_uncaught_error_is_told_in_the_window_and_kept_in_the_log(tmp_path: Path, where: str) -> None:
    environment = {**os.environ, "BOXWRIGHT_HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, where],
        env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "LookupError: planted é <b>" in done.stdout
    log = tmp_path / "log" / "boxwright.log"
    assert str(log) in done.stdout
    text = log.read_text(encoding="utf-8")
    assert "Traceback" in text
    assert ("loader" if where == "thread" else "the main thread") in text


def test_a_sentence_that_nobody_caught_is_told_as_it_is(tmp_path: Path) -> None:
    environment = {**os.environ, "BOXWRIGHT_HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "sentence"],
        env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.strip()) == (0, "The project was planted."), done.stderr
    assert "Traceback" in (tmp_path / "log" / "boxwright.log").read_text(encoding="utf-8")
