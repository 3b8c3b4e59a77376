"""Training of the starter detector on pictures that the demo never shows.

Run it as `python -m boxwright.services.demo.starter --out models/`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import orjson
from numpy.typing import NDArray

from boxwright.config.atomic import atomic_write
from boxwright.domain.card import DetectorCard
from boxwright.domain.progress import Progress, never
from boxwright.services.demo.picture import picture
from boxwright.services.demo.shapes import CLASSES
from boxwright.training.protocol import Epoch, LogLine, TrainingImage, TrainingSet, TrainSettings
from boxwright.training.registry import by_name

# The demo draws from another series (see `project.SEED`), so the starter has seen none of its pictures.
SEED = 7_001
# Few pictures and a small input on purpose: it shall help, and leave something to correct.
PICTURES, EPOCHS, SIZE = 64, 36, 320
COMMAND = "python -m boxwright.services.demo.starter --out models/"


def training_set(count: int) -> TrainingSet:
    """The first `count` pictures of the starter's own series, kept in memory."""
    images: list[TrainingImage] = []
    pixels: dict[Path, NDArray[np.uint8]] = {}
    for number in range(count):
        made = picture(SEED, number)
        path = Path(f"{number}.png")
        pixels[path] = made.image
        height, width = made.image.shape[:2]
        images.append(TrainingImage(path, width, height, made.boxes, made.labels))
    return TrainingSet(CLASSES, tuple(images), lambda path, _: pixels[path])


def train_starter(out: Path, pictures: int, epochs: int, threads: int) -> Path:
    """Train, then write `starter.onnx`, `starter.card.json` and the entry in `registry.json` into `out`."""
    dataset = training_set(pictures)
    with tempfile.TemporaryDirectory() as folder:
        settings = TrainSettings(Path(folder), epochs=epochs, size=SIZE, seed=SEED, threads=threads)
        made = by_name("scratch").train(dataset, None, settings, _show, never)
        out.mkdir(parents=True, exist_ok=True)
        target = out / "starter.onnx"
        atomic_write(target, made.onnx.read_bytes())
    origin = f"trained by Boxwright on {pictures} pictures of its own generator, series {SEED}, {epochs} epochs"
    card = replace(made.card, notes={"licence": "Apache-2.0", "origin": origin, "command": COMMAND})
    _describe(out, target, card)
    print(f"\nLoss {made.history[0].loss:.3f} -> {made.history[-1].loss:.3f} in {made.history[-1].seconds:.0f} s")  # noqa: T201
    return target


def _describe(out: Path, target: Path, card: DetectorCard) -> None:
    atomic_write(out / "starter.card.json", orjson.dumps(card.to_json(), option=orjson.OPT_INDENT_2) + b"\n")
    entry = {
        "name": "starter",
        "file": target.name,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
        "licence": card.notes["licence"],
        "classes": list(card.classes),
        "origin": card.notes["origin"],
        "command": COMMAND,
    }
    registry = out / "registry.json"
    known = orjson.loads(registry.read_bytes())["models"] if registry.exists() else []
    known = [model for model in known if model["name"] != entry["name"]] + [entry]
    atomic_write(registry, orjson.dumps({"models": known}, option=orjson.OPT_INDENT_2) + b"\n")


def _show(told: Progress | Epoch | LogLine) -> None:
    if not isinstance(told, Progress):
        return
    progress = told
    left = progress.seconds_left or 0.0
    sys.stderr.write(f"\r{progress.what}: {progress.done}/{progress.total} steps, {left:.0f} s left   ")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder of registry.json")
    parser.add_argument("--pictures", type=int, default=PICTURES)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--threads", type=int, default=2)
    given = parser.parse_args(arguments)
    train_starter(given.out, given.pictures, given.epochs, given.threads)
    return 0


if __name__ == "__main__":
    sys.exit(main())
