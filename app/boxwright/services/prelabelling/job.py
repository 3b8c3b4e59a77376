"""Jobs of pre-labelling: the detector in a child process, the writing in the window's queue."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.model import Model
from boxwright.domain.progress import Report
from boxwright.services.child import Event, Job, JobFailed
from boxwright.services.detectors.feature_model import give_up_features
from boxwright.services.prelabelling.plan import begin
from boxwright.services.prelabelling.prediction_file import load_chunk
from boxwright.services.prelabelling.prelabel import (
    Committed,
    PrelabelResult,
    PrelabelTally,
    Speed,
    commit_chunk,
    compact,
    features_failed,
)
from boxwright.services.prelabelling.undo import ReplacedPredictions, begin_replacing
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue

__all__ = ["Job", "JobFailed", "start_prelabel"]


def start_prelabel(
    project: Project,
    write_queue: WriteQueue,
    model_id: int,
    device: str,
    on_progress: Report,
    on_done: Callable[[PrelabelResult], None],
    on_error: Callable[[BoxwrightError], None],
    again: Sequence[int] = (),
) -> Job:
    """Start the child and return at once. `Job.cancel()` ends it; what was committed stays, and `on_done` gets a
    result with `stopped`. The callbacks run on a background thread, `on_done` after everything is on disk. Images
    marked as problems or pre-labelled while the person works are seen at the next read. `again`: ids of the only
    images to run on, although the detector may have seen them.
    Raises `ReadOnlyProject` when the project cannot be written, `JobFailed` when no process can be started."""
    project.require_writable()
    run = _PrelabelRun(write_queue, model_id, on_progress, again)

    def done(result: Mapping[str, Any] | None) -> None:
        try:
            finished = run.finish(result)
        except BoxwrightError as error:
            on_error(error)
        else:
            on_done(finished)

    arguments = {
        "project": str(project.folder),
        "model_id": model_id,
        "device": device,
        "again": [int(i) for i in again],
    }
    return Job("prelabel", arguments, run.handle, done, on_error)


class _PrelabelRun:
    """The parent's side of one job, on the job's thread."""

    def __init__(self, write_queue: WriteQueue, model_id: int, on_progress: Report, again: Sequence[int]) -> None:
        self._queue = write_queue
        self._model_id = model_id
        self._on_progress = on_progress
        self._speed: Speed | None = None
        self._tally: PrelabelTally | None = None
        self._again = again
        self._replaced: ReplacedPredictions | None = None

    def handle(self, event: Event, folder: Path) -> None:
        if event["event"] == "started":
            offers = event["offers_features"]
            model = self._queue.submit(lambda project: self._begin(project, offers)).result()
            self._tally = PrelabelTally(model, int(event["already"]))
            self._tally.runs_on(str(event["device"]), str(event["device_note"]))
            self._speed = Speed(int(event["total"]), self._on_progress)
        elif event["event"] == "chunk":
            assert self._tally is not None and self._speed is not None
            # The name only: a path from outside the job's folder has no business here.
            file = folder / Path(str(event["file"])).name
            chunk = load_chunk(file)
            file.unlink()

            def commit(project: Project) -> Committed:
                with project.transaction():
                    if self._replaced is not None:
                        project.replaced_predictions.put(
                            self._replaced.run, self._model_id, [i for i, _ in chunk.found]
                        )
                    return commit_chunk(project, self._model(project), chunk)

            self._tally.add(self._queue.submit(commit).result())
            self._speed.add(int(event["images"]))

    def finish(self, result: Mapping[str, Any] | None) -> PrelabelResult:
        """`result`: of the child, None when it was stopped."""
        stopped = result is None
        if self._tally is None:
            return PrelabelResult(self._model_id, stopped=stopped)
        if error := str((result or {}).get("features_failed", "")):
            self._queue.submit(give_up_features).result()
            self._tally.features_note = features_failed(error)
        self._queue.submit(lambda project: compact(project, self._model(project))).result()
        self._tally.stopped = stopped
        return replace(self._tally.result(), replaced=self._replaced)

    def _begin(self, project: Project, offers_features: bool | None) -> Model:
        model = self._model(project)
        begin(project, model, offers_features)
        if self._again:
            self._replaced = begin_replacing(project, model.id, self._again)
        return model

    def _model(self, project: Project) -> Model:
        return project.models.get(self._model_id)
