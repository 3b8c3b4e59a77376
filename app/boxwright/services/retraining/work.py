"""Work of the child in a retraining: train, check the candidate, measure it and the present detector.

Writes nothing to the project but the trainer's cache.
"""

from __future__ import annotations

import errno
import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import InputSpec
from boxwright.domain.errors import BoxwrightError, ModelError, TrainingError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message, joined
from boxwright.domain.model import Model
from boxwright.domain.progress import never
from boxwright.inference.preprocess import prepare
from boxwright.services.detectors.registry import chosen_model, naming, open_detector
from boxwright.services.prelabelling.pipeline import workers_for
from boxwright.services.project.project import Project
from boxwright.services.retraining.cache import cache_folder, trim_cache
from boxwright.services.retraining.default import default_trainer
from boxwright.services.retraining.evaluate import evaluate_detector
from boxwright.services.retraining.facts import class_ids, labelled_files, training_facts, training_set
from boxwright.services.retraining.request import RetrainRequest
from boxwright.services.retraining.result import Figures, RetrainEvent, Stage, figures_of
from boxwright.services.retraining.usefulness import useless_by_figures, useless_by_looks
from boxwright.services.retraining.wire import EventThrottle, TrainedCandidate, plain
from boxwright.training.protocol import BaseModel, Candidate, LogLine, Trainer, TrainingSet, TrainSettings
from boxwright.training.registry import by_name, plans_for_time

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from boxwright.inference.detector import Detector

OUT = "out"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
log = logging.getLogger(__name__)


def work(
    project: Project, request: RetrainRequest, folder: Path, tell: Callable[[RetrainEvent], None]
) -> TrainedCandidate:
    """Leaves the candidate's files in `folder`/out. Raises a `BoxwrightError` for whatever stops it."""
    turn = _TrainingRun(project, request, EventThrottle(tell))
    trim_cache(project, turn.base.onnx if turn.base else None)
    made = turn.trained(folder / OUT)
    detector = turn.checked(made)
    active = project.models.active()
    before, after, note = turn.measured(detector, active)
    useless = turn.useless(detector, after)
    return TrainedCandidate(
        file=made.onnx.name,
        card=made.card,
        class_ids=tuple(turn.class_ids[name] for name in made.card.classes),
        measured_id=active.id if active else None,
        before=before,
        after=after,
        stages=turn.stages,
        history=tuple(plain(epoch) for epoch in made.history),
        images=len(turn.dataset.images),
        boxes=sum(len(image.labels) for image in turn.dataset.images),
        note=joined(" ", (*turn.left_out, made.note, note)),
        useless=useless,
    )


def estimated(project: Project, request: RetrainRequest, folder: Path) -> float | None:
    """Seconds that the training in `work` should take here; None where its trainer cannot tell. Raises as `work`."""
    return _TrainingRun(project, request, EventThrottle(lambda _: None)).estimated(folder / OUT)


