"""Experiments on the dataset and with the detector file that a person names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.progress import Report, ShouldStop
from boxwright.inference.inspect import inspect_model
from boxwright.services.importing.read import read_dataset
from boxwright.simulate.cell_runner import feed
from boxwright.simulate.labelled import labelled_set
from boxwright.simulate.plan import ExperimentPlan
from boxwright.simulate.recipes import recipe
from boxwright.simulate.resume import ExperimentFolders, keep
from boxwright.training.protocol import BaseModel

# A dataset that was an archive is unpacked here, below the folder of the experiment.
_UNPACKED = "dataset"
_COPIES = "near-duplicates"


@dataclass(frozen=True)
class Request:
    """Experiment as it was asked for.

    `plan`: of the number of images in the pool. `test`: as in `labelled_set`. `features`: folder for what the
    base sees, `out` when None. `jobs`: processes at once. `recipe`: what is made of the pool,
    as in `recipes.recipe`, "" for nothing.
    """

    dataset: Path
    model: Path
    out: Path
    plan: Callable[[int], ExperimentPlan]
    format_name: str | None = None
    test: Split | float | None = None
    features: Path | None = None
    recipe: str = ""
    jobs: int = 1


def experiment(request: Request, report: Report, should_stop: ShouldStop) -> tuple[str, ...]:
    """Read, run and keep; the cells are in `request.out` then, and those of a run that was stopped are used again.
    Returns a sentence for each kind of image that took no part.

    Raises `FormatError`, `SettingError`, `ModelError`, `TrainingError` and `Cancelled`.
    """
    part = request.out / _UNPACKED
    make = recipe(request.recipe) if request.recipe else None
    base = base_model(request.model)
    read = read_dataset(request.dataset, request.format_name, part, report, should_stop)
    labelled = labelled_set(read.dataset, request.test, report, should_stop)
    if make is not None:
        labelled = make(labelled, request.out / _COPIES, report, should_stop)
    about = {"dataset": request.dataset.name, **({"recipe": request.recipe} if request.recipe else {})}
    place = ExperimentFolders(request.out, request.features or request.out, request.jobs)
    keep(request.plan(labelled.pool_size), labelled, base, place, about, report, should_stop)
    return labelled.left_out


def base_model(file: Path) -> BaseModel:
    """The detector in `file` as something to learn from; what its own classes are called does not matter for that.
    Raises `ModelError` and `FormatError`."""
    if not file.is_file():
        raise FormatError("{0} is not there; name the ONNX file of a detector with --model.", file)
    found = inspect_model(file)
    if found.card is not None and not found.card.classes and found.class_count:
        found = inspect_model(file, {"classes": [str(k) for k in range(found.class_count)]})
    return BaseModel(file, found.usable_card(), feed)
