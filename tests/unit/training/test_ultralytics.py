"""The trainer of the Ultralytics package: what it refuses, and how its program is kept from the network."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from tests.training_programs import Bench

from boxwright.domain.errors import SettingError, TrainingError
from boxwright.domain.progress import never
from boxwright.training.command_options import CommandOptions
from boxwright.training.handover import train_by_program
from boxwright.training.protocol import Effort, Epoch, TrainSettings
from boxwright.training.ultralytics import PROGRAM, UltralyticsTrainer

pytestmark = pytest.mark.slow

PACKAGE = find_spec("ultralytics")

# Stands in for the package: it reaches for the network, and tells what it was given.
STAND_IN = """
import os, socket, pathlib, shutil
def reach():
    try:
        socket.create_connection(("192.0.2.1", 80), timeout=5)
    except OSError as error:
        return str(error)
    return "reached"
class YOLO:
    task = "detect"
    def __init__(self, weights, task):
        if "rotated" in weights:
            self.task = "obb"
        self.heard = {}
        self.model = self
        self.yaml = {"backbone": [0] * 10}
        self.trainer = self
        self.best = weights
    def __len__(self):
        return 24
    def add_callback(self, name, call):
        self.heard[name] = call
    def train(self, data, **options):
        if not pathlib.Path(data).is_file():
            raise ValueError("no data\\nmore")
        self.tloss, self.metrics = {"box_loss": 1.0, "cls_loss": 2.0, "dfl_loss": 0.5}, {"metrics/mAP50(B)": 0.25}
        self.epochs = options["epochs"]
        for self.epoch in range(self.epochs):
            self.heard["on_train_epoch_end"](self)
            self.heard["on_fit_epoch_end"](self)
        self.epoch += 1
        self.heard["on_fit_epoch_end"](self)
        print(reach(), os.environ["YOLO_OFFLINE"], os.environ["YOLO_AUTOINSTALL"], options["freeze"], flush=True)
        from ultralytics.utils import SETTINGS
        print(SETTINGS["sync"], os.environ["YOLO_CONFIG_DIR"] == options["project"], flush=True)
    def export(self, **options):
        return shutil.copy(READY, READY + ".copy.onnx")
"""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "한글 folder")


def settings(bench: Bench, **changes: Any) -> TrainSettings:
    return replace(TrainSettings(bench.out, epochs=2, size=64, threads=1, device="cpu"), **changes)


def run(bench: Bench, weights: str, effort: Effort) -> list[Epoch]:
    """The program that the trainer starts, with the package's stand-in."""
    package = bench.folder / "stand-in" / "ultralytics"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(f"READY = {str(bench.ready)!r}\n" + STAND_IN, "utf-8")
    (package / "utils.py").write_text("SAFE_LOAD, SETTINGS = True, {'sync': True}\n", "utf-8")
    start = "import sys, runpy; sys.path.insert(0, sys.argv.pop(1)); runpy.run_module(sys.argv.pop(1), alter_sys=True, "
    start += "run_name='__main__')"
    given = [f"--{name}={{{name}}}" for name in ("dataset", "out", "epochs", "size", "seed", "threads", "device")]
    arguments = (sys.executable, "-c", start, str(package.parent), PROGRAM, *given)
    arguments += (f"--weights={weights}", f"--effort={effort}", "--batch=2")
    options = CommandOptions(arguments, copy_images=True)
    made = train_by_program(options, {}, bench.dataset, settings(bench), bench.told.append, never)
    assert [file.name for file in bench.out.iterdir()] == ["candidate.onnx"]
    return list(made.history)


@pytest.mark.parametrize(
    ("weights", "effort", "frozen"),
    [("a.pt", Effort.QUICK, 23), ("a.pt", Effort.THOROUGH, 10), ("a.yaml", Effort.QUICK, 0)],
)
def test_its_program_reaches_no_network_and_tells_its_epochs(
    weights: str, effort: Effort, frozen: int, bench: Bench
) -> None:
    pytest.importorskip("torch", reason="training needs the extra 'train'")
    history = run(bench, weights, effort)
    assert [(e.number, e.loss, e.class_loss, e.box_loss, e.ap50) for e in history] == [
        (1, 3.5, 2.0, 1.5, 0.25),
        (2, 3.5, 2.0, 1.5, 0.25),
    ]
    assert bench.lines == [f"no network for a training program true false {frozen}", "False True"]


def test_what_goes_wrong_in_it_is_one_sentence(bench: Bench) -> None:
    pytest.importorskip("torch", reason="training needs the extra 'train'")
    with pytest.raises(
        TrainingError, match=r"last line was: RuntimeError: rotated\.pt is made for 'obb', not for boxes"
    ):
        run(bench, "rotated.pt", Effort.QUICK)
    assert not list(bench.out.iterdir())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"weights": "yolo11n.pt"}, "nothing is fetched from a network"),
        ({"weights": "nowhere/own.yaml"}, "There is no file"),
        ({"weights": "model.onnx"}, "checkpoint"),
        ({"weights": 3}, "checkpoint"),
        ({"wieghts": "a.pt"}, "no option 'wieghts'"),
    ],
)
def test_options_that_cannot_be_are_one_sentence(options: dict[str, Any], words: str, bench: Bench) -> None:
    with pytest.raises(SettingError, match=words):
        UltralyticsTrainer().train(bench.dataset, None, settings(bench, options=options), bench.told.append, never)
    assert not list(bench.out.iterdir())


@pytest.mark.skipif(PACKAGE is not None, reason="the package is installed here")
def test_without_the_package_it_says_how_to_get_it(bench: Bench) -> None:
    obstacle = UltralyticsTrainer().obstacle() or ""
    assert re.search(r"install what is missing with: .*python\S* -m boxwright trainers --install ultralytics", obstacle)
    with pytest.raises(TrainingError, match="AGPL"):
        UltralyticsTrainer().train(bench.dataset, None, settings(bench), bench.told.append, never)


@pytest.mark.skipif(PACKAGE is None, reason="the extra 'ultralytics' is not installed")
@pytest.mark.parametrize("weights", ["yolov5n.yaml", "yolov8n.yaml", "yolo11n.yaml", "yolo26n.yaml"])
def test_each_family_gives_a_detector_with_whole_class_vectors(weights: str, bench: Bench) -> None:
    chosen = settings(bench, epochs=1, options={"weights": weights})
    made = UltralyticsTrainer().train(bench.dataset, None, chosen, bench.told.append, never)
    assert made.card.layout == "yolov8"
    assert made.card.classes == bench.dataset.classes
    assert len(made.history) == 1


@pytest.mark.skipif(PACKAGE is None, reason="the extra 'ultralytics' is not installed")
def test_a_checkpoint_is_gone_on_from(bench: Bench) -> None:
    from ultralytics import YOLO

    file = bench.folder / "내 weights.pt"
    YOLO("yolo11n.yaml").save(file)
    made = UltralyticsTrainer().train(
        bench.dataset, None, settings(bench, options={"weights": str(file)}), bench.told.append, never
    )
    assert made.card.classes == bench.dataset.classes
    assert len(made.history) == 2
