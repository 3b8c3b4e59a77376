"""Training by another program: a dataset folder for it, an ONNX file from it, and in between what it says."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from boxwright.domain.errors import SettingError, TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.progress import ShouldStop, check
from boxwright.training.checks import check_labels
from boxwright.training.command_options import CommandOptions, filled
from boxwright.training.output_parser import OutputParser
from boxwright.training.program import Ending, run_program
from boxwright.training.protocol import Candidate, Effort, Exchange, LogLine, TrainingSet, TrainReport, TrainSettings
from boxwright.training.recipe import Recipe

# What stands for {epochs} and {size} where a person said nothing.
EPOCHS = {Effort.QUICK: 30, Effort.THOROUGH: 100, Effort.FULL: 300}
SIZE = 640
NAME = "candidate.onnx"


def recipe_for(settings: TrainSettings) -> Recipe:
    """Raises `SettingError`. Batch and learning rate are the program's own business unless a person said them."""
    return Recipe(EPOCHS[settings.effort], SIZE, batch=8, learning_rate=1e-3).filled(settings)


def check_handover(dataset: TrainingSet) -> Exchange:
    """What writes `dataset` for a program. Raises `TrainingError` when nothing can be learnt from it."""
    check_labels(dataset)
    if dataset.exchange is None:
        raise SettingError("A training program needs dataset files, and nothing here writes them for it.")
    return dataset.exchange


def train_by_program(
    options: CommandOptions,
    more: Mapping[str, str | None],
    dataset: TrainingSet,
    settings: TrainSettings,
    report: TrainReport,
    should_stop: ShouldStop,
) -> Candidate:
    """Run the program of `options` and take its detector into `settings.out`; nothing else stays there. `more`: what
    other names in its arguments stand for. Raises as `Trainer.train` does."""
    recipe, exchange = recipe_for(settings), check_handover(dataset)
    check(should_stop)
    scratch = Path(tempfile.mkdtemp(prefix="command-", dir=settings.out))
    try:
        (scratch / "result").mkdir()
        onnx = scratch / "result" / NAME
        command = filled(options.arguments, {**_values(scratch, onnx, recipe, settings), **more})
        report(
            LogLine(Message("Writing {0} images and their labels as {1}.", len(dataset.images), options.dataset_format))
        )
        exchange.write(dataset, options.dataset_format, scratch / "dataset", options.copy_images, recipe.seed)
        check(should_stop)
        hearing = OutputParser(report, recipe.epochs)
        environment = _environment(settings.threads)
        ending = run_program(command, scratch, environment, hearing.hear, should_stop, options.time_limit)
        hearing.end()
        _check_ending(ending, command[0])
        if not onnx.is_file() or not onnx.stat().st_size:
            raise TrainingError(
                "The program ended without an error but wrote no detector; it must write an ONNX file at the path that "
                "{out} stands for."
            )
        card = exchange.card(onnx, dataset.classes)
        _move_files(onnx.parent, settings.out)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Candidate(settings.out / NAME, card, tuple(hearing.history))


def _values(scratch: Path, onnx: Path, recipe: Recipe, settings: TrainSettings) -> dict[str, str]:
    return {
        "dataset": str((scratch / "dataset").absolute()),
        "out": str(onnx.absolute()),
        "epochs": str(recipe.epochs),
        "size": str(recipe.size),
        "seed": str(recipe.seed),
        "device": settings.device,
        "threads": str(settings.cores),
    }


def _environment(threads: int) -> dict[str, str]:
    """That of this process; the output of Python programs comes line by line, and numeric libraries keep to
    `threads`, unless it is 0."""
    told = {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8:backslashreplace"}
    if threads:
        told |= dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), str(threads))
    return {**os.environ, **told}


def _check_ending(ending: Ending, program: str) -> None:
    if ending.error:
        raise TrainingError(
            "The program '{0}' could not be started: {1}; name it with its whole path.", program, Message(ending.error)
        )
    if ending.code == 0:
        return
    how = Message("ended unexpectedly") if ending.code is None else Message("ended with exit code {0}", ending.code)
    if ending.code is not None and ending.code < 0:
        how = Message("was ended by signal {0}", -ending.code)
        with suppress(ValueError):
            name = signal.Signals(-ending.code).name
            how = Message("was ended by signal {0} ({1})", -ending.code, name)
    said = Message("its last line was: {0}", ending.last_line) if ending.last_line else Message("it printed nothing")
    raise TrainingError("The program '{0}' {1}; {2}", program, how, said)


def _move_files(source: Path, target: Path) -> None:
    """The detector with what lies beside it: its card, and data files that hold its weights."""
    for file in source.iterdir():
        if file.is_symlink():
            if file.is_file():
                shutil.copyfile(file, target / file.name)
        else:
            shutil.move(file, target / file.name)
