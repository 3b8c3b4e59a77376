"""True boxes of the demo pictures, in a file of their own: no labels, but what a judge looks up."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson

from boxwright.config.atomic import atomic_write
from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.services.demo.picture import DemoPicture
from boxwright.services.demo.shapes import CLASSES

FILE = "truth.json"


@dataclass(frozen=True, slots=True)
class TrueBox:
    """True box of a part."""

    box: Box
    name: str


def write_truth(path: Path, pictures: dict[str, DemoPicture]) -> None:
    """COCO instances: images by file name in the order given, category ids from 1 in the order of `CLASSES`."""
    images: list[dict[str, object]] = []
    annotations: list[dict[str, object]] = []
    for number, (name, made) in enumerate(pictures.items(), 1):
        height, width = made.image.shape[:2]
        images.append({"id": number, "file_name": name, "width": width, "height": height})
        for (x1, y1, x2, y2), label in zip(made.boxes.tolist(), made.labels.tolist()):
            box = [x1, y1, x2 - x1, y2 - y1]
            annotations.append(
                {"id": len(annotations) + 1, "image_id": number, "category_id": label + 1, "bbox": box,
                 "area": box[2] * box[3], "iscrowd": 0}
            )  # fmt: skip
    categories = [{"id": i, "name": name} for i, name in enumerate(CLASSES, 1)]
    atomic_write(path, orjson.dumps({"images": images, "annotations": annotations, "categories": categories}))


def read_truth(path: Path) -> dict[str, tuple[TrueBox, ...]]:
    """True boxes by file name. Raises `FormatError` when the file is gone or spoilt."""
    try:
        data = orjson.loads(path.read_bytes())
        names = {c["id"]: c["name"] for c in data["categories"]}
        found: dict[int, list[TrueBox]] = {image["id"]: [] for image in data["images"]}
        for one in data["annotations"]:
            x, y, w, h = np.asarray(one["bbox"], float).tolist()
            found[one["image_id"]].append(TrueBox(Box(x, y, x + w, y + h), names[one["category_id"]]))
        return {image["file_name"]: tuple(found[image["id"]]) for image in data["images"]}
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise FormatError(
            "The demo's true boxes in {0} cannot be read ({1}); make the demo again in another folder.", path, error
        ) from error
