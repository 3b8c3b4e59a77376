"""Where a written box lies by each tool's own convention, worked out here from the bare file without our readers.

The box has quarters of pixels, so that one read as inclusive, counted from 1 or from pixel centres is off by a half or
a whole. What is written and read back by our own readers is the contract's; together they fix both directions.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import defusedxml.ElementTree as ElementTree
import pytest
from tests.presence import present

from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage
from boxwright.formats.registry import by_name, formats
from boxwright.formats.staging import ImageMode

WIDTH, HEIGHT = 640, 480
CORNERS = (10.25, 20.5, 110.75, 220.25)
Corners = tuple[float, float, float, float]


def from_sides(x: float, y: float, width: float, height: float) -> Corners:
    return x, y, x + width, y + height


def from_centre(x: float, y: float, width: float, height: float) -> Corners:
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def scaled(corners: Corners, width: float = WIDTH, height: float = HEIGHT) -> Corners:
    x1, y1, x2, y2 = corners
    return x1 * width, y1 * height, x2 * width, y2 * height


def loaded(folder: Path, pattern: str) -> Any:
    (file,) = folder.rglob(pattern)
    return json.loads(file.read_text(encoding="utf-8"))


def row(folder: Path, pattern: str) -> dict[str, str]:
    (file,) = folder.rglob(pattern)
    with file.open(encoding="utf-8", newline="") as handle:
        return next(csv.DictReader(handle))


def words(folder: Path, pattern: str) -> list[str]:
    (file,) = folder.rglob(pattern)
    return file.read_text(encoding="utf-8").split()


def coco(folder: Path) -> Corners:
    """cocodataset.org: bbox is x, y, width, height from the top left corner, counted from 0."""
    return from_sides(*loaded(folder, "instances*.json")["annotations"][0]["bbox"])


def yolo(folder: Path) -> Corners:
    """Ultralytics: class, centre, width and height as fractions."""
    x, y, width, height = map(float, words(folder, "a.txt")[1:5])
    return scaled(from_centre(x, y, width, height))


def voc(folder: Path) -> Corners:
    """labelImg's and CVAT's files: the edges as they are, not the challenge's pixels from 1."""
    (file,) = folder.rglob("a.xml")
    box = present(ElementTree.parse(file).find("object/bndbox"))
    x1, y1, x2, y2 = (float(present(box.findtext(key))) for key in ("xmin", "ymin", "xmax", "ymax"))
    return x1, y1, x2, y2


def cvat(folder: Path) -> Corners:
    (file,) = folder.rglob("annotations.xml")
    box = present(ElementTree.parse(file).find("image/box"))
    x1, y1, x2, y2 = (float(present(box.get(key))) for key in ("xtl", "ytl", "xbr", "ybr"))
    return x1, y1, x2, y2


def datumaro(folder: Path) -> Corners:
    return from_sides(*loaded(folder, "annotations/*.json")["items"][0]["annotations"][0]["bbox"])


def labelme(folder: Path) -> Corners:
    """Two opposite points, or the four corners in turn from the upper left, of a rectangle."""
    points = loaded(folder, "a.json")["shapes"][0]["points"]
    opposite = points[2] if len(points) == 4 else points[1]
    return (*points[0], *opposite)


def createml(folder: Path) -> Corners:
    """Apple: x and y are the centre, all four in pixels from the upper left corner."""
    found = loaded(folder, "annotations.json")[0]["annotations"][0]["coordinates"]
    return from_centre(found["x"], found["y"], found["width"], found["height"])


def kitti(folder: Path) -> Corners:
    """The devkit's readme: left, top, right, bottom in 0-based pixels, columns 5 to 8."""
    x1, y1, x2, y2 = map(float, words(folder, "a.txt")[4:8])
    return x1, y1, x2, y2


def labelstudio(folder: Path) -> Corners:
    """Percent of the image: left, top, width, height."""
    value = loaded(folder, "tasks*.json")[0]["annotations"][0]["result"][0]["value"]
    sides = from_sides(value["x"], value["y"], value["width"], value["height"])
    return scaled(sides, WIDTH / 100, HEIGHT / 100)


def openimages(folder: Path) -> Corners:
    """The columns are XMin, XMax, YMin, YMax in that order, as fractions."""
    found = row(folder, "*-annotations-bbox.csv")
    return scaled((float(found["XMin"]), float(found["YMin"]), float(found["XMax"]), float(found["YMax"])))


def fiftyone(folder: Path) -> Corners:
    """Left, top, width, height as fractions."""
    found = loaded(folder, "samples.json")["samples"][0]["ground_truth"]["detections"][0]["bounding_box"]
    return scaled(from_sides(*found))


def huggingface(folder: Path) -> Corners:
    """The `objects` of the object detection guide: COCO's x, y, width, height in pixels."""
    (file,) = folder.rglob("metadata.jsonl")
    return from_sides(*json.loads(file.read_text(encoding="utf-8").splitlines()[0])["objects"]["bbox"][0])


def table(folder: Path) -> Corners:
    found = row(folder, "train.csv")
    return float(found["xmin"]), float(found["ymin"]), float(found["xmax"]), float(found["ymax"])


def shape(found: dict[str, Any]) -> Corners:
    return from_sides(found["x"], found["y"], found["width"], found["height"])


def via(folder: Path) -> Corners:
    data = loaded(folder, "via*.json")
    images = data.get("_via_img_metadata", data)
    return shape(next(iter(images.values()))["regions"][0]["shape_attributes"])


def via_csv(folder: Path) -> Corners:
    return shape(json.loads(row(folder, "via*.csv")["region_shape_attributes"]))


def supervisely(folder: Path) -> Corners:
    """The platform's own files: two corners as edges."""
    first, last = loaded(folder, "ann/*.json")["objects"][0]["points"]["exterior"]
    return (*first, *last)


CONVENTIONS: dict[str, Callable[[Path], Corners]] = {
    "coco": coco, "yolo": yolo, "yolo-lists": yolo, "labelimg": yolo, "voc": voc,
    "cvat": cvat, "datumaro": datumaro, "labelme": labelme,
    "xanylabeling": labelme, "createml": createml, "kitti": kitti, "darknet": yolo, "labelstudio": labelstudio,
    "openimages": openimages, "fiftyone": fiftyone, "huggingface": huggingface, "csv": table, "via": via,
    "via-csv": via_csv, "supervisely": supervisely,
}  # fmt: skip
# Binary files, which the tool's own library reads: see tests/judges and the tests of the format.
ELSEWHERE = {"tfrecord", "parquet", "huggingface-parquet"}


def test_every_format_that_is_written_has_its_convention_here() -> None:
    written = {known.name for known in formats() if known.capabilities.writes}
    assert written - ELSEWHERE - set(CONVENTIONS) == set()


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_written_box_lies_where_the_tool_sees_it(name: str, tmp_path: Path) -> None:
    image = DatasetImage("a.jpg", None, WIDTH, HEIGHT, [DatasetBox(Box(*CORNERS), 0)], Split.TRAIN)
    known = by_name(name)
    known.write(Dataset([DatasetClass(1, "nut")], [image]), tmp_path / "out", ImageMode.NONE)
    assert CONVENTIONS[name](tmp_path / "out") == pytest.approx(CORNERS, abs=known.capabilities.accuracy)
