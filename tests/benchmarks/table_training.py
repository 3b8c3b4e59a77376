"""What `transfer` makes of real sets: AP50, AP and seconds, mean and spread over seeds, and a curve over how many
training images there are. Trained on some parts of a set, measured on each of the others apart.

    python tests/benchmarks/table_training.py [--sets bccd,aquarium,cards] [--effort thorough | --time 900]
        [--seeds 0,1,2] [--shares 1]

Finished cells are kept in `bench-out/training.jsonl`, so a stopped run goes on and another one only adds.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from boxwright.domain.image import Split
from boxwright.domain.progress import never
from boxwright.domain.suppression import Suppression
from boxwright.evaluation.coco import measure
from boxwright.evaluation.matching import checked_truth
from boxwright.formats.dataset import Dataset, DatasetImage
from boxwright.formats.registry import by_name as format_by_name
from boxwright.imaging.probe import probe
from boxwright.imaging.read import read_image
from boxwright.inference.preprocess import prepare
from boxwright.services.prelabelling.predict import open_file, predict_images
from boxwright.services.retraining.measure import held_back_ap50
from boxwright.training.protocol import BaseModel, Effort, Epoch, TrainingImage, TrainingSet, TrainSettings
from boxwright.training.registry import by_name

REPOSITORY = Path(__file__).resolve().parents[2]
KEPT = REPOSITORY / "bench-out" / "training.jsonl"
# Format, and which of a set's own parts are learnt from; the others are measured on.
SETS = {
    "bccd": ("voc", (Split.TRAIN, Split.VALIDATION)),
    "aquarium": ("yolo", (Split.TRAIN,)),
    "cards": ("voc", (Split.TRAIN,)),
}


def training_images(images: Iterable[DatasetImage]) -> tuple[TrainingImage, ...]:
    made = []
    for image in images:
        assert image.file is not None
        found = probe(image.file)
        boxes = image.pixel_boxes(found.width, found.height)
        corners = np.array([(b.box.x1, b.box.y1, b.box.x2, b.box.y2) for b in boxes], np.float32).reshape(-1, 4)
        labels = np.array([b.label for b in boxes], np.int64)
        made.append(TrainingImage(image.file, found.width, found.height, corners, labels, found.content_hash))
    return tuple(made)


def measured(onnx: Path, images: tuple[TrainingImage, ...], classes: tuple[str, ...]) -> tuple[float, float]:
    """AP50 and AP of the file itself, read as any stranger's would be."""
    names = [(image.path, image.path.name) for image in images]
    ids = {name: number for number, (_, name) in enumerate(names, 1)}
    found = predict_images(open_file(onnx, None, "cpu"), names, 0.01, Suppression(), ids)
    boxes = [(ids[i.path.name], b, label) for i in images for b, label in zip(i.boxes.tolist(), i.labels.tolist())]
    truth = {
        "images": [{"id": ids[i.path.name], "width": i.width, "height": i.height} for i in images],
        "categories": [{"id": label, "name": name} for label, name in enumerate(classes)],
        "annotations": [
            {"image_id": image, "category_id": label, "bbox": [b[0], b[1], b[2] - b[0], b[3] - b[1]]}
            for image, b, label in boxes
        ],
    }
    order = {name: label for label, name in enumerate(classes)}
    results = [{**row, "category_id": order[row["category"]]} for row in found.results]
    metrics = measure(checked_truth(truth, "the set"), results)
    return metrics.ap50, metrics.ap


