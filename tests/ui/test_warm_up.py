"""What the first project needs is read in after the first paint, not before it."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys, threading
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication
import boxwright.ui.shell.application as application

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.Paint and not self.painted:
            self.painted = True
            print("at the first paint:", "cv2" in sys.modules, flush=True)
        return False
    painted = False

watch = Watch()
shown = application.MainWindow.show
def show(window):
    window.installEventFilter(watch)
    shown(window)
application.MainWindow.show = show
made = application.make_application
def make():
    app = made()
    timer = QTimer(app, interval=20)
    def look():
        # Its package takes itself out of the modules for a moment while it is read in.
        read = hasattr(sys.modules.get("cv2"), "imread") and "boxwright.ui.panels.work_area" in sys.modules
        if watch.painted and read:
            timer.stop()
            app.quit()
    timer.timeout.connect(look)
    timer.start()
    return app
application.make_application = make
status = application.run_window(None)
print("later:", hasattr(sys.modules.get("cv2"), "imread"), status)
"""


def test_the_start_page_comes_first_and_then_what_a_project_needs(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["at the first paint: False", "later: True 0"]
    assert "Traceback" not in done.stderr
