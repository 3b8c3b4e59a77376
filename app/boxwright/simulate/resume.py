"""State of one experiment in its folder: the cells that are there, those computed now, and the table of both."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from boxwright.config.lock import WriterLock
from boxwright.domain.errors import FormatError
from boxwright.domain.messages import reason_of
from boxwright.domain.progress import Report, ShouldStop
from boxwright.simulate.arms import NAMES
from boxwright.simulate.cell_scheduler import run_experiment
from boxwright.simulate.labelled import LabelledSet
from boxwright.simulate.ledger import CellLog
from boxwright.simulate.output import write_cells
from boxwright.simulate.plan import ExperimentPlan
from boxwright.training.protocol import BaseModel

LOCK = "experiment.lock"


@dataclass(frozen=True)
class ExperimentFolders:
    """Folders and processes of a run.

    `out`: cells and report. `features`: what the base sees, gigabytes. `jobs`: processes at once.
    """

    out: Path
    features: Path
    jobs: int = 1


def keep(
    plan: ExperimentPlan,
    labelled: LabelledSet,
    base: BaseModel,
    place: ExperimentFolders,
    about: Mapping[str, str],
    report: Report,
    should_stop: ShouldStop,
) -> None:
    """Compute what is missing. `about` tells in words what the experiment is. What is finished is in the CSV as well,
    however a run ends. Raises `FormatError`, `TrainingError` and `Cancelled`."""
    digest = hashlib.sha256(base.onnx.read_bytes()).hexdigest()[:16]
    told = {
        **about,
        "base": base.onnx.name,
        "fingerprint": plan.fingerprint(labelled.digest, digest),
        "pool": str(labelled.pool_size),
        "test": str(labelled.test_size),
        "training": str(plan.training),
        "first": str(plan.initial),
        "step": str(plan.step),
        "steps": str(plan.pace.steps),
        NAMES[0]: NAMES[1],
    }
    with _alone(place.out):
        ledger = CellLog(place.out, told)
        try:
            run_experiment(plan, labelled, base, ledger, place.features, place.jobs, report, should_stop)
        finally:
            write_cells(ledger.cells.values(), [arm.name for arm in plan.arms], told, place.out)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two programs on one folder would compute and write everything twice."""
    lock = WriterLock(folder / LOCK)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        taken = lock.acquire()
    except OSError as error:
        raise FormatError("{0} cannot be used: {1}; choose another folder.", folder, reason_of(error)) from error
    if not taken:
        raise FormatError(
            "Another program (process {0}) works on the experiment in {1}; wait until it has "
            "ended, or choose another folder.",
            lock.holder(),
            folder,
        )
    try:
        yield
    finally:
        lock.release()
