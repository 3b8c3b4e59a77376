"""Estimates of how long each effort takes on this machine, asked of a child process, one after another."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from boxwright.domain.errors import BoxwrightError

if TYPE_CHECKING:
    from boxwright.services.child import Job
    from boxwright.services.project.project import Project
    from boxwright.services.retraining.request import RetrainRequest
    from boxwright.training.protocol import Effort

logger = logging.getLogger(__name__)

# A person who is still choosing does not start a process with each key.
AFTER_MS = 400
STOPPING_SECONDS = 5.0


class Estimates(QObject):
    """Estimates of efforts. `told(effort, seconds)`; seconds None where it cannot be told. `refused(sentence)`: why
    it could not even be tried, which will be so for the training as well."""

    told = Signal(object, object)
    refused = Signal(object)
    _answered = Signal(int, object)
    _refused = Signal(int, object)

    def __init__(self, project: Project, parent: QObject) -> None:
        super().__init__(parent)
        self._project = project
        self._request: RetrainRequest | None = None
        self._left: list[Effort] = []
        self._job: Job | None = None
        self._number = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(AFTER_MS)
        self._soon.timeout.connect(self._next)
        self._answered.connect(self._take)
        self._refused.connect(self._pass_on)

    def ask(self, request: RetrainRequest, efforts: Sequence[Effort]) -> None:
        """Measure `request` at each of `efforts`; what was asked before is given up."""
        self.stop()
        self._request, self._left = request, list(efforts)
        self._soon.start()

    def stop(self) -> None:
        """No answer comes any more."""
        self._number += 1
        self._soon.stop()
        self._left = []
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def close(self) -> None:
        job = self._job
        self.stop()
        if job is not None:
            job.wait(STOPPING_SECONDS)

    def _next(self) -> None:
        if not self._left or self._request is None:
            return
        from boxwright.services.retraining.run import start_estimate

        number = self._number
        request = replace(self._request, effort=self._left[0])
        try:
            self._job = start_estimate(
                self._project, request, lambda seconds: self._tell(number, seconds), lambda e: self._fail(number, e)
            )
        except BoxwrightError as error:
            self._fail(number, error)

    def _fail(self, number: int, error: BoxwrightError) -> None:
        logger.info("No estimate: %s", error)
        try:
            self._refused.emit(number, error.message)
        except RuntimeError:
            logger.debug("an estimate failed after its dialog")
        self._tell(number, None)

    def _tell(self, number: int, seconds: float | None) -> None:
        try:
            self._answered.emit(number, seconds)
        except RuntimeError:
            logger.debug("an estimate came after its dialog")

    def _pass_on(self, number: int, sentence: str) -> None:
        if number == self._number:
            self.refused.emit(sentence)

    def _take(self, number: int, seconds: float | None) -> None:
        if number != self._number or not self._left:
            return
        self._job = None
        self.told.emit(self._left.pop(0), seconds)
        self._next()
