"""A project that retrains in seconds: tiny pictures, all with the two boxes of `tests.onnx_graphs`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as PillowImage
from tests.onnx_graphs import BOXES, HEIGHT, LABELS, NAMES, PROBS, WIDTH, cxcywh, write_graph, yolo_metadata

from boxwright.domain.annotation import drawn
from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.services.detectors.admission import add_model
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project
from boxwright.services.project.split import freeze_validation

PICTURES, LABELED, IN_BATCH = 20, 6, 4


def make_trainable(folder: Path, present: str, measured: bool = True) -> Path:
    """`present`: "good", a detector that finds every box; "poor", one that finds none of them; or "none". Of the 20
    pictures 4 are frozen for measuring, labelled when `measured`; 6 others are labelled, and the batch has 4 more.
    The detector has seen the pool."""
    _draw(folder / "pictures")
    with Project.create(folder / "project", NAMES) as project:
        add_folders(project, [folder / "pictures"])
        freeze_validation(project, 0.2, 1)
        validation = project.images.ids(split=Split.VALIDATION).tolist()
        train = project.images.ids(split=Split.TRAIN).tolist()
        wanted = [*train[:LABELED], *(validation if measured else [])]
        project.labels.import_labels((i, _annotations(project)) for i in wanted)
        if present != "none":
            file = write_detector(folder / "present.onnx", np.zeros(2) if present == "good" else np.array([0.0, 50.0]))
            prelabel(project, add_model(project, file), "cpu")
        model = project.models.active()
        items = [BatchItem(i, rank, Slot.RANDOM) for rank, i in enumerate(train[LABELED : LABELED + IN_BATCH])]
        project.batches.add(model.id if model else None, {"sampler": "random", "seed": 1}, items)
    return folder / "project"


def write_detector(path: Path, shift: np.ndarray) -> Path:
    """Answers every picture with the two boxes, moved by `shift` pixels."""
    moved = BOXES + np.tile(shift, 2)
    rows = np.concatenate([cxcywh(moved), PROBS], axis=1).T[None].astype(np.float32)
    # A layout is told by its many rows.
    noise = np.zeros((1, rows.shape[1], 250), np.float32)
    noise[:, :4] = 8
    return write_graph(path, {"output0": np.concatenate([rows, noise], axis=2)}, metadata=yolo_metadata())


def _draw(folder: Path) -> None:
    folder.mkdir(parents=True)
    rng = np.random.default_rng(5)
    for number in range(PICTURES):
        pixels = rng.integers(60, 90, (HEIGHT, WIDTH, 3), dtype=np.uint8)
        for (x1, y1, x2, y2), label in zip(BOXES.astype(int), LABELS):
            pixels[y1:y2, x1:x2] = (230, 40, 40) if label == 1 else (40, 60, 230)
        PillowImage.fromarray(pixels).save(folder / f"part {number:02}.png")


def _annotations(project: Project) -> list:
    ids = [c.id for c in project.classes.all()]
    return [drawn(Box(*box), ids[label]) for box, label in zip(BOXES.tolist(), LABELS.tolist())]
