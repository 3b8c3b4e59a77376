"""Uncaught errors: told in the window and kept in the log; the window goes on."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from boxwright.config.logging import catch_uncaught
from boxwright.domain.errors import BoxwrightError
from boxwright.ui.shell.banner import Banner


class UncaughtReporter(QObject):
    """Reporter of uncaught errors. Lives as long as `banner`. The signal carries the sentence from any thread to the
    one that paints."""

    said = Signal(object)

    def __init__(self, banner: Banner) -> None:
        super().__init__(banner)
        self.said.connect(banner.tell)
        catch_uncaught(self.said.emit, (BoxwrightError,))
