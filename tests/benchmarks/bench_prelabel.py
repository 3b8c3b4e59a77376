"""Images a second of pre-labelling, beside `session.run` alone on a prepared tensor with the same threads.

    python tests/benchmarks/bench_prelabel.py [--images 448] [--rounds 5] [--model FILE.onnx] [--pictures DIR]

All turns about in one process. `alone` is what ONNX Runtime does by itself when it may use every core for one image;
`alone, split` runs as many images at once as the pipeline does, which nothing that also reads images can reach;
`pipeline` reads, prepares, detects and suppresses; `prelabel` also stores boxes and scores, as the command does.
Needs the real test data (BOXWRIGHT_TEST_DATA) unless both --model and --pictures are given.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from boxwright.config.onnx_runtime import onnx_runtime
from boxwright.domain.model import Model
from boxwright.domain.suppression import Suppression
from boxwright.inference.session import usable_cores
from boxwright.services.detectors.admission import add_model
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.detect import open_for_pipeline
from boxwright.services.prelabelling.pipeline import PipelineImage, detect_all, workers_for
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project

DATA = Path(os.environ.get("BOXWRIGHT_TEST_DATA", Path(__file__).resolve().parents[3] / "shared"))
GOAL = 0.95


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=int, default=448)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--model", type=Path, default=DATA / "models" / "yolox_nano.onnx")
    parser.add_argument("--classes", type=Path, default=DATA / "models" / "coco80.txt")
    parser.add_argument("--pictures", type=Path, default=DATA / "data" / "aquarium" / "train" / "images")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="boxwright-bench-") as folder:
        project = Project.create(Path(folder) / "project")
        add_folders(project, [options.pictures])
        names = [name for name in options.classes.read_text().split("\n") if name]
        model = add_model(project, options.model, names)
        rates = measured(project, model, options.images, options.rounds)
        project.close()
    alone = statistics.median(rates["alone"])
    print(f"{'what':<12} {'images/s':>9} {'best':>7} {'ratio to alone':>15}")
    result = {}
    for what, values in rates.items():
        # Round by round, so that a busy moment of the machine counts on both sides.
        ratio = statistics.median(v / a for v, a in zip(values, rates["alone"], strict=True))
        result[what] = {"images_per_second": statistics.median(values), "best": max(values), "ratio": ratio}
        print(f"{what:<12} {statistics.median(values):>9.1f} {max(values):>7.1f} {ratio:>15.3f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory {peak:.0f} MB; {usable_cores()} cores; goal {GOAL} of {alone:.1f}")
    print(json.dumps({"benchmark": "prelabel", "images": options.images, "peak_mb": peak, "goal": GOAL, **result}))
    return 0 if result["prelabel"]["ratio"] >= GOAL else 1


def measured(project: Project, model: Model, count: int, rounds: int) -> dict[str, list[float]]:
    sources = all_sources(project, count)
    detector = open_for_pipeline(project, model, "cpu")
    workers = workers_for("CPU", usable_cores())
    session, feed = bare_session(project.folder / model.file)
    single, _ = bare_session(project.folder / model.file, workers.threads)
    rates: dict[str, list[float]] = {"alone": [], "alone, split": [], "pipeline": [], "prelabel": []}
    for _ in range(rounds):
        began = time.perf_counter()
        for _ in range(count // 2):
            session.run(None, feed)
        first_half = time.perf_counter() - began
        began = time.perf_counter()
        seen = sum(1 for _ in detect_all(detector, sources, workers, 0.05, Suppression()))
        rates["pipeline"].append(seen / (time.perf_counter() - began))
        began = time.perf_counter()
        with ThreadPoolExecutor(workers.runners) as pool:
            list(pool.map(lambda _: single.run(None, feed), range(count)))
        rates["alone, split"].append(count / (time.perf_counter() - began))
        forget(project, model)
        result = prelabel(project, model, "cpu")
        rates["prelabel"].append(result.per_second)
        began = time.perf_counter()
        for _ in range(count - count // 2):
            session.run(None, feed)
        # Half before and half after, so that a drift of the machine's speed cancels out.
        rates["alone"].append(count / (first_half + time.perf_counter() - began))
    return rates


def all_sources(project: Project, count: int) -> list[PipelineImage]:
    """The first `count` images; the rest of the pool is set aside, so that every measure is over the same ones."""
    ids = project.images.ids().tolist()
    for image_id in ids[count:]:
        project.images.mark_problem(image_id, "not measured")
    roots = {root.name: root.folder for root in project.roots.all()}
    images = project.images.many(ids[:count])
    return [PipelineImage(i.id, roots[i.root], roots[i.root] / i.path, i.width, i.height) for i in images]


def bare_session(file: Path, threads: int | None = None) -> tuple[Any, dict[str, np.ndarray]]:
    """ONNX Runtime as it comes, with one thread for each usable core unless told, and one prepared tensor."""
    ort = onnx_runtime()
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads or usable_cores()
    session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    shape = [d if isinstance(d, int) else 1 for d in session.get_inputs()[0].shape]
    tensor = np.random.default_rng(0).random(shape, dtype=np.float32) * 255
    return session, {session.get_inputs()[0].name: tensor}


def forget(project: Project, model: Model) -> None:
    """As if the model had never run."""
    with project.transaction():
        for table in ("prediction", "predicted", "score_block"):
            project.store.write(f"DELETE FROM {table} WHERE model_id = ?", [model.id])


if __name__ == "__main__":
    sys.exit(main())
