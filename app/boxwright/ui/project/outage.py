"""Outages: a folder that cannot be reached for a while is tried again until it is back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from boxwright.services.images.decoded import DecodedImage

if TYPE_CHECKING:
    from boxwright.ui.project.workspace import Workspace

AGAIN_MS = 2000


class Outage(QObject):
    """Watch over an outage. `over`: an image could be read again, so others may be as well."""

    over = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._again = QTimer(self, interval=AGAIN_MS)
        self._again.timeout.connect(self.try_again)
        self.lasts = False
        """The picture of the current image could not be read when that was tried last."""
        workspace.picture_changed.connect(self._heard)

    def try_again(self) -> None:
        """Read the picture of the current image once more."""
        record = self._workspace.record
        if record is None or not self.lasts:
            self._again.stop()
            return
        self._workspace.pictures.forget_failed(record.file)
        self._workspace.look_ahead()

    def _heard(self, picture: DecodedImage[object] | None) -> None:
        if picture is None:
            return
        record = self._workspace.record
        before = self.lasts
        # A file that the pool has set aside is not on its way back.
        self.lasts = picture.pixels is None and record is not None and not record.image.problem
        if self.lasts:
            self._again.start()
        else:
            self._again.stop()
            if before and picture.pixels is not None:
                self.over.emit()
