"""Pools made harder on purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from boxwright.config.opencv import cv2
from boxwright.domain.errors import SettingError
from boxwright.domain.progress import ignore, never
from boxwright.imaging.read import read_image
from boxwright.simulate.labelled import LabelledSet, made_image
from boxwright.simulate.recipes import COPIES, RARE_SHARE, duplicates, recipe, skewed

CLASSES = ("nut", "bolt", "washer")


def labelled(folder: Path, count: int, rare_every: int = 4, drawn: bool = False) -> LabelledSet:
    """Every fourth image has a bolt; the last tenth is the test set."""
    images = []
    if drawn:
        folder.mkdir(exist_ok=True)
    for number in range(count):
        file = folder / f"{number}.png"
        if drawn:
            coarse = np.random.default_rng(number).integers(20, 235, (8, 10, 3), dtype=np.uint8)
            file.write_bytes(cv2.imencode(".png", cv2.resize(coarse, (80, 60)))[1].tobytes())
        labels = [1, 0] if number % rare_every == 0 else [2]
        boxes = np.array([(10, 10, 30, 30), (40, 20, 79, 59)][: len(labels)], np.float32)
        images.append(made_image(file, 80, 60, boxes, np.array(labels, np.int64), f"key {number}"))
    return LabelledSet(CLASSES, tuple(images), np.arange(count - count // 10, count))


def test_the_rare_class_is_rare_in_the_pool_and_as_it_was_in_the_test_set(tmp_path: Path) -> None:
    before = labelled(tmp_path, 600)
    made = skewed(before, "bolt")
    assert made.classes == ("bolt", "other")
    pool, test = made.parts(3)
    having = [bool((made.images[i].labels == 0).any()) for i in pool]
    assert np.mean(having) == pytest.approx(RARE_SHARE, abs=0.005)
    assert [made.images[i].path for i in test] == [before.images[i].path for i in before.parts(3)[1]]
    assert sum((made.images[i].labels == 0).any() for i in test) == 15
    # Nothing but images with the rare class was left out.
    gone = {image.path for image in before.images} - {image.path for image in made.images}
    assert all((image.labels == 1).any() for image in before.images if image.path in gone)
    assert skewed(before, "bolt").digest == made.digest


def test_a_class_that_is_not_there_or_too_rare_already_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="no class 'screw'"):
        skewed(labelled(tmp_path, 600), "screw")
    with pytest.raises(SettingError, match="Only"):
        skewed(labelled(tmp_path, 600, rare_every=90), "bolt")


def test_copies_look_like_their_originals_and_their_boxes_lie_on_the_same_pixels(tmp_path: Path) -> None:
    before = labelled(tmp_path / "images", 40, drawn=True)
    made = duplicates(before, tmp_path / "copies", ignore, never)
    added = made.images[len(before.images) :]
    pool, test = made.parts(0)
    assert len(added) == round(0.2 * 36) * COPIES
    assert set(range(len(before.images), len(made.images))) <= set(pool.tolist())
    np.testing.assert_array_equal(test, before.parts(0)[1])
    originals = {image.path: read_image(image.path).astype(float) for image in before.images}
    for copy in added:
        x1, y1, x2, y2 = copy.boxes[0].astype(int)
        patch = read_image(copy.path).astype(float)[y1:y2, x1:x2].ravel()
        likeness = {
            path: np.corrcoef(patch, pixels[10 : 10 + y2 - y1, 10 : 10 + x2 - x1].ravel())[0, 1]
            for path, pixels in originals.items()
        }
        original = max(before.images, key=lambda image: likeness[image.path])
        assert likeness[original.path] > 0.9
        assert copy.labels.tolist() == original.labels.tolist()
    assert len({image.key for image in made.images}) == len(made.images)


def test_copies_are_made_once_and_the_same_again(tmp_path: Path) -> None:
    before = labelled(tmp_path / "images", 40, drawn=True)
    first = duplicates(before, tmp_path / "copies", ignore, never)
    again = duplicates(before, tmp_path / "copies", ignore, never)
    elsewhere = duplicates(before, tmp_path / "others", ignore, never)
    assert first.digest == again.digest == elsewhere.digest


@pytest.mark.parametrize("text", ["skewed", "skewed:", "doubles", ""])
def test_an_unknown_recipe_is_told(text: str) -> None:
    with pytest.raises(SettingError, match="no recipe"):
        recipe(text)
