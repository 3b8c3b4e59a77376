"""Reader of the pool on a thread with its own connection; the answers arrive on the GUI thread."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import words_of
from boxwright.ui.language.translation import tr, translate

if TYPE_CHECKING:
    from boxwright.services.project.project import Project

T = TypeVar("T")

logger = logging.getLogger(__name__)


class ProjectReader(QObject):
    """Reader of a project: one thread, one connection, first asked first answered. `failed` carries one sentence."""

    failed = Signal(str)
    _answered = Signal(object)

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._open = True
        self._executor = ThreadPoolExecutor(1, "pool-reader")
        self._answered.connect(self._deliver)
        self._local: Project | None = None
        self._executor.submit(self._begin, project)

    def ask(self, question: Callable[[Project], T], answer: Callable[[T], None], asker: QObject | None = None) -> None:
        """Run `question` on the thread, then `answer` with its result on the GUI thread, unless `asker`, such as a
        dialog, is gone by then."""

        def deliver(result: T) -> None:
            if asker is None or isValid(asker):
                answer(result)

        if self._open:
            self._executor.submit(self._work, question, deliver)

    def close(self) -> None:
        """Questions not yet begun are dropped; no answer is delivered afterwards."""
        self._open = False
        # A connection belongs to the thread that opened it, so that thread closes it.
        self._executor.submit(self._end)
        self._executor.shutdown(wait=True)

    def _begin(self, project: Project) -> None:
        self._local = project.for_thread()

    def _end(self) -> None:
        if self._local is not None:
            self._local.close()

    def _work(self, question: Callable[[Project], T], answer: Callable[[T], None]) -> None:
        if self._local is None or not self._open:
            return
        try:
            result = question(self._local)
        except BoxwrightError as error:
            self.failed.emit(translate(error.message))
        except Exception as error:
            self.failed.emit(self._why(error))
        else:
            self._answered.emit(lambda: answer(result))

    def _why(self, error: Exception) -> str:
        from boxwright.services.project.diagnosis import diagnosed

        if self._local is not None and (found := diagnosed(self._local.folder, error)) is not None:
            return translate(found.message)
        logger.error("A question to the pool failed", exc_info=error)
        return tr("The project could not be read ({0}).").format(translate(words_of(error)))

    def _deliver(self, answer: Callable[[], None]) -> None:
        if self._open:
            answer()
