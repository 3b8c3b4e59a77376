"""What labelling costs a person: a scripted worker labels the same 50 aquarium images through the window, from scratch
and by correcting the pre-labels of a detector that was trained on others. Ends with status 1 where its labels are not
the true ones.

    python tests/benchmarks/table_worker.py [--effort thorough] [--ways drag,points] [--part test] [--seed 0]

The detector is trained by `boxwright retrain` on the train part and kept in `bench-out/worker`, so that another run
goes on from there; the images are drawn by `seed` from a part that it did not learn. Nothing else is random.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["BOXWRIGHT_HOME"] = tempfile.mkdtemp(prefix="boxwright-bench-")

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
from tests.benchmarks.table_training import measured, training_images
from tests.true_labels import faults

from boxwright.config.settings import DrawBy, Settings
from boxwright.domain.image import ImageState, Split
from boxwright.domain.pairing import MATCHED, WELL_PLACED
from boxwright.formats.dataset import Dataset
from boxwright.formats.registry import by_name
from boxwright.imaging.probe import probe
from boxwright.services.demo.truth import TrueBox
from boxwright.services.detectors.admission import add_model
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project
from boxwright.simulate.effort import DRAW, LOOK
from boxwright.ui.demo.play import Player
from boxwright.ui.demo.tally import Correction, HandMove, WorkTally
from boxwright.ui.demo.wait import wait_until
from boxwright.ui.demo.worker import PlayedWorker
from boxwright.ui.shell.application import make_application
from boxwright.ui.shell.main_window import MainWindow

REPOSITORY = Path(__file__).resolve().parents[2]
KEPT = REPOSITORY / "bench-out" / "worker"
DATA = Path(os.environ.get("BOXWRIGHT_TEST_DATA", str(REPOSITORY.parent / "shared")))
IMAGES = 50
SCRATCH = ("drag", "points")
WAYS = (*SCRATCH, "correct", "correct-points", "correct+guesses")
# A guess, or a corner put right, takes one of the four clicks of drawing by extreme points, and a look.
PUBLISHED = {
    Correction.RIGHT: LOOK, Correction.EXTRA: LOOK, Correction.WRONG_CLASS: LOOK, Correction.OFFERED: DRAW / 4 + LOOK,
    Correction.MISLED: LOOK, Correction.PUT: DRAW / 4 + LOOK,
    Correction.MISSING: DRAW, Correction.MISPLACED: DRAW, Correction.IMAGE: 0.0,
}  # fmt: skip


def boxwright(*words: object) -> None:
    subprocess.run([sys.executable, "-m", "boxwright", *map(str, words)], check=True)


def detector(effort: str, seed: int) -> Path:
    """The trained detector's file, with its card beside it."""
    made = KEPT / f"{effort}-{seed}" / "detector.onnx"
    if not made.exists():
        project = made.parent / "project"
        shutil.rmtree(made.parent, ignore_errors=True)
        made.parent.mkdir(parents=True)
        boxwright("init", project, "--labels", DATA / "data" / "aquarium", "--format", "yolo")
        base = DATA / "models" / "yolox_nano.onnx"
        boxwright("model", "add", project, base, "--classes", DATA / "models" / "coco80.txt")
        boxwright("retrain", project, "--effort", effort, "--seed", seed, "--threads", 1)
        with Project.open(project, read_only=True) as opened:
            active = opened.models.active()
            assert active is not None
            trained = opened.folder / active.file
        shutil.copyfile(trained.with_suffix(".card.json"), made.with_suffix(".card.json"))
        shutil.copyfile(trained, made)
    return made


def aquarium() -> Dataset:
    return by_name("yolo").read(DATA / "data" / "aquarium", [])


def accuracy(trained: Path, files: Collection[Path]) -> str:
    """Of the detector on these images."""
    dataset = aquarium()
    images = training_images(i for i in dataset.images if i.file in files)
    ap50, ap = measured(trained, images, tuple(c.name for c in dataset.classes))
    return f"detector on these images: AP50 {ap50:.3f}, AP {ap:.3f}"


def chosen(seed: int, part: Split = Split.TEST) -> dict[Path, tuple[TrueBox, ...]]:
    """Image files of a part of the set and their true boxes."""
    dataset = aquarium()
    names = [c.name for c in dataset.classes]
    pool = sorted((i for i in dataset.images if i.split is part and i.file is not None), key=lambda i: str(i.file))
    truth = {}
    for place in sorted(np.random.default_rng(seed).permutation(len(pool))[:IMAGES].tolist()):
        file = pool[place].file
        assert file is not None
        found = probe(file)
        boxes = [b for b in pool[place].pixel_boxes(found.width, found.height) if b.box.has_area]
        truth[file] = tuple(TrueBox(b.box.clipped(found.width, found.height), names[b.label]) for b in boxes)
    return truth


