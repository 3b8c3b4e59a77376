"""Interrupts: Ctrl+C and a polite request to end close the window as its own button does, after saving."""

from __future__ import annotations

import signal
import socket

from PySide6.QtCore import QObject, QSocketNotifier
from PySide6.QtWidgets import QWidget

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class InterruptWatch(QObject):
    """Watch over interrupts. Lives as long as `window`; only in the main thread. A second Ctrl+C ends the program at
    once."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        # Python runs a handler only between two of its own instructions, and an idle window executes none: the
        # interpreter writes the signal's number here, which wakes Qt.
        self._reading, self._writing = socket.socketpair()
        for end in (self._reading, self._writing):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reading.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        signal.set_wakeup_fd(self._writing.fileno(), warn_on_full_buffer=False)
        for number in _SIGNALS:
            signal.signal(number, _leave_to_the_window)

    def _woken(self) -> None:
        if not set(self._reading.recv(64)) & {int(number) for number in _SIGNALS}:
            return
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        self._window.close()


def _leave_to_the_window(_number: int, _frame: object) -> None:
    """Without a handler of its own the signal would end the program before the window hears of it."""
