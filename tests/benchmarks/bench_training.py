"""How fast the demo's pictures are drawn, the starter runs, and the scratch trainer learns, beside bare torch.

`python tests/benchmarks/bench_training.py [--threads 2] [--pictures 24]`
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import numpy as np
import torch

from boxwright.config import paths
from boxwright.domain.progress import ignore, never
from boxwright.inference.cards import load_card
from boxwright.inference.detector import Detector
from boxwright.services.demo.picture import picture
from boxwright.services.demo.starter import training_set
from boxwright.training.nets.backbone import Backbone
from boxwright.training.nets.head import Head
from boxwright.training.protocol import TrainSettings
from boxwright.training.registry import by_name

BATCH, SIZE = 8, 320


def seconds(work: Callable[[], object]) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def starter_rate(threads: int, pictures: int) -> float:
    """Images per second from decoded picture to boxes, after a warm-up."""
    file = paths.models() / "starter.onnx"
    detector = Detector.open(file, load_card(file), "cpu", threads)
    images = [picture(42, number).image for number in range(pictures)]
    detector.detect(images[:2])
    return pictures / seconds(lambda: [detector.detect([image]) for image in images])


def bare_step_rate(threads: int, steps: int = 6) -> float:
    """Images per second of the network's forward and backward pass alone, without data, losses or optimiser."""
    torch.set_num_threads(threads)
    backbone = Backbone()
    head = Head(backbone.channels, 5)
    images = torch.zeros(BATCH, 3, SIZE, SIZE)

    def step() -> None:
        raw = head(backbone(images))
        (raw.logits.sum() + raw.boxes.sum()).backward()

    step()
    return steps * BATCH / seconds(lambda: [step() for _ in range(steps)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--pictures", type=int, default=24)
    given = parser.parse_args()
    drawn = given.pictures / seconds(lambda: [picture(42, number) for number in range(given.pictures)])
    dataset = training_set(given.pictures)
    epochs = 3
    with tempfile.TemporaryDirectory() as folder:
        settings = TrainSettings(Path(folder), epochs=epochs, size=SIZE, batch=BATCH, threads=given.threads)
        made = by_name("scratch").train(dataset, None, settings, ignore, never)
    # The first epoch warms up.
    spent = made.history[-1].seconds - made.history[0].seconds
    learnt = (epochs - 1) * given.pictures / spent
    bare = bare_step_rate(given.threads)
    result = {
        "pictures_drawn_per_s_one_thread": round(drawn, 1),
        "starter_images_per_s": round(starter_rate(given.threads, given.pictures), 1),
        "training_images_per_s": round(learnt, 1),
        "bare_forward_backward_images_per_s": round(bare, 1),
        "training_share_of_bare": round(float(np.divide(learnt, bare)), 3),
        "threads": given.threads,
    }
    for name, value in result.items():
        print(f"{name:38} {value:>10}")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
