"""Waiting for what the window brings about: as long as anything moves, however slow the machine."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time

from PySide6.QtCore import QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from boxwright.domain.errors import BoxwrightError
from boxwright.services.child import at_work
from boxwright.ui.recovery.problem import ProblemDialog

_SLICE_MS = 10
# Of a slice that took more of the processor's time than this, something was worked on.
_IDLE_SECONDS = 0.003
# Looks, not seconds: a process that is kept from running does not count them.
_STILL_LOOKS = 3000


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Let the window work until `condition` holds. Raises `BoxwrightError` naming `what` when nothing moves any more,
    and with the window's own sentence when it complains of something."""
    if not comes(lambda: condition() or _complaint() is not None):
        raise BoxwrightError(f"The played demo stopped: {what} did not come, and nothing is at work any more.")
    if (dialog := _complaint()) is not None and not condition():
        raise BoxwrightError(f"The played demo stopped while it waited for {what}: {dialog.words.text()}")


def comes(condition: Callable[[], bool]) -> bool:
    """Let the window work until `condition` holds; False when nothing moves any more: no child process is at work, and
    neither the window nor a thread of it."""
    still = 0
    while not condition():
        if still >= _STILL_LOOKS:
            return False
        still = 0 if _moves() else still + 1
    return True


def wait_a_moment() -> None:
    """Let everything that is due be painted."""
    for _ in range(3):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, _SLICE_MS)


def _moves() -> bool:
    """Let the window work for a moment; whether it, a thread or a child process of it did."""
    before = process_time()
    # An event loop sleeps between events and lets Python's threads work; QTest.qWait holds them up.
    loop = QEventLoop()
    QTimer.singleShot(_SLICE_MS, loop.quit)
    loop.exec()
    return at_work() or process_time() - before > _IDLE_SECONDS


def _complaint() -> ProblemDialog | None:
    dialog = QApplication.activeModalWidget()
    return dialog if isinstance(dialog, ProblemDialog) else None
