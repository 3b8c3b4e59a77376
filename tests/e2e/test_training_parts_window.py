"""What training needs is added from the retrain dialog with one click, in a window without torch; cancelled first."""

from __future__ import annotations

import subprocess
from pathlib import Path
from threading import Event

import pytest
from tests.bare_environment import index, make_environment, pip_settings, training_wheels
from tests.ui.trainable import make_trainable

from boxwright.services.training_parts.parts import has_nvidia_device

WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox
from boxwright.ui.demo.wait import wait_until
from boxwright.ui.shell.application import MainWindow, make_application

app = make_application()
window = MainWindow()
window.show()
window.open_project(Path(sys.argv[1]))
wait_until(lambda: window.opened is not None and window.opened.workspace.queue_loaded, "the project")
window.live_actions["retrain.start"].trigger()
dialog = app.activeModalWidget()
wait_until(lambda: bool(dialog.problem.text()), "what is missing")
print(dialog.trainer.currentText())
QTest.mouseClick(dialog.way_out, Qt.MouseButton.LeftButton)
parts = app.activeModalWidget()
print(type(parts).__name__, parts.go.isEnabled())
wait_until(Path(sys.argv[2]).exists, "pip to ask for a package")
QTest.mouseClick(parts.buttons.button(QDialogButtonBox.StandardButton.Cancel), Qt.MouseButton.LeftButton)
wait_until(lambda: parts.task.ended, "the end of it")
print(parts.problem.text(), parts.isVisible(), dialog.go.isEnabled())
QTest.mouseClick(parts.go, Qt.MouseButton.LeftButton)
wait_until(lambda: app.activeModalWidget() is dialog, "what is missing")
print(dialog.trainer.currentText(), dialog.go.isEnabled(), dialog.way_out.isVisible())
dialog.reject()
window.close()
"""


def test_one_click_in_the_retrain_dialog_adds_what_is_missing_without_a_new_start(tmp_path: Path) -> None:
    if has_nvidia_device():
        pytest.skip("the build for the processor is not the right one here")
    python = make_environment(tmp_path / "environment")
    wheels, home, project = training_wheels(tmp_path / "wheels"), tmp_path / "home", make_trainable(tmp_path, "none")
    asked, go_on, told = Event(), Event(), tmp_path / "asked"

    def before(path: str) -> None:
        if path.endswith(".whl") and not asked.is_set():
            asked.set()
            told.touch()
            go_on.wait()

    with index(wheels, before) as address:
        done = subprocess.run(
            [python, "-c", WINDOW, project, told],
            env={**pip_settings(home, address), "QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        go_on.set()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "From nothing — not installed",
        "PartsDialog False",
        "Stopped; nothing was added. True False",
        "From nothing True False",
    ]
