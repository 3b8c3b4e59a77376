"""The window on a project, on a real display, for `test_held_keys`: says what comes in, and what became of it.

Lines on stdout: `ready`, `key` for each event of the keyboard, `done N M` after a line on stdin: the images judged and
the boxes of the one shown.
"""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication
from tests.presence import present

from boxwright.config.settings import Settings
from boxwright.ui.shell.main_window import MainWindow


class Listener(QObject):
    asked = Signal()

    def eventFilter(self, _: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.KeyRelease):
            print("key", flush=True)
        return False


def main(folder: str) -> None:
    app = QApplication([])
    window = MainWindow(Settings())
    window.show()
    window.open_project(Path(folder))
    listener = Listener()
    window.windowHandle().installEventFilter(listener)
    waiting = QTimer(interval=10)

    def look() -> None:
        canvas = present(window.opened).area.canvas
        if canvas.seen and canvas.hasFocus() and window.isActiveWindow():
            waiting.stop()
            print("ready", flush=True)

    def tell() -> None:
        labels = present(window.opened).workspace.model.labels
        print("done", present(window.opened).workspace.queue.done, len(labels.annotations) if labels else 0, flush=True)

    waiting.timeout.connect(look)
    waiting.start()
    listener.asked.connect(tell, Qt.ConnectionType.QueuedConnection)

    def read() -> None:
        for _ in sys.stdin:
            listener.asked.emit()
        QTimer.singleShot(0, app, window.close)

    threading.Thread(target=read, daemon=True).start()
    app.exec()


if __name__ == "__main__":
    main(sys.argv[1])
