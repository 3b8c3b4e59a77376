"""TFRecord files of the object detection API: as its converters write them, damaged, and through an import."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import google_crc32c
import pytest
from PIL import Image as Picture

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.registry import recognise
from boxwright.formats.tfrecord import TFRecord
from boxwright.formats.tfrecord_wire import decode, encode, label_map_names, records
from boxwright.services.importing.dataset import import_dataset
from boxwright.services.project.project import Project

MAP = "item {\n  id: 1\n  name: 'cat'\n}\nitem {\n  name: \"dog\"\n  id: 2\n}\n"
SIDES = ("xmin", "ymin", "xmax", "ymax")


def jpeg(color: str) -> bytes:
    out = io.BytesIO()
    Picture.new("RGB", (200, 100), color).save(out, "JPEG")
    return out.getvalue()


def example(name: str = "a.jpg", *boxes: tuple[float, ...], **more: Any) -> bytes:
    """As `create_pascal_tf_record.py` makes it, of an image of 200 x 100 pixels."""
    found: dict[str, Any] = {"image/height": [100], "image/width": [200], "image/filename": [name.encode()]}
    found |= {f"image/object/bbox/{side}": [box[n] for box in boxes] for n, side in enumerate(SIDES)}
    found |= {"image/object/class/label": [1] * len(boxes), "image/object/class/text": [b"cat"] * len(boxes)}
    return encode(found | {key.replace("__", "/"): value for key, value in more.items()})


def put(file: Path, *examples: bytes) -> Path:
    """Written by the description of the format alone, not by our writer."""

    def crc(data: bytes) -> bytes:
        plain = google_crc32c.value(data)
        return struct.pack("<I", (((plain >> 15) | (plain << 17)) + 0xA282EAD8) & 0xFFFFFFFF)

    file.parent.mkdir(parents=True, exist_ok=True)
    parts = [(head := struct.pack("<Q", len(data))) + crc(head) + data + crc(data) for data in examples]
    file.write_bytes(b"".join(parts))
    return file


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return TFRecord().read(path, problems), problems


def test_what_the_converters_of_the_api_write_is_read(tmp_path: Path) -> None:
    marks = {"image__object__difficult": [1], "image__object__truncated": [0], "image__object__view": [b"Left"]}
    put(tmp_path / "train.record-00000-of-00002", example("a.jpg", (0.05, 0.2, 0.5, 0.8), **marks))
    put(tmp_path / "val" / "pets.tfrecord", example("b.jpg"))
    (tmp_path / "pets_label_map.pbtxt").write_text(MAP)
    dataset, problems = read(tmp_path)
    assert problems == []
    assert [(c.id, c.name) for c in dataset.classes] == [(1, "cat"), (2, "dog")]
    first, second = dataset.images
    assert [(i.path, i.split, i.labeled) for i in (first, second)] == [
        ("a.jpg", Split.TRAIN, True),
        ("b.jpg", Split.VALIDATION, True),
    ]
    (box,) = first.pixel_boxes(200, 100)
    assert box.box.array() == pytest.approx([10, 20, 100, 80], abs=1e-4)
    assert (box.flags, box.attributes) == ({"difficult"}, {"pose": "Left"})
    assert [g.format for g in recognise(tmp_path)] == ["tfrecord"]


def test_a_class_is_named_by_the_label_map_or_else_by_its_number(tmp_path: Path) -> None:
    bare = {"image__object__class__text": [], "image__object__class__label": [2, 7]}
    put(tmp_path / "a.tfrecord", example("a.jpg", (0.1, 0.1, 0.5, 0.5), (0.1, 0.1, 0.6, 0.6), **bare))
    (tmp_path / "map.pbtxt").write_text(MAP)
    dataset, _ = read(tmp_path)
    assert [dataset.classes[b.label].name for b in dataset.images[0].boxes] == ["dog", "class 7"]


@pytest.mark.parametrize(
    ("at", "kinds", "left"),
    [(-10, ["record damaged"], ["a.jpg"]), (2, ["file cannot be read to its end"], []), (None, None, ["a.jpg"])],
)
def test_damage_is_told_and_what_comes_before_it_is_kept(
    tmp_path: Path, at: int | None, kinds: list[str] | None, left: list[str]
) -> None:
    file = put(tmp_path / "a.tfrecord", example("a.jpg"), example("b.jpg"))
    data = bytearray(file.read_bytes())
    if at is None:
        file.write_bytes(data[:-3])
    else:
        data[at] ^= 0xFF
        file.write_bytes(data)
    problems: list[Problem] = []
    dataset = TFRecord().read(file, problems)
    assert [i.path for i in dataset.images] == left
    assert [p.kind for p in problems] == (kinds or ["file cannot be read to its end"])


def test_the_features_written_are_those_that_the_api_reads(tmp_path: Path) -> None:
    item = DatasetBox(Box(20, 20, 100, 80), 0)
    image = DatasetImage("a.jpg", None, 200, 100, [item], Split.TRAIN)
    (tmp_path / "a.jpg").write_bytes(jpeg("red"))
    image.file = tmp_path / "a.jpg"
    TFRecord().write(Dataset([DatasetClass(0, "cat")], [image]), tmp_path / "out")
    (record,) = records(tmp_path / "out" / "train.tfrecord")
    assert record.data is not None
    features = decode(record.data)
    assert features["image/encoded"] == [jpeg("red")]
    assert features["image/format"] == [b"jpeg"]
    assert list(features["image/object/class/label"]) == [1]
    assert label_map_names((tmp_path / "out" / "label_map.pbtxt").read_text()) == {1: "cat"}


def test_boxes_in_pixels_of_an_unknown_size_cannot_be_written(tmp_path: Path) -> None:
    image = DatasetImage("a.jpg", None, 0, 0, [DatasetBox(Box(1, 1, 2, 2), 0)])
    image.file = put(tmp_path / "a.jpg")
    with pytest.raises(FormatError, match="size"):
        TFRecord().write(Dataset([DatasetClass(1, "c")], [image]), tmp_path / "out")


def test_images_that_lie_inside_the_records_become_files_of_the_project(tmp_path: Path) -> None:
    inside = [example(f"{n}", (0.1, 0.1, 0.5, 0.5), image__encoded=[jpeg(n)]) for n in ("red", "blue")]
    file = put(tmp_path / "train.tfrecord", *inside)
    with Project.create(tmp_path / "project") as project:
        result = import_dataset(project, file)
        assert (result.images, result.boxes, result.added) == (2, 2, 2)
        files = sorted(project.images.file(int(i)).relative_to(project.folder).as_posix() for i in project.images.ids())
        assert files == ["imports/train/images/blue.jpg", "imports/train/images/red.jpg"]
        again = import_dataset(project, file)
        assert (again.images, again.unchanged, again.added) == (0, 2, 0)
        assert sorted(p.name for p in (project.folder / "imports").iterdir()) == ["train"]


def test_nothing_beside_the_dataset_and_the_project_is_added_with_it(tmp_path: Path) -> None:
    file = put(tmp_path / "set" / "train.tfrecord", example("red", (0.1, 0.1, 0.5, 0.5), image__encoded=[jpeg("red")]))
    for name, color in (("set/unlabeled/train/b.jpg", "blue"), ("private/c.jpg", "green")):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(jpeg(color))
    with Project.create(tmp_path / "project") as project:
        import_dataset(project, file.parent)
        assert sorted(project.images.file(int(i)).name for i in project.images.ids()) == ["b.jpg", "red.jpg"]
