"""Write queue: the one thread that writes while a window is open."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple, TypeVar

from boxwright.domain.errors import BoxwrightError, ProjectError
from boxwright.domain.messages import Message
from boxwright.services.project.label_edit import LabelEdit
from boxwright.services.project.project import Project
from boxwright.store.errors import StorageError, StorageTrouble
from boxwright.store.same_file import SameFile

T = TypeVar("T")
RETRY_SECONDS = 2.0
log = logging.getLogger(__name__)


class WriterClosed(ProjectError, RuntimeError):
    """Refusal of work, because the project was closed meanwhile."""

    def __init__(self) -> None:
        super().__init__(Message("The project was closed, so nothing more is written to it."))


class _Task(NamedTuple):
    function: Callable[[Project], Any]
    future: Future[Any]

    @property
    def is_edit(self) -> bool:
        return isinstance(self.function, LabelEdit)


class WriteQueue:
    """Queue of functions on a project, run in the order they were submitted, each as one transaction, on its own thread
    and connection.

    A `LabelEdit` is on screen already and is never given up: what cannot be written stays first, and everything waits
    behind it. When the trouble passes by itself (a full disk, a lock), so do the other functions. Else (`refused`) they
    fail, and new ones fail at once. Either way it is tried again every `RETRY_SECONDS` and with each submit.

    `on_error(sentence)` is called on that thread when writing starts to fail and when the reason changes;
    `on_recovered()` when it works again. What a function itself raises reaches only its future.
    """

    def __init__(self, project: Project) -> None:
        project.require_writable()
        self._project = project
        self._same = SameFile(project.store.path)
        self._tasks: deque[_Task] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._retry = False
        self._failures = 0
        self._trouble: StorageError | None = None
        self.on_error: Callable[[str], None] = log.error
        self.on_recovered: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="boxwright-writer", daemon=True)
        self._thread.start()

    def submit(self, function: Callable[[Project], T]) -> Future[T]:
        """Run `function(project)` after everything submitted before, and commit it. Raises WriterClosed."""
        future: Future[T] = Future()
        task = _Task(function, future)
        with self._changed:
            if self._closing:
                raise WriterClosed
            refused = None if task.is_edit else self.refused
            if refused is None:
                self._tasks.append(task)
            self._wake()
        if refused is not None:
            future.set_exception(refused)
        return future

    @property
    def pending(self) -> int:
        """How many functions are not committed yet."""
        with self._changed:
            return len(self._tasks)

    @property
    def unsaved(self) -> list[LabelEdit]:
        """The edits that are not committed yet, the oldest first."""
        with self._changed:
            return [task.function for task in self._tasks if isinstance(task.function, LabelEdit)]

    @property
    def trouble(self) -> StorageError | None:
        """Why nothing can be written now; None while nothing is known to be wrong."""
        return self._trouble

    @property
    def refused(self) -> StorageError | None:
        """`trouble`, when it does not pass by itself: nothing more is taken but edits."""
        return self._trouble if self._trouble is not None and not self._trouble.passes else None

    def flush(self, timeout: float | None = None) -> bool:
        """Wait until everything submitted so far is committed. False when the disk refuses or `timeout` seconds ran
        out; nothing is given up then."""
        # Also finds out whether a file that was written to a while ago is still there.
        last = self.submit(_nothing)
        with self._changed:
            awaited = [task.future for task in self._tasks]
            failures = self._failures
            self._wake()
            self._changed.wait_for(lambda: all(f.done() for f in awaited) or self._failures > failures, timeout)
            written = all(f.done() for f in awaited)
            if last.cancel():
                self._tasks = deque(task for task in self._tasks if task.future is not last)
            return written and self._trouble is None

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
        while self._wait():
            with self._changed:
                task = self._tasks[0] if self._tasks else None
            try:
                self._same.check()
                if task is not None or self._trouble is not None:
                    project = project or self._project.for_thread()
                    self._execute(project, task or _Task(_prove, Future()))
            except StorageError as error:
                if project is not None and not error.passes:
                    # A disk that comes back is not found through a connection that saw it go.
                    project.close()
                    project = None
                self._met(error)
            else:
                self._well()
        if project:
            project.close()
        self._abandon()

    def _wait(self) -> bool:
        """Until there is something to do, if only to look whether the file is still there. False at the end."""
        with self._changed:
            if self._trouble is not None:
                self._changed.wait_for(lambda: self._retry or self._closing, RETRY_SECONDS)
                if self._closing:
                    return False
            else:
                self._changed.wait_for(lambda: self._tasks or self._closing, RETRY_SECONDS)
            self._retry = False
            return bool(self._tasks) or not self._closing

    def _execute(self, project: Project, task: _Task) -> None:
        """Run and commit one task and settle its future; raises only the StorageError after which it stays first."""
        future = task.future
        # Running from its first try on, so that what may be on disk already cannot be cancelled.
        if not future.running() and not future.set_running_or_notify_cancel():
            self._settled(task)
            return
        try:
            with project.transaction():
                result = task.function(project)
                self._same.check()
        except StorageError as error:
            if task.is_edit or error.trouble is not StorageTrouble.BROKEN:
                raise
            self._settled(task, partial(future.set_exception, error))
        except Exception as error:
            if task.is_edit:
                raise self._fault(error) from error
            if not isinstance(error, BoxwrightError):
                log.exception("A change could not be saved")
            self._settled(task, partial(future.set_exception, error))
        else:
            self._settled(task, partial(future.set_result, result))

    def _fault(self, error: Exception) -> StorageError:
        """Of an edit: nothing after it is sure to be right without it."""
        if isinstance(error, BoxwrightError):
            return StorageError(error.message, trouble=StorageTrouble.BROKEN)
        if self._trouble is None:
            log.error("An edit could not be saved", exc_info=error)
        return StorageError(
            "A change could not be saved because of a fault in the program ({0}).",
            error,
            trouble=StorageTrouble.BROKEN,
        )

    def _settled(self, task: _Task, settle: Callable[[], object] = lambda: None) -> None:
        settle()
        with self._changed:
            if self._tasks and self._tasks[0] is task:
                self._tasks.popleft()
            self._changed.notify_all()

    def _met(self, error: StorageError) -> None:
        dropped: list[_Task] = []
        with self._changed:
            new = self._trouble is None or str(self._trouble) != str(error)
            self._trouble = error
            self._failures += 1
            if not error.passes:
                dropped = [task for task in self._tasks if not task.is_edit]
                self._tasks = deque(task for task in self._tasks if task.is_edit)
            self._changed.notify_all()
        for task in dropped:
            if task.future.running() or task.future.set_running_or_notify_cancel():
                task.future.set_exception(error)
        if new:
            self.on_error(Message("New edits are not saved. {0}", error))

    def _well(self) -> None:
        with self._changed:
            was, self._trouble = self._trouble, None
            self._changed.notify_all()
        if was is not None:
            self.on_recovered()

    def _abandon(self) -> None:
        with self._changed:
            left = list(self._tasks)
            self._tasks.clear()
        for task in left:
            if task.future.running() or task.future.set_running_or_notify_cancel():
                task.future.set_exception(self._trouble or WriterClosed())


def _nothing(_: Project) -> None:
    """Follows what was submitted before it through the queue."""


def _prove(project: Project) -> None:
    project.store.prove_writable()
