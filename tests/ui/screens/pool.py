"""The project that is photographed: drawn pictures with their true boxes, and a detector that is nearly right."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from boxwright.config import paths
from boxwright.domain.annotation import drawn
from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, combined, set_state
from boxwright.domain.image import ImageState
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.services.demo.metal import Light
from boxwright.services.demo.picture import DemoPicture, picture, render
from boxwright.services.demo.scene import PlacedPart, ScenePlan
from boxwright.services.demo.shapes import CLASSES
from boxwright.services.detectors.admission import add_model
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.label_check import commit_looks
from boxwright.services.prelabelling.prediction_file import PredictionChunk
from boxwright.services.project.project import Project
from boxwright.store.rounds import NewRound

SEED, LABELED, IN_BATCH = 42, 3, 5
PICTURES = (1, 2, 3, 6, 5, 7, 8, 4)
"""Of the series; the last is an empty tray."""

CROWD = (10, 6)
"""Columns and rows of parts in the last picture."""


def make_pool(folder: Path) -> Path:
    """Three labelled images that the detector sees a little otherwise, six to do, five of them in the batch, three
    rounds. Next to the project a YOLO data set with flaws lies in `dataset`. Drawn anew it is the same."""
    shots = [*(picture(SEED, number) for number in PICTURES), crowded()]
    (folder / "pictures").mkdir(parents=True)
    for number, shot in enumerate(shots):
        cv2.imwrite(str(folder / "pictures" / f"tray {number:02}.jpg"), shot.image)
    _write_dataset(folder, shots)
    rng = np.random.default_rng(SEED)
    with Project.create(folder / "metal parts", CLASSES) as project:
        add_folders(project, [folder / "pictures"])
        model = add_model(project, paths.models() / "starter.onnx")
        project.models.activate(model.id)
        ids = project.images.ids().tolist()
        seen = {i: _nearly(shot, rng) for i, shot in zip(ids, shots)}
        project.predictions.replace(model.id, [ImagePredictions(i, seen[i]) for i in ids])
        for image_id, shot in zip(ids[:LABELED], shots):
            _label(project, image_id, shot)
        commit_looks(project, model, PredictionChunk(tuple((i, seen[i]) for i in ids[:LABELED]), ()))
        items = [
            BatchItem(i, rank, Slot.RANDOM if rank % 2 else Slot.UNCERTAIN, None if rank % 2 else 1.61 - rank / 10)
            for rank, i in enumerate(ids[LABELED : LABELED + IN_BATCH])
        ]
        project.batches.add(model.id, {"sampler": "uncertainty-random", "score": "entropy", "seed": 1}, items)
        for images, ap in ((12, 0.31), (28, 0.42), (52, 0.47)):
            project.rounds.add(
                NewRound(model.id, images, images * 9, ap, ap + 0.3, 6 - ap * 9, 7 - ap * 9, 95.0 + images, True)
            )
    return folder / "metal parts"


def finish(folder: Path) -> None:
    """Nothing of the pool in `folder` is left to label."""
    with Project.open_for_writing(folder) as project:
        for image_id in project.images.ids(state=ImageState.UNLABELED).tolist():
            labels = project.labels.load(image_id)
            project.labels.apply(
                image_id, combined(EditKind.CONFIRM_EMPTY, [set_state(labels, ImageState.LABELED, EditKind.OTHER)])
            )


def crowded() -> DemoPicture:
    """Sixty parts on one tray."""
    rng = np.random.default_rng(SEED)
    across, down = CROWD
    parts = [
        PlacedPart((x + y) % len(CLASSES), 60 + x * 93 + rng.normal() * 8, 60 + y * 120, 30, rng.uniform(0, 6), 1.0)
        for x in range(across)
        for y in range(down)
    ]
    return render(ScenePlan(960, 720, tuple(parts), Light(1.0, 0.5, 1.0)), rng)


def _nearly(shot: DemoPicture, rng: np.random.Generator) -> Detections:
    """The true boxes but for every seventh, a little off, some of them torn between two classes."""
    keep = np.arange(len(shot.labels)) % 7 != 3
    height, width = shot.image.shape[:2]
    boxes = shot.boxes[keep] + rng.normal(0, 2, (int(keep.sum()), 4)).astype(np.float32)
    boxes = np.clip(boxes, 0, [width, height, width, height]).astype(np.float32)
    sure = rng.uniform(0.35, 0.95, len(boxes)).astype(np.float32)
    probs = np.full((len(boxes), len(CLASSES)), 0.02, np.float32)
    probs[np.arange(len(boxes)), (shot.labels[keep] + 1) % len(CLASSES)] = (1 - sure) * 0.8
    probs[np.arange(len(boxes)), shot.labels[keep]] = sure
    order = np.argsort(-probs.max(1)) if len(probs) else np.zeros(0, np.int64)
    boxes, probs = boxes[order], probs[order]
    scores = probs.max(1) if len(probs) else np.zeros(0, np.float32)
    labels = probs.argmax(1) if len(probs) else np.zeros(0, np.int64)
    return Detections(boxes, scores, labels, probs, ProbKind.SIGMOID, float(scores.max(initial=0.02)))


def _label(project: Project, image_id: int, shot: DemoPicture) -> None:
    ids = [c.id for c in project.classes.all()]
    boxes = [drawn(Box(*map(float, box)), ids[label]) for box, label in zip(shot.boxes, shot.labels)]
    project.labels.import_labels([(image_id, boxes)])
    project.visits.add(image_id, 41.0, "")


def _write_dataset(folder: Path, shots: list[DemoPicture]) -> None:
    target = folder / "dataset"
    for name in ("images", "labels"):
        (target / name).mkdir(parents=True)
    (target / "data.yaml").write_text(f"path: .\ntrain: images\nnames: {json.dumps([*CLASSES[:3], 'spring'])}\n")
    for number, shot in enumerate(shots[:5]):
        cv2.imwrite(str(target / "images" / f"tray {number:02}.jpg"), shot.image)
        lines = ["0 0.42 0.40 0.11 0.12", "3 0.70 0.66 0.20 0.08", *(["0 0.5 0.5 0.0 0.1"] if number == 3 else [])]
        (target / "labels" / f"tray {number:02}.txt").write_text("\n".join(lines) + "\n")
