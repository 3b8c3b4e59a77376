"""Scheduler of an experiment: which cells are still to do, in which order, on how many processes."""

from __future__ import annotations

import heapq
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from boxwright.domain.errors import TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.simulate.arms import NOISE, RANDOM, Arm
from boxwright.simulate.cell_runner import CellRunner
from boxwright.simulate.effort import total, work_on
from boxwright.simulate.labelled import LabelledSet
from boxwright.simulate.ledger import CellLog
from boxwright.simulate.plan import Cell, CellTask, ExperimentPlan, cell_key
from boxwright.training.protocol import BaseModel

_POLL_SECONDS = 0.2
# Of each process: one core, since the processes are as many as the cores that may be used; and glibc gives large arrays
# back, where a heap of two gigabytes would grow otherwise, at no cost in time.
_SURROUNDINGS = {
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_MMAP_THRESHOLD_": str(4 * 2**20),
    "MALLOC_TRIM_THRESHOLD_": str(64 * 2**20),
}
Submit = Callable[[CellTask], "Future[Cell]"]


def run_experiment(
    plan: ExperimentPlan,
    labelled: LabelledSet,
    base: BaseModel,
    ledger: CellLog,
    folder: Path,
    jobs: int,
    report: Report,
    should_stop: ShouldStop,
) -> None:
    """Compute the cells that `ledger` lacks, on `jobs` processes; with 1 in this one. `folder` keeps what the base
    sees.

    Raises `Cancelled` within a moment of being told to stop; what is finished stays in the ledger.
    """
    course = CellScheduler(plan, labelled, ledger)
    if not course.waiting:
        return
    bench = CellRunner(plan, labelled, base, folder)
    bench.look(jobs, report, should_stop)
    began, before = time.monotonic(), course.done
    with _submitter(bench, (plan, labelled, base, folder), min(jobs, course.total), should_stop) as submit:
        running: dict[Future[Cell], CellTask] = {}
        while course.waiting or running:
            check(should_stop)
            while course.waiting and len(running) < jobs:
                task = course.pop()
                running[submit(task)] = task
            finished, _ = wait(running, _POLL_SECONDS, FIRST_COMPLETED)
            for future in finished:
                course.finish(running.pop(future), _result(future))
                rate = (course.done - before) / max(1e-9, time.monotonic() - began)
                report(Progress(course.done, course.total, Message("trying the rules"), rate))


class CellScheduler:
    """Cells to be computed, seed by seed, so that a run that is stopped has whole seeds."""

    def __init__(self, plan: ExperimentPlan, labelled: LabelledSet, ledger: CellLog) -> None:
        self._plan, self._set, self._ledger = plan, labelled, ledger
        self._order = {arm.name: place for place, arm in enumerate(plan.arms)}
        self.waiting: list[tuple[int, int, int, CellTask]] = []
        self.total = plan.seeds * (1 + plan.rounds * len(plan.arms)) + plan.noise
        self.done = 0
        for number in range(plan.noise):
            self._plan_for(self._noise(number))
        for seed in range(plan.seeds):
            self._plan_for(self._first(seed))

    def pop(self) -> CellTask:
        return heapq.heappop(self.waiting)[-1]

    def finish(self, task: CellTask, cell: Cell) -> None:
        """Keep the cell, and see what can be done now."""
        self._after(task, self._ledger.add(cell))

    def _plan_for(self, task: CellTask) -> None:
        """Do it, unless it is done for all the arms that want it; then what follows it."""
        cell = self._ledger.cells.get(task.key)
        if cell is not None and all(arm.name in cell.next for arm in task.arms):
            self._after(task, cell)
        else:
            heapq.heappush(self.waiting, (task.seed, task.round, self._order.get(task.arm, -1), task))

    def _after(self, task: CellTask, cell: Cell) -> None:
        self.done += 1
        if task.round >= self._plan.rounds or task.arm == NOISE:
            return
        for arm in task.arms:
            chosen = cell.next[arm.name]
            if not chosen.images:
                # The pool is exhausted: its rounds are not there.
                self.total -= self._plan.rounds - task.round
                continue
            self._plan_for(self._next(task, arm, task.labelled + chosen.images, task.work + chosen.work))

    def _next(self, task: CellTask, arm: Arm, labelled: tuple[int, ...], work: Any) -> CellTask:
        start = cell_key(task.arm, task.seed, task.round)
        return CellTask(arm.name, task.seed, task.round + 1, labelled, work, (arm,), start)

    def _first(self, seed: int) -> CellTask:
        chosen = self.drawn(seed, self._plan.initial)
        return CellTask(
            RANDOM, seed, 0, chosen, total(work_on(self._set.images[i], None) for i in chosen), self._plan.arms
        )

    def _noise(self, number: int) -> CellTask:
        """As many images as a last round has, drawn at random once."""
        chosen = self.drawn(0, self._plan.initial + self._plan.rounds * self._plan.step)
        return CellTask(
            NOISE, number, self._plan.rounds, chosen, total(work_on(self._set.images[i], None) for i in chosen)
        )

    def drawn(self, seed: int, count: int) -> tuple[int, ...]:
        """At random from the pool of a seed, with a box among them: without any there is nothing to learn."""
        pool, _ = self._set.parts(seed)
        rng = np.random.Generator(np.random.PCG64((seed, 0)))
        order = rng.permutation(pool)
        first = next((i for i, index in enumerate(order) if len(self._set.images[index].labels)), None)
        if first is None:
            raise TrainingError("None of the images to learn from has a box, so there is nothing to learn.")
        if first >= count:
            order[[count - 1, first]] = order[[first, count - 1]]
        return tuple(order[:count].tolist())


@contextmanager
def _submitter(bench: CellRunner, made_of: Sequence[Any], jobs: int, should_stop: ShouldStop) -> Iterator[Submit]:
    if jobs <= 1:
        yield lambda task: _done(bench, task, should_stop)
        return
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    pool = ProcessPoolExecutor(jobs, context, _begin, (*made_of, stop))
    before = dict(os.environ)
    # Read as a process begins, so before any of our own code runs in it.
    os.environ.update(_SURROUNDINGS)
    try:
        yield lambda task: pool.submit(_cell, task)
    finally:
        stop.set()
        pool.shutdown(wait=True, cancel_futures=True)
        for name in _SURROUNDINGS:
            os.environ.pop(name)
        os.environ.update(before)


def _done(bench: CellRunner, task: CellTask, should_stop: ShouldStop) -> Future[Cell]:
    future: Future[Cell] = Future()
    future.set_result(bench.cell(task, should_stop))
    return future


def _result(future: Future[Cell]) -> Cell:
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise TrainingError(
            "A process of the experiment ended unexpectedly, perhaps for lack of memory; what is finished is kept. "
            "Start it again with fewer trainings at once: --jobs 1."
        ) from error


_BENCH: CellRunner | None = None
_STOP: Any = None


def _begin(plan: ExperimentPlan, labelled: LabelledSet, base: BaseModel, folder: Path, stop: Any) -> None:
    """In each process of the pool, once."""
    global _BENCH, _STOP
    # Ctrl+C reaches the whole group; the parent sets `stop`, and a cell ends within a step.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, name="lifeline", daemon=True).start()
    _BENCH, _STOP = CellRunner(plan, labelled, base, folder), stop


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _cell(task: CellTask) -> Cell:
    assert _BENCH is not None
    return _BENCH.cell(task, _STOP.is_set)