class _TrainingRun:
    """One retraining. `stages`: seconds by stage so far."""

    def __init__(self, project: Project, request: RetrainRequest, tell: EventThrottle) -> None:
        # Before torch is loaded, and for whatever program a trainer starts.
        if request.threads:
            for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
                os.environ[name] = str(request.threads)
        self.project = project
        self.request = request
        self.tell = tell
        self.stages: dict[str, float] = {}
        self.trainer = _trainer(request.trainer or default_trainer(project))
        if request.seconds is not None and not plans_for_time(self.trainer):
            raise TrainingError(
                "The trainer '{0}' cannot plan for a time; choose an effort, or another trainer.", self.trainer.name
            )
        files = labelled_files(project, Split.TRAIN, request.begun)
        self.left_out = files.sentences()
        if (obstacle := training_facts(project, request.begun).obstacle) is not None:
            raise TrainingError(obstacle)
        self.dataset: TrainingSet = training_set(project, begun=request.begun, files=files)
        if not any(len(image.labels) for image in self.dataset.images):
            raise TrainingError("No box is left to learn from. {0}", joined(" ", self.left_out))
        self.class_ids = dict(zip(self.dataset.classes, class_ids(project), strict=True))
        self.base = _base(project, request, self.trainer.needs_base_model)

    def trained(self, out: Path) -> Candidate:
        for sentence in self.left_out:
            self.tell(LogLine(sentence))
        with self._stage("training", Message("training")), self._explained():
            made = self.trainer.train(self.dataset, self.base, self._settings(out), self.tell, never)
        if made.onnx.parent != out or not made.onnx.is_file():
            raise TrainingError("The trainer '{0}' left no detector where it was asked to.", self.trainer.name)
        return made

    def estimated(self, out: Path) -> float | None:
        with self._explained():
            return self.trainer.estimate(self.dataset, self.base, self._settings(out))

    def checked(self, made: Candidate) -> Detector:
        """The candidate, opened and run once. Raises ModelError when it does not run, or knows other classes."""
        import numpy as np

        from boxwright.inference.detector import Detector

        with self._stage("checking", Message("checking the new detector")):
            unknown = [name for name in made.card.classes if name not in self.class_ids]
            labels = {int(label) for image in self.dataset.images for label in image.labels}
            taught = [self.dataset.classes[label] for label in sorted(labels)]
            missing = [name for name in taught if name not in made.card.classes]
            if unknown or missing:
                what = (
                    Message("knows {0}", _listed(unknown))
                    if unknown
                    else Message("does not know {0}", _listed(missing))
                )
                raise ModelError(
                    "The new detector does not fit the project: it {0}, whose classes are "
                    "{1}; the active detector stays as it was.",
                    what,
                    _listed(list(self.dataset.classes)),
                )
            try:
                detector = Detector.open(made.onnx, made.card, self.request.device, self._threads())
                detector.detect([np.full((48, 64, 3), 128, dtype=np.uint8)])
            except BoxwrightError as error:
                raise ModelError(
                    "The new detector cannot be used, and the active one stays as it was: {0}", error
                ) from error
        return detector

    def measured(self, detector: Detector, active: Model | None) -> tuple[Figures | None, Figures | None, str]:
        """Of the active detector and of the new one, and a sentence where one of them could not be measured."""
        if not len(self.project.begun.done_ids(Split.VALIDATION, self.request.begun)):
            return (
                None,
                None,
                Message("No image of the validation split is labelled, so the new detector was not measured."),
            )
        with self._stage("measuring", Message("measuring the new detector")):
            class_map = dict(enumerate(self.class_ids[name] for name in detector.card.classes))
            after = self._figures(detector, class_map)
            if after is None:
                return None, None, Message("The validation images have no box, so the new detector was not measured.")
            if active is None:
                return None, after, ""
            self.tell(Stage(Message("measuring the present detector")))
            try:
                with naming(active):
                    present = open_detector(self.project, active, self.request.device, self._threads())
                    return self._figures(present, active.class_map), after, ""
            except ModelError as error:
                return None, after, Message("The present detector could not be measured: {0}", error)

    def useless(self, detector: Detector, after: Figures | None) -> str:
        """Why the new detector is of no use yet; empty where it is."""
        if after is not None:
            return useless_by_figures(after)
        with self._stage("trying", Message("trying the new detector on some images")):
            return useless_by_looks(self.project, detector, self.dataset, self._cores())

    def _figures(self, detector: Detector, class_map: Mapping[int, int]) -> Figures | None:
        return figures_of(
            evaluate_detector(self.project, detector, class_map, self._cores(), self.tell, begun=self.request.begun)
        )

    def _settings(self, out: Path) -> TrainSettings:
        out.mkdir(exist_ok=True)
        request = self.request
        return TrainSettings(
            out=out,
            effort=request.effort,
            epochs=request.epochs,
            size=request.size,
            seed=request.seed,
            threads=request.threads,
            device=request.device,
            seconds=request.seconds,
            cache=cache_folder(self.project),
            options=request.options,
        )

    def _threads(self) -> int:
        return workers_for("CPU", self._cores()).threads

    def _cores(self) -> int:
        from boxwright.inference.session import usable_cores

        return self.request.threads or usable_cores()

    @contextmanager
    def _stage(self, name: str, text: str) -> Iterator[None]:
        self.tell(Stage(text))
        began = time.perf_counter()
        try:
            yield
        finally:
            self.stages[name] = round(time.perf_counter() - began, 3)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Whatever a trainer raises, as one sentence."""
        try:
            yield
        except (BoxwrightError, MemoryError):
            raise
        except (Exception, SystemExit) as error:
            log.exception("trainer %s", self.trainer.name)
            raise TrainingError(self._why(error)) from error

    def _why(self, error: BaseException) -> str:
        kept = Message("the active detector and all labels are as they were")
        if self.base is not None and not self.base.onnx.is_file():
            return Message("The file of the detector to start from is gone ({0}); {1}.", self.base.onnx, kept)
        if isinstance(error, OSError) and error.errno in _FULL:
            return Message(
                "There is no room left on the disk for the training's files; {0}. Free some space and start again.",
                kept,
            )
        return Message(
            "The trainer '{0}' stopped with an error ({1}); {2}.", self.trainer.name, _first_line(error), kept
        )


def _trainer(name: str) -> Trainer:
    trainer = by_name(name)
    if (obstacle := trainer.obstacle()) is not None:
        raise TrainingError(obstacle)
    return trainer


def _base(project: Project, request: RetrainRequest, needed: bool) -> BaseModel | None:
    """The detector to start from. One that is merely the active one is not called for by a trainer without need."""
    if not needed and request.base_model_id is None and project.models.active() is None:
        return None
    model = _start(project, request.base_model_id)
    path = project.folder / model.file
    if not path.is_file():
        if not needed and request.base_model_id is None:
            return None
        raise ModelError("The file of the detector '{0}' is gone from {1}; add it again.", model.name, path.parent)
    return BaseModel(path, model.card, _fed)


def _start(project: Project, model_id: int | None) -> Model:
    """The one that was asked for, or the active one; where none is, the newest, such as a first one that was of no use
    yet. Raises ModelError."""
    if model_id is None and project.models.active() is None:
        there = [model for model in project.models.all() if model.file and (project.folder / model.file).is_file()]
        model_id = max((model.id for model in there), default=None)
    return chosen_model(project, model_id)


def _fed(picture: NDArray[np.uint8], spec: InputSpec) -> Array:
    return prepare(picture, spec).tensor


def _first_line(error: BaseException) -> str:
    text = str(error).strip()
    return f"{type(error).__name__}: {text.splitlines()[0][:300]}" if text else type(error).__name__


def _listed(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names[:8]) + (", …" if len(names) > 8 else "")
