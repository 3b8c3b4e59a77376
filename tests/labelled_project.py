"""A project with labels enough for an experiment that takes seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as PillowImage

from boxwright.config import paths
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.services.detectors.admission import add_model
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project


def make_project(folder: Path, labelled: int) -> Path:
    """Squares on grey, a third of the images empty, from the starter detector."""
    pictures = folder / "pictures"
    pictures.mkdir()
    rng = np.random.default_rng(3)
    boxes = []
    for number in range(labelled + 4):
        pixels = rng.integers(90, 110, (96, 96, 3), dtype=np.uint8)
        x, y = (int(v) for v in rng.integers(4, 60, 2))
        if number % 3:
            pixels[y : y + 30, x : x + 30] = (220, 60, 40) if number % 2 else (40, 80, 220)
        boxes.append([(x, y, x + 30, y + 30)] if number % 3 else [])
        PillowImage.fromarray(pixels).save(pictures / f"{number:03}.png")
    with Project.create(folder / "project", ("red", "blue")) as project:
        add_folders(project, [pictures])
        project.models.activate(add_model(project, paths.models() / "starter.onnx").id)
        ids = [c.id for c in project.classes.all()]
        found = zip(project.images.ids().tolist()[:labelled], boxes)
        project.labels.import_labels(
            (image, [drawn(Box(*map(float, box)), ids[image % 2]) for box in some]) for image, some in found
        )
    return folder / "project"
