"""Retraining run as the window follows it: stage, epochs, log."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from boxwright.domain.errors import Cancelled
from boxwright.domain.progress import Progress
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.project_op import writer_of
from boxwright.ui.project.task import BackgroundTask, duration_words

if TYPE_CHECKING:
    from boxwright.services.retraining.request import RetrainRequest
    from boxwright.services.retraining.result import RetrainEvent, RetrainResult
    from boxwright.training.protocol import Epoch
    from boxwright.ui.project.workspace import Workspace

LINES_KEPT = 1000
# A trainer may print faster than anybody reads: what it tells is taken up so often, and the log's excess is dropped.
LOOK_MS = 120


class RetrainRun(QObject):
    """Run of a retraining. `tell` may be called on any thread. `changed`: something of it is new; `logged`: these
    lines are."""

    changed = Signal()
    logged = Signal(object)

    def __init__(self, title: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.task = BackgroundTask(tr("Retraining"), self)
        self.stage = tr("starting")
        self.progress: Progress | None = None
        self.epochs: list[Epoch] = []
        self.lines: deque[str] = deque(maxlen=LINES_KEPT)
        self.outcome = ""
        self._heard: deque[RetrainEvent] = deque()
        self._said: deque[str] = deque(maxlen=LINES_KEPT)
        self._latest: Progress | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._take_up)
        self._timer.start()
        for signal in (self.task.finished, self.task.failed, self.task.stopped):
            signal.connect(self._end)

    @property
    def running(self) -> bool:
        return not self.task.ended

    @property
    def seconds_left(self) -> float | None:
        return self.progress.seconds_left if self.progress is not None else None

    @property
    def words(self) -> str:
        """ "Retraining · epoch 3 of 30 · 2 min left", as far as it is known."""
        parts = [self.task.title, translate(self.progress.what) if self.progress and self.progress.what else self.stage]
        if self.seconds_left is not None:
            parts.append(tr("{0} left").format(duration_words(self.seconds_left)))
        return " · ".join(parts)

    def tell(self, event: RetrainEvent) -> None:
        from boxwright.training.protocol import LogLine

        if isinstance(event, Progress):
            self._latest = event
        elif isinstance(event, LogLine):
            self._said.append(event.text)
        else:
            self._heard.append(event)

    def _take_up(self) -> None:
        lines = _drained(self._said)
        latest, self._latest = self._latest, None
        heard = _drained(self._heard)
        for event in heard:
            self._hear(event)
        if latest is not None:
            self.progress = latest
        self.lines.extend(lines)
        if lines:
            self.logged.emit(lines)
        if heard or latest is not None:
            self.changed.emit()

    def _hear(self, event: Any) -> None:
        from boxwright.training.protocol import Epoch

        if isinstance(event, Epoch):
            self.epochs.append(event)
        else:
            self.stage, self.progress = translate(event.text), None

    def _end(self, _result: object = None) -> None:
        self._timer.stop()
        self._take_up()
        self.changed.emit()


def _drained(queue: deque[Any]) -> list[Any]:
    """What is in it now; the other thread may go on appending."""
    return [queue.popleft() for _ in range(len(queue))]


def start_run(workspace: Workspace, request: RetrainRequest, title: str, parent: QObject) -> RetrainRun:
    """Begin in a child process. Raises BoxwrightError when it cannot be started."""
    from boxwright.services.retraining.run import start_retrain

    run = RetrainRun(title, parent)

    def done(result: RetrainResult | None) -> None:
        if result is None:
            run.task.fail(Cancelled(tr("Retraining was stopped; the present detector goes on.")))
        else:
            run.task.succeed(result)

    try:
        job = start_retrain(workspace.project, writer_of(workspace), request, run.tell, done, run.task.fail)
    except BaseException:
        run.deleteLater()
        raise
    run.task.on_cancel, run.task.on_wait = job.cancel, job.wait
    return run
