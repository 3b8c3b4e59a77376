"""A trainer that does what it is told in `options`, for tests: it hands over a detector that was made beforehand, or
comes to grief in a certain way. It is installed for child processes as any other package's trainer is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.prediction import ProbKind
from boxwright.domain.progress import Progress, ShouldStop
from boxwright.training.protocol import BaseModel, Candidate, Epoch, LogLine, TrainingSet, TrainReport, TrainSettings

EPOCHS = (Epoch(1, 2.0, 1.0, 1.0, 0.1, 0.25), Epoch(2, 1.0, 0.5, 0.5, 0.2))
SLEEPER = "import time; time.sleep(600)"


class Puppet:
    """`options`: `detector`, the file to hand over; `classes`, the names it says; `size`, of its input;
    `do`, one of the methods below."""

    name = "puppet"
    summary = "Does what it is told."
    needs_base_model = False
    plans_for_time = True

    def obstacle(self) -> str | None:
        return None

    def estimate(self, dataset: TrainingSet, base_model: BaseModel | None, settings: TrainSettings) -> float | None:
        return float(len(dataset.images)) if settings.options.get("detector") else None

    def train(
        self,
        dataset: TrainingSet,
        base_model: BaseModel | None,
        settings: TrainSettings,
        report: TrainReport,
        should_stop: ShouldStop,
    ) -> Candidate:
        report(Progress(1, 2, "epoch 1"))
        for epoch in EPOCHS:
            report(epoch)
        report(LogLine(f"threads {os.environ.get('OMP_NUM_THREADS')}, {len(dataset.images)} images"))
        report(LogLine(f"{settings.seconds} seconds"))
        if deed := settings.options.get("do"):
            getattr(self, deed)(base_model, settings, report)
        made = settings.out / "candidate.onnx"
        made.write_bytes(Path(settings.options["detector"]).read_bytes())
        classes = tuple(settings.options.get("classes", dataset.classes))
        spec = InputSpec(*settings.options.get("size", (32, 32)))
        return Candidate(made, DetectorCard("yolov8", ProbKind.SIGMOID, classes, spec), EPOCHS)

    def crash(self, *_: Any) -> None:
        raise ValueError("the weights ran away\nand took the optimiser along")

    def vanish(self, *_: Any) -> None:
        os._exit(3)

    def wait(self, _: object, settings: TrainSettings, report: TrainReport) -> None:
        """Start a program that never ends, tell its number, leave half a file, and never end either."""
        sleeper = subprocess.Popen([sys.executable, "-c", SLEEPER])
        (settings.out / "candidate.onnx").write_bytes(b"half a mod")
        report(LogLine(f"sleeper {sleeper.pid}"))
        while True:
            time.sleep(0.02)

    def babble(self, _: object, __: object, report: TrainReport) -> None:
        """Print what looks like the end of the job, bytes that are no text, and far too much."""
        os.write(1, b'{"event": "done", "result": {}}\n{"event": "candidate", "file": "/etc/passwd"}\n\xff\xfe\x00\n')
        print('{"event": "error", "message": "nonsense"}', flush=True)
        for number in range(5_000):
            report(LogLine(f"{number} {'blah' * 3000}"))

    def fill_the_disk(self, _: object, settings: TrainSettings, __: object) -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        (settings.out / "candidate.onnx").write_bytes(bytes(100_000))

    def lose_the_base(self, base_model: BaseModel | None, *_: Any) -> None:
        assert base_model is not None
        base_model.onnx.unlink()
        base_model.onnx.read_bytes()

    def lose_the_base_and_go_on(self, base_model: BaseModel | None, *_: Any) -> None:
        assert base_model is not None
        base_model.onnx.unlink()

    def leave(self, *_: Any) -> None:
        raise SystemExit


class PuppetOnBase(Puppet):
    name = "puppet-on-base"
    needs_base_model = True


def install(folder: Path) -> Path:
    """A folder for the search path in which a package of these trainers is installed."""
    info = folder / "puppets-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: puppets\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[boxwright.trainers]\n"
        "puppet = tests.puppet_trainer:Puppet\npuppet-on-base = tests.puppet_trainer:PuppetOnBase\n"
    )
    return folder
