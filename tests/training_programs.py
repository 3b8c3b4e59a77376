"""Small training programs, as a person would write them, for the trainer `command`."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.onnx_graphs import dense_rows, f32, write_graph
from tests.training_sets import on_disk, shapes_set

from boxwright.domain.progress import Progress, never
from boxwright.training.command import CommandTrainer
from boxwright.training.protocol import BaseModel, Candidate, Epoch, LogLine, TrainingSet, TrainSettings


@dataclass
class Bench:
    """One set of four images, a ready-made detector that programs copy, and all that the trainer told."""

    folder: Path
    told: list[Progress | Epoch | LogLine] = field(default_factory=list)
    should_stop: Any = never

    def __post_init__(self) -> None:
        self.out = self.folder / "결과 out"
        self.out.mkdir(parents=True)
        self.dataset: TrainingSet = on_disk(shapes_set(4), self.folder / "내 사진")
        # Two classes, as the set has.
        self.ready = write_graph(
            self.folder / "ready.onnx", {"output0": f32(dense_rows(252, objectness=False)[:, :6].T[None])}
        )

    def run(self, code: str, *more: str, base: BaseModel | None = None, **options: Any) -> Candidate:
        """Train by a Python program; `ready` is the detector's path in it, `argv` what follows, `{out}` first."""
        script = self.folder / "내 program.py"
        script.write_text(
            f"import os, shutil, sys, time\nready, argv = {str(self.ready)!r}, sys.argv[1:]\n{code}\n", "utf-8"
        )
        options = {"arguments": [sys.executable, "-S", str(script), "{out}", *more], **options}
        settings = TrainSettings(self.out, epochs=3, size=64, seed=5, threads=1, device="cpu", options=options)
        return CommandTrainer().train(self.dataset, base, settings, self.told.append, self.should_stop)

    @property
    def lines(self) -> list[str]:
        """The log, without the trainer's own first line."""
        return [told.text for told in self.told if isinstance(told, LogLine)][1:]
