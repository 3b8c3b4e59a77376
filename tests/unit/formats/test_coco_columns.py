"""COCO is written from columns as it is from objects, and both go back to the boxes they came from."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.box import Box
from boxwright.formats.coco import Coco
from boxwright.formats.dataset import Besides, Boxes, Dataset, DatasetBox, DatasetClass, DatasetImage, Provenance
from boxwright.formats.staging import ImageMode

CLASSES = [DatasetClass(90, "nut"), DatasetClass(3, 'a},{"b'), DatasetClass(7, "unused")]
coordinate = st.floats(0, 4000, allow_nan=False)
box = st.builds(
    lambda x, y, w, h, label: DatasetBox(Box(x, y, x + w, y + h), label),
    coordinate, coordinate, st.floats(0.001, 4000), st.floats(0.001, 4000), st.integers(0, 1),
)  # fmt: skip


def annotations_of(images: list[DatasetImage]) -> tuple[bytes, list[dict[str, object]]]:
    with tempfile.TemporaryDirectory() as folder:
        Coco().write(Dataset(CLASSES, images), Path(folder) / "out", ImageMode.NONE)
        data = (Path(folder) / "out" / "annotations" / "instances.json").read_bytes()
    return data, orjson.loads(data)["annotations"]


@given(st.lists(st.lists(box, max_size=5), max_size=4))
def test_columns_and_objects_are_written_alike(several: list[list[DatasetBox]]) -> None:
    def images(kind: type[Boxes] | type[list[DatasetBox]]) -> list[DatasetImage]:
        return [DatasetImage(f"{n}.jpg", None, 9000, 9000, kind(boxes)) for n, boxes in enumerate(several)]

    data, of_columns = annotations_of(images(Boxes))
    _, of_objects = annotations_of(images(list))
    assert len(of_columns) == len(of_objects) == sum(map(len, several))
    for one, other in zip(of_columns, of_objects, strict=True):
        assert one.keys() == other.keys()
        assert (one["id"], one["image_id"], one["category_id"]) == (
            other["id"],
            other["image_id"],
            other["category_id"],
        )
        # The two round a number between two roundings each their way.
        assert one["bbox"] == pytest.approx(other["bbox"], abs=1.1e-6)
        assert one["area"] == pytest.approx(other["area"], abs=0.01)
    # One annotation a line, as a reader names the line of a flaw.
    assert data.count(b'\n{"id":') == len(of_columns) + len(several) + len(CLASSES)


def test_a_box_of_which_more_is_known_keeps_it_among_plain_ones() -> None:
    boxes = Boxes([DatasetBox(Box(1, 2, 3, 4), 0), DatasetBox(Box(1, 2, 3, 4), 1, flags=frozenset({"crowd"}))])
    _, written = annotations_of([DatasetImage("a.jpg", None, 9, 9, boxes)])
    assert [entry["iscrowd"] for entry in written] == [0, 1]
    scored = Boxes([DatasetBox(Box(1, 2, 3, 4), 0, 0.5), DatasetBox(Box(1, 2, 3, 4), 0)])
    _, written = annotations_of([DatasetImage("a.jpg", None, 9, 9, scored)])
    assert [entry.get("score") for entry in written] == [0.5, None]


@given(st.lists(st.sampled_from(["plain", "},{", '"},{"', "a\n},{", "}},{{"]), min_size=1, max_size=4))
def test_whatever_a_text_holds_each_annotation_is_on_a_line_of_its_own(texts: list[str]) -> None:
    boxes = Boxes([DatasetBox(Box(1, 2, 3, 4), 0, attributes={"said": text}) for text in texts])
    data, written = annotations_of([DatasetImage("a.jpg", None, 9, 9, boxes)])
    assert [entry["attributes"] for entry in written] == [{"said": text} for text in texts]
    assert data.count(b'\n{"id":') == len(texts) + 1 + len(CLASSES)


def test_boxes_that_share_what_is_said_of_them_are_each_written_with_it() -> None:
    alike = Besides(frozenset({"occluded"}), {"side": "left"}, Provenance("drawn", None, "", "Ada"))
    other = Besides(provenance=Provenance("adjusted", Box(0, 0, 2, 2), "nut", "Bob"))
    corners = np.array([[1.0, 2, 3, 4]] * 4)
    boxes = Boxes.unscored(corners, np.array([0, 0, 1, 0], np.int32), {0: alike, 1: alike, 3: other})
    _, written = annotations_of([DatasetImage("a.jpg", None, 9, 9, boxes)])
    said = {"side": "left", "occluded": True, "boxwright_origin": "drawn", "boxwright_annotator": "Ada"}
    assert [entry.get("attributes") for entry in written[:3]] == [said, said, None]
    assert [(b.flags, b.attributes, b.provenance) for b in boxes][2:] == [
        (frozenset(), {}, None),
        (frozenset(), {}, other.provenance),
    ]


def test_plain_columns_are_the_boxes_they_were_made_of() -> None:
    made = Boxes.unscored(np.array([[1.0, 2, 3, 4], [5, 6, 7, 8]]), np.array([1, 0], np.int32), {})
    assert list(made) == [DatasetBox(Box(1, 2, 3, 4), 1), DatasetBox(Box(5, 6, 7, 8), 0)]
