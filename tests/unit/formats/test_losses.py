from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.domain.marks import FLAGS, ImageMarks
from boxwright.formats.base import ALL_FLAGS, ANY_VALUE, Capabilities, Format
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Provenance
from boxwright.formats.losses import Holdings, holdings, losses
from boxwright.formats.registry import by_name, formats
from boxwright.formats.staging import ImageMode, Staging

BOX = Box(1, 1, 9, 9)


def rich() -> Dataset:
    """One of everything that some format cannot hold."""
    made = Provenance("adjusted", Box(1, 1, 8, 8), "cell", "anna")
    boxes = [DatasetBox(BOX, 0, 0.5, frozenset(FLAGS), None, {"colour": "red"}, made), DatasetBox(BOX, 0)]
    images = [
        DatasetImage("a/b.png", None, 20, 20, boxes, Split.VALIDATION, marks=ImageMarks(frozenset({"night"}), "look")),
        DatasetImage("c.png", None, 20, 20, [], Split.TRAIN, annotator="anna"),
        DatasetImage("d.png", None, 20, 20, [], Split.TRAIN, labeled=False, marks=ImageMarks(frozenset({"rain"}))),
    ]
    return Dataset([DatasetClass(1, "cell"), DatasetClass(2, "never")], images)


class Holding(Format):
    name = "holding"
    title = "For a test"

    def __init__(self, capabilities: Capabilities) -> None:
        self.capabilities = capabilities  # type: ignore[misc]

    def recognise(self, path: object) -> None:
        return None

    def read(self, path: object, problems: object) -> Dataset:
        return Dataset()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        pass


EVERYTHING = Capabilities(
    0.001,
    scores=True,
    flags=ALL_FLAGS,
    folders=True,
    attributes=ANY_VALUE,
    tags=True,
    notes=True,
    unlabeled_marks=True,
    provenance=True,
    signed_empty=True,
)
ONE_LESS = {
    "scores": "The score of 1 box is not kept.",
    "unlabeled_marks": "The tags and note of 1 image that nobody has labelled are not kept.",
    "provenance": "Who made 1 box, and from which pre-label, is not kept.",
    "signed_empty": "Who confirmed 1 image empty is not kept.",
    "tags": "The tags of 2 images are not kept.",
    "notes": "The note of 1 image is not kept.",
    "splits": "The split of 1 image of validation or test is not kept.",
    "empty_images": "1 image confirmed empty is not told from images that nobody has labelled.",
    "unlabeled_images": "1 image that nobody has labelled is not kept apart.",
    "unused_classes": "1 class without a box is not kept.",
    "folders": "The folder in the name of 1 image is not kept.",
}


def test_everything_is_counted() -> None:
    assert holdings(rich()) == Holdings(
        2, 1, dict.fromkeys(FLAGS, 1), {"text": 1}, 1, 1, 2, 1, 1, 1, 1, 1, 1, {Split.VALIDATION: 1, Split.TRAIN: 2}
    )


@pytest.mark.parametrize("ability", ONE_LESS)
def test_what_a_format_lacks_is_told_and_nothing_else(ability: str) -> None:
    holds = holdings(rich())
    assert losses(Holding(EVERYTHING), holds) == []
    less: dict[str, Any] = {ability: False}
    assert losses(Holding(replace(EVERYTHING, **less)), holds) == [ONE_LESS[ability]]


def test_each_flag_is_told_by_its_name_and_many_are_counted() -> None:
    less = replace(EVERYTHING, flags=frozenset({"crowd"}))
    assert losses(Holding(less), Holdings(flags={"difficult": 1234, "crowd": 5})) == [
        "The mark 'difficult' of 1,234 boxes is not kept."
    ]


def test_each_kind_of_attribute_is_told() -> None:
    less = replace(EVERYTHING, attributes=frozenset({"text"}))
    assert losses(Holding(less), Holdings(attributes={"number": 1, "text": 3, "yes or no": 2})) == [
        "The attributes of 1 box whose value is a number are not kept.",
        "The attributes of 2 boxes whose value is yes or no are not kept.",
    ]


def test_rough_coordinates_are_told() -> None:
    rough = replace(EVERYTHING, accuracy=0.5)
    assert losses(Holding(rough), Holdings(boxes=1)) == ["Coordinates are rounded: a box may be off by 0.5 pixels."]
    assert losses(Holding(rough), Holdings()) == []


@pytest.mark.parametrize("known", formats(), ids=lambda known: known.name)
def test_nothing_is_lost_of_nothing(known: Format) -> None:
    assert losses(known, Holdings()) == []


def test_yolo_keeps_neither_tags_nor_marks() -> None:
    told = losses(by_name("yolo"), holdings(rich()))
    assert "The tags of 2 images are not kept." in told
    assert "The mark 'occluded' of 1 box is not kept." in told
    assert "The score of 1 box is not kept." not in told
