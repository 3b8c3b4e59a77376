"""Whether what holds for the heads of the experiment holds for `transfer`: it learns from the images that a rule had
chosen by the last round of the kept evidence, with the boxes of a person, and is measured on the same test images.

    python tests/benchmarks/table_sampling_transfer.py [--seeds 0,1,2] [--effort quick]

Finished trainings are kept in `bench-out/sampling-transfer.jsonl`, so a stopped run goes on. Minutes for each.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.kept_sampling import ALONE
from tests.benchmarks.table_sampling import POOLS, REPOSITORY
from tests.benchmarks.table_training import measured

from boxwright.domain.progress import ignore, never
from boxwright.imaging.read import read_image
from boxwright.services.importing.read import read_dataset
from boxwright.services.retraining.measure import held_back_ap50
from boxwright.simulate.cell_scheduler import CellScheduler
from boxwright.simulate.labelled import LabelledSet, boxes_of, labelled_set
from boxwright.simulate.ledger import NAME, CellLog
from boxwright.simulate.plan import ExperimentPlan, cell_key
from boxwright.simulate.request import base_model
from boxwright.training.protocol import BaseModel, Effort, TrainingSet, TrainSettings
from boxwright.training.registry import by_name

KEPT = REPOSITORY / "bench-out" / "sampling-transfer.jsonl"


def chosen(labelled: LabelledSet, folder: Path, arm: str, seed: int) -> tuple[int, ...]:
    """The images that `arm` had labelled when its last round was trained."""
    about = json.loads((folder / NAME).read_text(encoding="utf-8").splitlines()[0])
    ledger = CellLog(folder, about)
    plan = ExperimentPlan((), int(about["first"]), int(about["step"]))
    first = CellScheduler(
        ExperimentPlan((), plan.initial, plan.step, seeds=1), labelled, CellLog(Path(tempfile.mkdtemp()), about)
    )
    images = first.drawn(seed, plan.initial)
    for round_ in range(plan.rounds):
        images += ledger.cells[cell_key(arm, seed, round_)].next[arm].images
    return images


def trained(labelled: LabelledSet, base: BaseModel, learnt: tuple[int, ...], effort: Effort, seed: int) -> Any:
    images = tuple(labelled.images[i] for i in sorted(learnt))
    test = tuple(labelled.images[i] for i in labelled.parts(seed)[1])
    with tempfile.TemporaryDirectory() as folder:
        settings = TrainSettings(Path(folder), effort, seed=seed, threads=1)
        learning = TrainingSet(labelled.classes, images, read_image, held_back_ap50)
        made = by_name("transfer").train(learning, base, settings, ignore, never)
        ap50, ap = measured(made.onnx, test, labelled.classes)
    return {"images": len(images), "boxes": boxes_of(images), "AP50": round(ap50, 4), "AP": round(ap, 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="0,1,2")
    parser.add_argument("--arms", default=f"random;{ALONE}", help="separated by ;")
    parser.add_argument("--effort", default="quick", choices=[str(e) for e in Effort])
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "docs" / "evidence" / "aquarium")
    given = parser.parse_args()
    data = Path(os.environ.get("BOXWRIGHT_TEST_DATA", str(REPOSITORY.parent / "shared")))
    read = read_dataset(data / "data" / POOLS["aquarium"][0], None, Path(tempfile.mkdtemp()), ignore, never)
    labelled = labelled_set(read.dataset, None, ignore, never)
    base = base_model(data / "models" / "yolox_nano.onnx")
    KEPT.parent.mkdir(exist_ok=True)
    rows = [json.loads(line) for line in KEPT.read_text().splitlines()] if KEPT.exists() else []
    for seed in map(int, given.seeds.split(",")):
        for arm in given.arms.split(";"):
            key = {"arm": arm, "seed": seed, "effort": given.effort}
            if any(all(row[k] == v for k, v in key.items()) for row in rows):
                continue
            learnt = chosen(labelled, given.folder, arm, seed)
            rows.append(key | trained(labelled, base, learnt, Effort(given.effort), seed))
            with KEPT.open("a") as kept:
                kept.write(json.dumps(rows[-1]) + "\n")
            print(json.dumps(rows[-1]), flush=True)
    for arm in given.arms.split(";"):
        mine = [row for row in rows if row["arm"] == arm and row["effort"] == given.effort]
        for name in ("boxes", "AP50", "AP"):
            values = [row[name] for row in mine]
            deviation = statistics.stdev(values) if len(values) > 1 else 0.0
            print(f"{arm} {name}: {statistics.mean(values):.4g} ± {deviation:.2g} over {len(values)}")


if __name__ == "__main__":
    main()
