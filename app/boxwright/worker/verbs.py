"""Verbs of the child process: each is a function of the job's arguments that tells what happens by `emit`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib import import_module
from typing import Any

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.progress import Report

Emit = Callable[[dict[str, Any]], None]
Verb = Callable[[Mapping[str, Any], Emit], dict[str, Any]]

# `module:function`, loaded on use. A verb gets `folder`, where its result files go; it returns the result of `done`.
VERBS = {
    "device": "boxwright.worker.device_verb:run",
    "doctor": "boxwright.worker.doctor_verb:run",
    "estimate": "boxwright.worker.estimate_verb:run",
    "examine": "boxwright.worker.inspect_verb:examine",
    "export": "boxwright.worker.export_verb:run",
    "inspect": "boxwright.worker.inspect_verb:inspect",
    "look": "boxwright.worker.look_verb:run",
    "obtain": "boxwright.worker.obtain_verb:obtain",
    "prelabel": "boxwright.worker.prelabel_verb:run",
    "readings": "boxwright.worker.inspect_verb:readings",
    "simulate": "boxwright.worker.simulate_verb:run",
    "survey": "boxwright.worker.survey_verb:run",
    "train": "boxwright.worker.train_verb:run",
    "try": "boxwright.worker.obtain_verb:try_out",
}


def load_verb(name: str) -> Verb:
    """Raises BoxwrightError for a verb there is none of."""
    if name not in VERBS:
        raise BoxwrightError("The worker has no task '{0}'; it knows {1}.", name, ", ".join(VERBS))
    module, function = VERBS[name].split(":")
    verb: Verb = getattr(import_module(module), function)
    return verb


def progress_to(emit: Emit) -> Report:
    """What a verb's work reports, as lines for the parent."""
    return lambda progress: emit({"event": "progress", **asdict(progress)})
