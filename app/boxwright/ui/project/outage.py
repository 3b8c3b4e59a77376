"""Outages: a folder that cannot be reached for a while is tried again until it is back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from boxwright.services.images.decoded import DecodedImage

AGAIN_MS = 2000


class Outage(QObject):
    """Watch over an outage. `over`: an image could be read again, so others may be as well."""

    over = Signal()

    def __init__(self, file: Callable[[], Path | None], read_again: Callable[[Path], None], parent: QObject) -> None:
        """`file` of the current image, None while there is none or the pool has set it aside: such a file is not on its
        way back."""
        super().__init__(parent)
        self._file, self._read_again = file, read_again
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self.try_again)
        self.lasts = False
        """The picture of the current image could not be read when that was tried last."""

    def try_again(self) -> None:
        """Read the picture of the current image once more."""
        file = self._file()
        if file is None or not self.lasts:
            self._again.stop()
        else:
            self._read_again(file)

    def heard(self, picture: DecodedImage[object] | None) -> None:
        """The picture of the current image, None while it is on its way."""
        if picture is None:
            return
        before = self.lasts
        self.lasts = picture.pixels is None and self._file() is not None
        if self.lasts:
            self._again.start()
        else:
            self._again.stop()
            if before and picture.pixels is not None:
                self.over.emit()
