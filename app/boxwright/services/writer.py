"""The one thread that writes while a window is open."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from boxwright.domain.errors import BoxwrightError
from boxwright.services.project import Project
from boxwright.store.errors import StorageError

T = TypeVar("T")
Task = tuple[Callable[[Project], Any], "Future[Any]"]
RETRY_SECONDS = 2.0
log = logging.getLogger(__name__)


class WriteQueue:
    """Runs functions on a project in the order they were submitted, each as one transaction, on its own thread and
    connection. When the disk refuses (full, gone), everything waits in memory in order and is tried again with the
    next submit and every `RETRY_SECONDS`.

    `on_error(sentence)` is called on that thread when saving starts to fail, and for a bug in a function;
    `on_recovered()` when it works again. A BoxwrightError of the function itself reaches only its future.
    """

    def __init__(self, project: Project) -> None:
        project.require_writable()
        self._project = project
        self._tasks: deque[Task] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._retry = False
        self._failures = 0
        self.on_error: Callable[[str], None] = log.error
        self.on_recovered: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="boxwright-writer", daemon=True)
        self._thread.start()

    def submit(self, function: Callable[[Project], T]) -> Future[T]:
        """Run `function(project)` after everything submitted before, and commit it. Raises RuntimeError once closed."""
        future: Future[T] = Future()
        with self._changed:
            if self._closing:
                raise RuntimeError("the write queue is closed")
            self._tasks.append((function, future))
            self._wake()
        return future

    @property
    def pending(self) -> int:
        """How many functions are not committed yet."""
        with self._changed:
            return len(self._tasks)

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything submitted so far is committed. False when the disk refuses or `timeout` seconds ran
        out; nothing is given up then."""
        with self._changed:
            awaited = [future for _, future in self._tasks]
            failures = self._failures
            self._wake()
            self._changed.wait_for(lambda: all(f.done() for f in awaited) or self._failures > failures, timeout)
            return all(f.done() for f in awaited)

    def close(self, timeout: float | None = 30.0) -> bool:
        """Commit what is left and end the thread. False when something could not be saved; its futures then fail."""
        saved = self.flush(timeout)
        with self._changed:
            self._closing = True
            self._wake()
        self._thread.join(timeout)
        return saved and not self._thread.is_alive()

    def _wake(self) -> None:
        self._retry = True
        self._changed.notify_all()

    def _run(self) -> None:
        project: Project | None = None
        refused: StorageError | None = None
        while task := self._next(refused):
            try:
                project = project or self._project.for_thread()
                self._execute(project, task)
            except StorageError as error:
                self._refuse(error, first=refused is None)
                refused = error
                continue
            if refused:
                refused = None
                self.on_recovered()
        if project:
            project.close()
        self._abandon(refused)

    def _next(self, refused: StorageError | None) -> Task | None:
        """The oldest task that is not done, after a pause when it was just refused; None when the queue is to end."""
        with self._changed:
            if refused:
                self._changed.wait_for(lambda: self._retry or self._closing, RETRY_SECONDS)
                if self._closing:
                    return None
            self._changed.wait_for(lambda: self._tasks or self._closing)
            self._retry = False
            return self._tasks[0] if self._tasks else None

    def _execute(self, project: Project, task: Task) -> None:
        """Run and commit one task and settle its future; raises only the StorageError after which it stays first."""
        function, future = task
        # Running from its first try on, so that what may be on disk already cannot be cancelled.
        if not future.running() and not future.set_running_or_notify_cancel():
            self._settled()
            return
        try:
            with project.transaction():
                result = function(project)
        except StorageError as error:
            if error.transient:
                raise
            self._failed(future, error, str(error))
        except BoxwrightError as error:
            self._failed(future, error)
        except Exception as error:
            log.exception("A change could not be saved")
            self._failed(future, error, f"A change could not be saved because of a fault in the program ({error}).")
        else:
            self._settled(lambda: future.set_result(result))

    def _failed(self, future: Future[Any], error: Exception, sentence: str = "") -> None:
        self._settled(lambda: future.set_exception(error))
        if sentence:
            self.on_error(sentence)

    def _settled(self, settle: Callable[[], None] = lambda: None) -> None:
        settle()
        with self._changed:
            self._tasks.popleft()
            self._changed.notify_all()

    def _refuse(self, error: StorageError, first: bool) -> None:
        with self._changed:
            self._failures += 1
            self._changed.notify_all()
        if first:
            self.on_error(f"New edits are not saved. {error}")

    def _abandon(self, error: StorageError | None) -> None:
        with self._changed:
            left = list(self._tasks)
            self._tasks.clear()
        for _, future in left:
            if not future.done():
                future.set_exception(error or RuntimeError("the write queue was closed"))
