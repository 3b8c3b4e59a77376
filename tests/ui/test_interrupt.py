"""Ctrl+C in the terminal ends a window as its close button does."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

_WINDOW = """
import sys
from PySide6.QtCore import QTimer
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import add
from boxwright.ui.shell import application, main_window

def label(self):
    loaded(self)
    model = self.opened.workspace.model
    def edit():
        if model.labels is None:
            QTimer.singleShot(10, edit)
            return
        model.push(add(drawn(Box(1, 2, 30, 40), model.classes[0].id)))
        print(model.labels.image_id, flush=True)
    edit()

loaded, main_window.MainWindow._project_loaded = main_window.MainWindow._project_loaded, label
sys.exit(application.run_window(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a console's Ctrl+C cannot be sent to one process there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_idle_window_saves_and_closes(folder: Path, tmp_path: Path, number: signal.Signals) -> None:
    from tests.ui.conftest import stored

    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "BOXWRIGHT_HOME": str(tmp_path / "home")}
    with subprocess.Popen(
        [sys.executable, "-c", _WINDOW, str(folder)], env=environment, stdout=subprocess.PIPE, text=True
    ) as window:
        assert window.stdout is not None
        image_id = int(window.stdout.readline())
        window.send_signal(number)
        assert window.wait() == 0
    assert len(stored(folder, image_id).annotations) == 1
