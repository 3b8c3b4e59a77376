"""How long `next` takes on a large pool, beside the bare numpy pass over arrays that are already in memory.

    python tests/benchmarks/bench_next.py [--images 100000 1000000] [--boxes 8] [--sizes 1000 10000] [--rounds 5]

The pool is written through the repositories as pre-labelling writes it, in appends of 512 images, and compacted; the
features beside them are of groups of images that look alike, as in a pool of videos.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.features import ImageFeatures
from boxwright.domain.prediction import ProbKind
from boxwright.domain.scores import SCORE_NAMES, PoolScores
from boxwright.sampling.draw_batch import PoolState, Scoring, draw_batch
from boxwright.sampling.samplers import by_name, samplers
from boxwright.sampling.view import SamplerParams
from boxwright.services.batches.next_batch import NextRequest, next_batch
from boxwright.services.detectors.feature_model import note_features, store_features
from boxwright.services.project.project import Project

APPEND = 512
MODEL_ID = 1
# Length of a feature vector: that of yolox_nano, 128 channels of three maps.
WIDTH = 384
ALIKE = 50
# Seconds by images: of a sampler that looks at scores alone, and of one that compares images as well.
GOALS = {100_000: 0.2, 1_000_000: 1.0}
GOALS_WITH_FEATURES = {100_000: 2.0}
GOALS_OF = {"typiclust": {100_000: 1.0}}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--boxes", type=int, default=8)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    results = []
    for count in options.images:
        with tempfile.TemporaryDirectory(prefix="boxwright-bench-") as folder:
            began = time.perf_counter()
            project, pool = make_pool(Path(folder) / "pool", count, options.boxes)
            print(f"{count:,} images x {options.boxes} boxes written in {time.perf_counter() - began:.1f} s")
            features = make_features(project) if count in GOALS_WITH_FEATURES else None
            for size in options.sizes:
                for name, sampler in samplers().items():
                    if features is not None or not sampler.needs_features:
                        results.append(measured(project, pool, features, name, size, options.rounds))
            project.close()
    head = f"{'images':>9} {'batch':>6} {'sampler':<22} {'next s':>8} {'worst':>8} {'numpy s':>8} {'processor s':>11}"
    print(f"{head} {'ratio':>6} {'goal':>5}")
    for r in results:
        print(
            f"{r['images']:>9,} {r['size']:>6,} {r['sampler']:<22} {r['next']:>8.3f} {r['next_worst']:>8.3f} "
            f"{r['numpy']:>8.3f} {r['processor']:>11.3f} {r['ratio']:>6.2f} {r['goal'] or '':>5}"
        )
    print(json.dumps({"benchmark": "next", "boxes": options.boxes, "width": WIDTH, "results": results}))
    return 0 if all(r["goal"] is None or r["next"] < r["goal"] for r in results) else 1


def measured(
    project: Project, pool: PoolScores, features: ImageFeatures | None, name: str, size: int, rounds: int
) -> dict[str, Any]:
    """Both turns about, so that a busy moment of the machine hits both; medians of `rounds`."""
    candidates = project.images.candidates()
    whole, bare, worked = [], [], []
    for seed in range(rounds):
        request = NextRequest(size, sampler=name, seed=seed, redraw=True)
        whole.append(seconds(partial(next_batch, project, request)))
        known = PoolState(candidates, pool, features=lambda: features)
        before = time.process_time()
        bare.append(seconds(partial(numpy_pass, known, name, size, seed)))
        worked.append(time.process_time() - before)
    sampler = by_name(name)
    goals = GOALS_OF.get(name, GOALS_WITH_FEATURES if sampler.needs_features else GOALS)
    return {
        "images": len(pool),
        "size": size,
        "sampler": name,
        "next": statistics.median(whole),
        "next_worst": max(whole),
        "numpy": statistics.median(bare),
        "processor": statistics.median(worked),
        "ratio": statistics.median(whole) / statistics.median(bare),
        "goal": goals.get(len(pool)),
    }


def numpy_pass(known: PoolState, name: str, size: int, seed: int) -> None:
    rng = np.random.Generator(np.random.PCG64(seed))
    draw_batch(by_name(name), known, Scoring(), SamplerParams(size), rng)


def seconds(function: Callable[[], Any]) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def make_pool(folder: Path, count: int, boxes: int) -> tuple[Project, PoolScores]:
    """`count` images that exist only as rows, and their scores: 0 to 2 x `boxes` boxes each."""
    project = Project.create(folder, ["thing", "other"])
    card = DetectorCard("yolov8", ProbKind.SIGMOID, ("thing", "other"), InputSpec(64, 64))
    with project.transaction():
        root = project.roots.add(folder)
        project.store.write_many(
            "INSERT INTO image(root_id, path, width, height, content_hash, size, mtime_ns) VALUES (?,?,?,?,?,?,?)",
            ((root.id, f"{i:07}.jpg", 640, 480, f"{i:032x}", 1, 1) for i in range(count)),
        )
        model = project.models.add("bench", "models/none.onnx", "", card, {0: 1, 1: 2})
        project.models.activate(model.id)
        assert model.id == MODEL_ID
        pool = random_scores(project.images.candidates(), boxes)
        for start in range(0, count, APPEND):
            project.scores.append(MODEL_ID, part(pool, start, min(start + APPEND, count)))
        project.scores.compact(MODEL_ID)
    return project, pool


def make_features(project: Project) -> ImageFeatures:
    """Groups of `ALIKE` images on average around a centre each, stored as pre-labelling stores them."""
    model = project.models.all()[0]
    file = project.folder / model.file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    ids = project.images.candidates()
    rng = np.random.default_rng(1)
    centres = rng.standard_normal((max(1, len(ids) // ALIKE), WIDTH), dtype=np.float32)
    rows = centres[rng.integers(0, len(centres), len(ids))]
    rows = (rows + 0.5 * rng.standard_normal(rows.shape, dtype=np.float32)).astype(np.float16)
    features = ImageFeatures(ids, rows)
    note_features(project, model, offers=True)
    store_features(project, features)
    project.features.compact(model.id)
    return features


def random_scores(image_ids: np.ndarray, boxes: int) -> PoolScores:
    rng = np.random.default_rng(0)
    counts = rng.integers(0, 2 * boxes + 1, len(image_ids))
    return PoolScores(
        image_ids,
        np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
        {name: rng.random(int(counts.sum()), dtype=np.float32) for name in SCORE_NAMES},
        rng.random(len(image_ids), dtype=np.float32),
    )


def part(pool: PoolScores, start: int, stop: int) -> PoolScores:
    first, last = pool.offsets[start], pool.offsets[stop]
    return PoolScores(
        pool.image_ids[start:stop],
        pool.offsets[start : stop + 1] - first,
        {name: values[first:last] for name, values in pool.box_scores.items()},
        pool.best_raw[start:stop],
    )


if __name__ == "__main__":
    sys.exit(main())
