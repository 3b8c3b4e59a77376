"""Run of a retraining: the training in a child process, the writing in the program that asked for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

from boxwright.domain.errors import BoxwrightError, Cancelled, TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.progress import ShouldStop, never
from boxwright.services.child import Event, Job
from boxwright.services.project.project import Project
from boxwright.services.retraining.register import Writes, register
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.result import RetrainEvent, RetrainResult
from boxwright.services.retraining.wire import TrainedCandidate, from_event

T = TypeVar("T")
KEPT = Message("the active detector and all labels are as they were; start it again")
LOOK_SECONDS = 0.2


def start_retrain(
    project: Project,
    writes: Writes,
    request: RetrainRequest,
    on_event: Callable[[RetrainEvent], None],
    on_done: Callable[[RetrainResult | None], None],
    on_error: Callable[[BoxwrightError], None],
) -> Job:
    """Start the child and return at once. `Job.cancel()` ends it with everything it started; then nothing has changed
    and `on_done` gets None, unless the new detector was in the project already. Otherwise exactly one of `on_done`,
    when the detector and its round are on disk, and `on_error` follows. All callbacks come on a background thread;
    `writes` is the window's `WriteQueue`.
    Raises `ReadOnlyProject`, `JobFailed` when no process can be started."""
    project.require_writable()
    run = _Run(project, writes, on_event)
    arguments = {"project": str(project.folder), "request": request.to_json()}

    def failed(error: BoxwrightError) -> None:
        # A child that died after its candidate was taken has done its work.
        if run.result is None:
            on_error(error)
        else:
            on_done(run.result)

    job = Job("train", arguments, run.handle, lambda _: on_done(run.result), failed, KEPT)
    if request.time_limit is not None:
        _give_up_after(request.time_limit, job)
    return job


def retrain(
    project: Project,
    request: RetrainRequest,
    report: Callable[[RetrainEvent], None] = lambda _: None,
    should_stop: ShouldStop = never,
) -> RetrainResult:
    """As `start_retrain`, waiting for the end; the disk is asked once. `report` is called on another thread.
    Raises `Cancelled` and the error of whatever stopped it; then the project is as it was."""
    results: list[RetrainResult | None] = []
    errors: list[BoxwrightError] = []
    job = start_retrain(project, _AtOnce(project), request, report, results.append, errors.append)
    try:
        while not job.wait(LOOK_SECONDS):
            if should_stop():
                job.cancel()
    finally:
        job.cancel()
        job.wait()
    if errors:
        raise errors[0]
    if not results or results[0] is None:
        raise Cancelled("The training was stopped; the active detector and all labels are as they were.")
    return results[0]


def start_estimate(
    project: Project,
    request: RetrainRequest,
    on_done: Callable[[float | None], None],
    on_error: Callable[[BoxwrightError], None],
) -> Job:
    """How many seconds the training would take here, timed in a child; None where that cannot be told, and after
    `cancel`. Callbacks as with `start_retrain`."""

    def done(result: Mapping[str, Any] | None) -> None:
        on_done(result["seconds"] if result else None)

    arguments = {"project": str(project.folder), "request": request.to_json()}
    return Job("estimate", arguments, lambda *_: None, done, on_error, KEPT)


def activate(project: Project, model_id: int) -> None:
    """Make a detector the active one, whatever its figures; its round is marked. Raises `ModelError`."""
    project.models.activate(model_id)


class _Run:
    """The parent's side of one job, on the job's thread. `result` is there once the candidate is in the project."""

    def __init__(self, project: Project, writes: Writes, on_event: Callable[[RetrainEvent], None]) -> None:
        self._project = project
        self._writes = writes
        self._on_event = on_event
        self._began = time.perf_counter()
        self.result: RetrainResult | None = None

    def handle(self, event: Event, folder: Path) -> None:
        if event["event"] == "candidate":
            found = TrainedCandidate.from_json(event)
            # The name only: a path from outside the job's folder has no business here.
            file = folder / "out" / Path(found.file).name
            self.result = register(self._project, self._writes, found, file, time.perf_counter() - self._began)
        elif (told := from_event(event)) is not None:
            self._on_event(told)


class _AtOnce:
    """`Writes` without a thread of its own, for a command: what the disk refuses is an error at once."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def submit(self, function: Callable[[Project], T]) -> Future[T]:
        future: Future[T] = Future()
        project = self._project.for_thread()
        try:
            with project.transaction():
                result = function(project)
            future.set_result(result)
        except BaseException as error:
            future.set_exception(error)
        finally:
            project.close()
        return future


def _give_up_after(seconds: float, job: Job) -> None:
    error = TrainingError(
        "The training was not done after {0:.0f} seconds and was ended; the active detector and all labels are "
        "as they were.",
        seconds,
    )

    def watch() -> None:
        if not job.wait(seconds):
            job.give_up(error)

    threading.Thread(target=watch, name="retrain-limit", daemon=True).start()