def run_cell(
    dataset: Dataset, name: str, effort: Effort, seed: int, share: float, base: BaseModel, given: argparse.Namespace
) -> dict[str, Any]:
    learnt = training_images(i for i in dataset.images if i.split in SETS[name][1])
    if share < 1:
        chosen = np.random.default_rng(seed).permutation(len(learnt))[: round(len(learnt) * share)]
        learnt = tuple(learnt[i] for i in sorted(chosen.tolist()))
    others = [split for split in Split if split not in SETS[name][1] and any(i.split is split for i in dataset.images)]
    rest = {split: training_images(i for i in dataset.images if i.split is split) for split in others}
    classes = tuple(c.name for c in dataset.classes)
    told: list[Epoch] = []
    with tempfile.TemporaryDirectory() as folder:
        settings = TrainSettings(
            Path(folder),
            effort,
            seed=seed,
            threads=given.threads,
            seconds=given.time,
            options={"depth": given.depth} if given.depth else {},
        )
        began, worked = time.perf_counter(), time.process_time()
        made = by_name("transfer").train(
            TrainingSet(classes, learnt, read_image, held_back_ap50), base, settings,
            lambda event: told.append(event) if isinstance(event, Epoch) else None, never,
        )  # fmt: skip
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
        figures = {str(split): measured(made.onnx, images, classes) for split, images in rest.items()}
    return {
        **key(name, effort, seed, share, given), "images": len(learnt),
        "figures": {split: [round(figure, 4) for figure in found] for split, found in figures.items()},
        "seconds": round(seconds, 1),
        "processor_seconds": round(worked, 1), "epochs": len(told), "size": made.card.input.width,
    }  # fmt: skip


def key(name: str, effort: Effort, seed: int, share: float, given: argparse.Namespace) -> dict[str, Any]:
    """What tells a cell from the others."""
    depth = given.depth or "body"
    return {
        "set": name, "effort": str(effort), "time": given.time, "depth": depth, "seed": seed, "share": share,
        "base": given.base,
    }  # fmt: skip


def spread(values: list[float]) -> str:
    return f"{statistics.mean(values):.3f} ± {statistics.stdev(values) if len(values) > 1 else 0.0:.3f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default=",".join(SETS))
    parser.add_argument("--effort", default="thorough", choices=[str(e) for e in Effort])
    parser.add_argument("--time", type=float, help="seconds of a training, in place of an effort")
    parser.add_argument("--depth", default="", help="head, neck, body or all; body when not given")
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--shares", default="1", help="of the training images, such as 0.1,0.25,0.5,1")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--base", default="yolox_nano.onnx")
    given = parser.parse_args()
    data = Path(os.environ.get("BOXWRIGHT_TEST_DATA", str(REPOSITORY.parent / "shared")))
    file = data / "models" / given.base
    names = (data / "models" / "coco80.txt").read_text().split("\n")[:80]
    base = BaseModel(file, open_file(file, {"classes": names}, "cpu").card, lambda p, s: prepare(p, s).tensor)
    KEPT.parent.mkdir(exist_ok=True)
    cells = [json.loads(line) for line in KEPT.read_text().splitlines()] if KEPT.exists() else []
    effort = Effort(given.effort)
    for name in given.sets.split(","):
        dataset = format_by_name(SETS[name][0]).read(data / "data" / name, [])
        for share in map(float, given.shares.split(",")):
            rows = []
            for seed in map(int, given.seeds.split(",")):
                wanted = key(name, effort, seed, share, given)
                cell = next((c for c in cells if all(c.get(k) == v for k, v in wanted.items())), None)
                if cell is None:
                    cell = run_cell(dataset, name, effort, seed, share, base, given)
                    with KEPT.open("a") as kept:
                        kept.write(json.dumps(cell) + "\n")
                rows.append(cell)
                print(json.dumps(cell), file=sys.stderr, flush=True)
            for split in rows[0]["figures"]:
                ap50, ap = (spread([row["figures"][split][place] for row in rows]) for place in range(2))
                print(
                    f"{name:9} {f'{given.time:.0f} s' if given.time else given.effort:9} {share:5.0%} "
                    f"{rows[0]['images']:4} images  {split:10}  AP50 {ap50}  AP {ap}  "
                    f"{statistics.mean(r['seconds'] for r in rows):5.0f} s", flush=True,
                )  # fmt: skip


if __name__ == "__main__":
    main()