@dataclass
class Outcome:
    """What one way of labelling came to. `wrong`: of each image whose labels are not the true ones, a line."""

    way: str
    tally: WorkTally
    boxes: int
    images: int
    wrong: list[str]

    def published(self, task: Correction) -> float:
        return self.tally.judged[task] * PUBLISHED[task]

    def total(self, seconds: Callable[[Correction], float]) -> float:
        return sum(map(seconds, Correction))

    def acts(self, act: HandMove, task: Correction | None = None) -> int:
        return sum(n for (t, a), n in self.tally.acts.items() if a is act and task in (None, t))

    def to_json(self) -> dict[str, Any]:
        return {
            "way": self.way, "boxes": self.boxes, "images": self.images, "wrong": self.wrong,
            "published": {t.value: round(self.published(t), 1) for t in Correction},
            "keystroke_level": {t.value: round(self.tally.seconds(t), 1) for t in Correction},
            "judged": {t.value: self.tally.judged[t] for t in Correction},
            "acts": {f"{t}: {a}": n for (t, a), n in self.tally.acts.items() if n},
        }  # fmt: skip


def work(way: str, truth: Mapping[Path, tuple[TrueBox, ...]], trained: Path | None, folder: Path) -> Outcome:
    """Label every image of `truth` in a new project in `folder`."""
    pictures = folder / "pictures"
    pictures.mkdir()
    for file in truth:
        shutil.copyfile(file, pictures / file.name)
    classes = [c.name for c in aquarium().classes]
    with Project.create(folder / "project", classes) as project:
        add_folders(project, [pictures])
        if trained is not None:
            prelabel(project, add_model(project, trained), "cpu")
    by_file = {file.name: boxes for file, boxes in truth.items()}
    drawing: DrawBy = "points" if "points" in way else "drag"
    window = MainWindow(Settings(draw_by=drawing, offer_guesses=way == "correct+guesses"))
    player = Player(window, folder)
    player.open(folder / "project")
    player.to_the_canvas()
    assert window.opened is not None
    worker = PlayedWorker(window.opened.area.canvas, by_file, WELL_PLACED, MATCHED)
    while player.left():
        record = player.workspace.record
        assert record is not None
        worker.correct(record.file)
        worker.accept()
        wait_until(lambda before=record: player.moved_on(before), "the next image")  # type: ignore[misc]
    wait_until(lambda: player.workspace.saved, "the saving")
    window.close_project()
    window.close()
    with Project.open(folder / "project", read_only=True) as project:
        left = len(project.images.ids(state=ImageState.UNLABELED))
    wrong = [*faults(folder / "project", by_file), *([f"{left} images are not labelled"] if left else [])]
    return Outcome(way, worker.tally, sum(map(len, truth.values())), len(truth), wrong)


def show(outcomes: Sequence[Outcome]) -> None:
    print(f"{outcomes[0].images} images, {outcomes[0].boxes} boxes; seconds by published times | by keystroke level")
    print(f"{'way':16}" + "".join(f"{act.value:>7}" for act in HandMove) + "  acts/box       s/box     s/image   saved")
    for one in outcomes:
        acts = [one.acts(act) for act in HandMove]
        seconds = one.total(one.published), one.total(one.tally.seconds)
        others = [other for other in outcomes if other is not one and other.way in SCRATCH]
        saved = ", ".join(
            f"{1 - seconds[0] / o.total(o.published):.0%} | {1 - seconds[1] / o.total(o.tally.seconds):.0%} of {o.way}"
            for o in others
        )
        print(
            f"{one.way:16}" + "".join(f"{n:7}" for n in acts) + f"{sum(acts) / one.boxes:10.2f}"
            f"{seconds[0] / one.boxes:6.2f} |{seconds[1] / one.boxes:5.2f}"
            f"{seconds[0] / one.images:6.1f} |{seconds[1] / one.images:5.1f}  {saved}"
        )
    for one in outcomes:
        print(f"\n{one.way:22}{'boxes':>7}" + "".join(f"{act.value:>7}" for act in HandMove) + "  published  keystroke")
        for task in Correction:
            print(
                f"{task.value:22}{one.tally.judged[task]:7}" + "".join(f"{one.acts(act, task):7}" for act in HandMove)
                + f"{one.published(task):11.0f}{one.tally.seconds(task):11.0f}"
            )  # fmt: skip
        print(*one.wrong, sep="\n")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--effort", default="thorough")
    parser.add_argument("--ways", default=",".join(WAYS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--part", default="test", choices=["test", "validation"])
    parser.add_argument("--training-seed", type=int, default=0)
    parser.add_argument("--images", type=int, default=IMAGES)
    given = parser.parse_args()
    truth = dict(list(chosen(given.seed, Split(given.part)).items())[: given.images])
    make_application()
    outcomes = []
    for way in given.ways.split(","):
        trained = detector(given.effort, given.training_seed) if way.startswith("correct") else None
        with tempfile.TemporaryDirectory() as folder:
            outcomes.append(work(way, truth, trained, Path(folder)))
    if any(way.startswith("correct") for way in given.ways.split(",")):
        print(accuracy(detector(given.effort, given.training_seed), truth))
    show(outcomes)
    print(json.dumps([o.to_json() for o in outcomes]))
    return int(any(o.wrong for o in outcomes))


if __name__ == "__main__":
    sys.exit(main())
