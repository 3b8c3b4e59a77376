"""Probe of the device that the project's detector runs on, a little after the project has opened."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from boxwright.domain.errors import BoxwrightError

if TYPE_CHECKING:
    from boxwright.services.child import Job
    from boxwright.services.project.project import Project

logger = logging.getLogger(__name__)

# A child process is started for it, so the first images come first.
AFTER_MS = 1500
STOPPING_SECONDS = 5.0


class DeviceProbe(QObject):
    """Probe of a device. `found("CPU")` or ("CUDA"), once; nothing when the detector cannot be opened."""

    found = Signal(str)

    def __init__(self, project: Project, parent: QObject) -> None:
        super().__init__(parent)
        self.choice = "auto"
        self._project = project
        self._model_id = 0
        self._job: Job | None = None
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(AFTER_MS)
        self._soon.timeout.connect(self._begin)

    def ask(self, model_id: int) -> None:
        """Begin soon, unless it has begun."""
        self._model_id = model_id
        if self._job is None:
            self._soon.start()

    def close(self) -> None:
        self._soon.stop()
        if self._job is not None:
            self._job.cancel()
            self._job.wait(STOPPING_SECONDS)

    def _begin(self) -> None:
        from boxwright.services.detectors.device import find_device

        try:
            self._job = find_device(self._project, self._model_id, self.choice, self.found.emit)
        except BoxwrightError as error:
            logger.info("The device is not known: %s", error)
