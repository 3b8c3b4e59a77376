"""Runner of an experiment's cells: the set, the base that has seen it, and one training after another."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boxwright.config.atomic import writing
from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import InputSpec
from boxwright.domain.errors import TrainingError
from boxwright.domain.features import ImageFeatures
from boxwright.domain.prediction import Detections, ProbKind
from boxwright.domain.progress import Progress, Report, ShouldStop, never
from boxwright.domain.scores import BOX_FLOOR
from boxwright.evaluation.coco import MAX_DETECTIONS, Metrics
from boxwright.inference.nms import suppressed
from boxwright.inference.preprocess import prepare
from boxwright.sampling.draw_batch import PoolState, draw_batch
from boxwright.sampling.samplers import by_name
from boxwright.sampling.scores import meaningful_scores, pool_scores
from boxwright.sampling.view import SamplerParams
from boxwright.services.retraining.measure import measure_images
from boxwright.simulate.arms import NOISE, Arm
from boxwright.simulate.effort import Work, total, work_on
from boxwright.simulate.labelled import LabelledSet, boxes_of
from boxwright.simulate.plan import CONTINUED_EPOCHS, Cell, CellTask, ExperimentPlan, NextBatch, Training
from boxwright.training.frozen_base import FrozenBase, Weights
from boxwright.training.pace import Pace
from boxwright.training.protocol import BaseModel, Epoch, LogLine

FEATURES, WEIGHTS = "features", "weights"
# From here on a box counts for AP.
MEASURED = 0.01


def feed(picture: NDArray[np.uint8], spec: InputSpec) -> Array:
    """What inference feeds a detector."""
    return prepare(picture, spec).tensor


class CellRunner:
    """Runner that computes cells of one plan; any number of processes may have one on the same folder."""

    def __init__(self, plan: ExperimentPlan, labelled: LabelledSet, base: BaseModel, folder: Path) -> None:
        """`folder` keeps what the base sees, and the weights where rounds go on from them."""
        self._plan, self._set, self._folder = plan, labelled, folder
        self._base = FrozenBase(base, labelled.training_set(), folder / FEATURES, plan.size)

    def look(self, threads: int, report: Report, should_stop: ShouldStop) -> None:
        """Let the base see every image, once for all."""

        def tell(event: Progress | Epoch | LogLine) -> None:
            if isinstance(event, Progress):
                report(event)

        self._base.look(threads, tell, should_stop)

    def cell(self, task: CellTask, should_stop: ShouldStop = never) -> Cell:
        """Raises `Cancelled` within one step of being told to stop."""
        began = time.perf_counter()
        pool, test = self._set.parts(0 if task.arm == NOISE else task.seed)
        weights = self._trained(task, should_stop)
        left = np.setdiff1d(pool, np.array(task.labelled, np.int64))
        found = list(self._detections(weights, left, BOX_FLOOR))
        on_test = list(self._detections(weights, test, MEASURED))
        metrics = self._measured(test, on_test)
        works = [work_on(self._set.images[i], seen) for i, seen in zip(left.tolist(), found)]
        images = [self._set.images[i] for i in task.labelled]
        counts = self._class_boxes(task.labelled)
        return Cell(
            task.arm,
            task.seed,
            task.round,
            len(images),
            boxes_of(images),
            metrics.ap,
            metrics.ap50,
            task.work,
            len(left),
            total(works),
            len(test),
            total(work_on(self._set.images[i], seen) for i, seen in zip(test.tolist(), on_test)),
            {
                name: (metrics.per_class[name].ap, metrics.per_class[name].ap50, int(count))
                for name, count in zip(self._set.classes, counts)
            },
            {arm.name: self._next(arm, task, left, found, works) for arm in task.arms},
            round(time.perf_counter() - began, 2),
        )

    def _trained(self, task: CellTask, should_stop: ShouldStop) -> Weights:
        pace, start = self._plan.pace, None
        if self._plan.training is Training.CONTINUED:
            steps = -(-len(task.labelled) * CONTINUED_EPOCHS // min(pace.batch, len(task.labelled)))
            pace = Pace(steps, pace.batch, pace.rate)
            start = self._kept(task.start) if task.start else None
        seed = task.seed * 1000 + task.round
        weights = self._base.train(task.labelled, pace, seed, start, should_stop)
        if self._plan.training is Training.CONTINUED:
            file = self._weights_file(task.key)
            file.parent.mkdir(parents=True, exist_ok=True)
            with writing(file) as aside, aside.open("wb") as out:
                np.savez(out, allow_pickle=False, **weights)
        return weights

    def _kept(self, key: str) -> Weights:
        file = self._weights_file(key)
        try:
            with np.load(file, allow_pickle=False) as stored:
                return {name: stored[name] for name in stored.files}
        except (OSError, ValueError) as error:
            raise TrainingError(
                "The weights to go on from are gone from {0}; run the experiment anew in another folder.", file.parent
            ) from error

    def _weights_file(self, key: str) -> Path:
        # A name of letters and digits whatever the arm is called.
        return self._folder / WEIGHTS / f"{key.encode().hex()}.npz"

    def _detections(self, weights: Weights, shown: NDArray[np.int64], floor: float) -> Iterator[Detections]:
        for raw in self._base.detect(weights, shown.tolist(), MEASURED):
            yield suppressed(*raw, floor, MAX_DETECTIONS)

    def _measured(self, test: NDArray[np.int64], found: Sequence[Detections]) -> Metrics:
        images = [self._set.images[index] for index in test.tolist()]
        return measure_images(images, found, enumerate(self._set.classes), "the labelled set")

    def _class_boxes(self, labelled: Sequence[int]) -> NDArray[np.int64]:
        labels = [self._set.images[i].labels for i in labelled]
        return np.bincount(np.concatenate(labels), minlength=len(self._set.classes)).astype(np.int64)

    def _next(
        self, arm: Arm, task: CellTask, left: NDArray[np.int64], found: Sequence[Detections], works: Sequence[Work]
    ) -> NextBatch:
        labelled = np.array(sorted(task.labelled), np.int64)
        known = PoolState(
            left,
            pool_scores(left.tolist(), found, ProbKind.SIGMOID),
            labelled,
            self._class_boxes(task.labelled),
            lambda: self._features,
        )
        serving = meaningful_scores(ProbKind.SIGMOID, len(self._set.classes))
        scoring = arm.scoring if arm.scoring.score in serving else replace(arm.scoring, score=serving[0])
        knobs = SamplerParams(self._plan.step, arm.subset, arm.random_share)
        rng = np.random.Generator(np.random.PCG64((task.seed, task.round, 2)))
        chosen = draw_batch(by_name(arm.sampler), known, scoring, knobs, rng).selection.indices
        return NextBatch(tuple(left[chosen].tolist()), total(works[i] for i in chosen))

    @cached_property
    def _features(self) -> ImageFeatures:
        """Of all images: they are the same in every cell."""
        count = len(self._set.images)
        return ImageFeatures(np.arange(count), self._base.pooled(range(count)))
