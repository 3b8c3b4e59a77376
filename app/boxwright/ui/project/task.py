"""Background task as the window sees it: progress, a result or a sentence, and a way to stop it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal

from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.messages import words_of
from boxwright.domain.progress import Progress, Report, ShouldStop
from boxwright.ui.language.translation import tr, translate

logger = logging.getLogger(__name__)


class BackgroundTask(QObject):
    """Piece of long work. `report`, `succeed` and `fail` may be called on any thread; the signals arrive on the GUI
    thread.

    Exactly one of `finished(result)`, `failed(sentence)` and `stopped(sentence)` ends it, once, unless it is given up.
    `loses`: a sentence about what is lost when it is stopped, empty where nothing is.
    """

    progressed = Signal(object)
    finished = Signal(object)
    failed = Signal(str)
    stopped = Signal(str)
    _settled = Signal(object, object)

    def __init__(self, title: str, parent: QObject | None = None, loses: str = "") -> None:
        super().__init__(parent)
        self.title, self.loses = title, loses
        self.ended = False
        self.has_connection = False
        """Whether it uses the project through a connection of its own, which has to be closed before the project."""
        self.on_cancel: Callable[[], object] | None = None
        self.on_wait: Callable[[float], bool] | None = None
        self._future: Future[Any] | None = None
        self._stop = threading.Event()
        # Queued, also on the GUI thread: who starts quick work connects to its end afterwards.
        self._settled.connect(self._settle, Qt.ConnectionType.QueuedConnection)

    def start(self, work: Callable[[Report, ShouldStop], Any]) -> BackgroundTask:
        """Run `work` on a thread of its own; for work that releases the GIL or is short."""
        executor = ThreadPoolExecutor(1, self.title)
        future = executor.submit(work, self.report, self.should_stop)
        self.on_wait = lambda seconds: not wait([future], seconds).not_done
        self.follow(future)
        executor.shutdown(wait=False)
        return self

    def follow(self, future: Future[Any]) -> BackgroundTask:
        """End when `future` does, with its result or its error."""
        self._future = future
        future.add_done_callback(self._took)
        return self

    def report(self, progress: Progress) -> None:
        self._emit(self.progressed, progress)

    def should_stop(self) -> bool:
        return self._stop.is_set()

    def succeed(self, result: object) -> None:
        self._emit(self._settled, result, None)

    def fail(self, error: BaseException | str) -> None:
        self._emit(self._settled, None, error)

    def cancel(self) -> None:
        """Ask the work to stop; what it finished before stays."""
        self._stop.set()
        if self.on_cancel is not None:
            self.on_cancel()

    def wait(self, seconds: float) -> bool:
        """Block until the work has let go of the project, at most `seconds`. False when time ran out."""
        return self.on_wait is None or self.on_wait(seconds)

    def give_up(self) -> str:
        """End without a signal: whoever asked is gone. The sentence of a failure that nobody was told of yet."""
        self.blockSignals(True)
        if self.ended:
            return ""
        self.ended = True
        self.cancel()
        error = self._future.exception() if self._future is not None and self._future.done() else None
        return "" if error is None or isinstance(error, Cancelled) else self._words(error)

    def _took(self, future: Future[Any]) -> None:
        try:
            self.succeed(future.result())
        except (Exception, CancelledError) as error:
            self.fail(error)

    def _emit(self, signal: Any, *values: object) -> None:
        # The window may be gone before the work notices that it should stop.
        try:
            signal.emit(*values)
        except RuntimeError:
            logger.debug("%s ended after its window", self.title)

    def _settle(self, result: object, error: object) -> None:
        if self.ended:
            return
        self.ended = True
        if error is None:
            self.finished.emit(result)
        elif isinstance(error, (Cancelled, CancelledError)):
            self.stopped.emit(translate(words_of(error)) or tr("Stopped; what was finished before is kept."))
        else:
            self.failed.emit(self._words(error))

    def _words(self, error: object) -> str:
        if isinstance(error, str):
            return translate(error)
        if isinstance(error, BoxwrightError):
            return translate(error.message)
        logger.error("%s failed", self.title, exc_info=error if isinstance(error, BaseException) else None)
        said = translate(words_of(error)) if isinstance(error, BaseException) else str(error)
        return tr("{0} did not finish: {1}. The log has the details.").format(self.title, said)


def rate_words(progress: Progress) -> str:
    """ "38 images/s, 2 min left", as far as it is known."""
    parts = []
    if progress.per_second >= 0.5:
        parts.append(tr("{0} images/s").format(f"{progress.per_second:.{0 if progress.per_second >= 10 else 1}f}"))
    if progress.seconds_left is not None:
        parts.append(tr("{0} left").format(duration_words(progress.seconds_left)))
    return ", ".join(parts)


def duration_words(seconds: float) -> str:
    if seconds < 90:
        return tr("{0} s").format(max(1, round(seconds)))
    if seconds < 5400:
        return tr("{0} min").format(round(seconds / 60))
    return tr("{0:.1f} h").format(seconds / 3600)
