"""Boxes of photos that EXIF turns: told where nothing says what they were drawn on, turned when a person says so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from boxwright.cli.app import run
from boxwright.services.project.project import Project

# The stored pixels (80 x 60) hold a red block here: x1, y1, x2, y2.
STORED = (10, 5, 30, 25)
WIDTH, HEIGHT = 80, 60


def photo(folder: Path, orientation: int) -> None:
    folder.mkdir()
    pixels = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    pixels[STORED[1] : STORED[3], STORED[0] : STORED[2], 0] = 255
    exif = Picture.Exif()
    exif[0x0112] = orientation
    Picture.fromarray(pixels).save(folder / "a.jpg", exif=exif, quality=98, subsampling=0)


def block(file: Path) -> list[float]:
    """Where the red block is on the upright picture."""
    from PIL import ImageOps

    with Picture.open(file) as opened:
        red = np.array(ImageOps.exif_transpose(opened).convert("RGB"))[:, :, 0] > 128
    ys, xs = np.nonzero(red)
    return [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]


def yolo(folder: Path) -> None:
    x1, y1, x2, y2 = STORED
    centre = ((x1 + x2) / 2 / WIDTH, (y1 + y2) / 2 / HEIGHT, (x2 - x1) / WIDTH, (y2 - y1) / HEIGHT)
    (folder / "a.txt").write_text("0 " + " ".join(map(str, centre)))
    (folder / "classes.txt").write_text("red\n")


def coco(folder: Path, **size: int) -> None:
    x1, y1, x2, y2 = STORED
    content = {
        "images": [{"id": 1, "file_name": "a.jpg", **size}],
        "categories": [{"id": 1, "name": "red"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [x1, y1, x2 - x1, y2 - y1]}],
    }
    (folder / "a.json").write_text(json.dumps(content))


def box_in(project: Path) -> list[float]:
    with Project.open(project, read_only=True) as opened:
        (annotations,) = opened.labels.annotations(opened.images.ids()).values()
        box = annotations[0].box
    return [box.x1, box.y1, box.x2, box.y2]


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("make", [yolo, coco], ids=["fractions", "pixels without a size"])
def test_boxes_of_the_stored_pixels_are_turned_when_a_person_says_so(
    tmp_path: Path, make, orientation: int, capsys: pytest.CaptureFixture[str]
) -> None:
    photo(tmp_path / "set", orientation)
    make(tmp_path / "set")
    project = tmp_path / "p"
    assert run(["init", str(project), "--images", str(tmp_path / "set")], None) == 0
    assert run(["import", str(project), str(tmp_path / "set"), "--preview"], None) == 0
    assert "1 photo is turned by EXIF" in capsys.readouterr().out
    assert run(["import", str(project), str(tmp_path / "set"), "--exif", "stored"], None) == 0
    assert "The boxes of 1 photos that EXIF turns were turned with them." in capsys.readouterr().out
    assert box_in(project) == pytest.approx(block(tmp_path / "set" / "a.jpg"), abs=1)


@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
@pytest.mark.parametrize("exif", ["upright", "stored"])
def test_a_size_of_the_stored_pixels_tells_by_itself(tmp_path: Path, orientation: int, exif: str) -> None:
    photo(tmp_path / "set", orientation)
    coco(tmp_path / "set", width=WIDTH, height=HEIGHT)
    assert run(["init", str(tmp_path / "p"), "--images", str(tmp_path / "set")], None) == 0
    assert run(["import", str(tmp_path / "p"), str(tmp_path / "set"), "--exif", exif], None) == 0
    assert box_in(tmp_path / "p") == pytest.approx(block(tmp_path / "set" / "a.jpg"), abs=1)


def test_a_photo_that_is_not_turned_needs_no_word(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    photo(tmp_path / "set", 1)
    yolo(tmp_path / "set")
    assert run(["init", str(tmp_path / "p"), "--labels", str(tmp_path / "set")], None) == 0
    assert "EXIF" not in capsys.readouterr().out
    assert box_in(tmp_path / "p") == pytest.approx(list(STORED))
