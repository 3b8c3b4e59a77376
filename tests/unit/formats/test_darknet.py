"""Darknet folders: as the usual instructions make them, and as they lie after being moved."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.files import put

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.darknet import Darknet
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.registry import reader_for
from boxwright.formats.staging import ImageMode


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return Darknet().read(path, problems), problems


@pytest.fixture
def usual(tmp_path: Path) -> Path:
    """Paths as from Darknet's own folder, of which only `data/` came along."""
    data = "classes= 2\ntrain  = data/train.txt\nvalid  = data/test.txt\nnames = data/obj.names\nbackup = backup/\n"
    put(tmp_path / "data/obj.data", data)
    put(tmp_path / "data/obj.names", "air plane\nbird\n")
    put(tmp_path / "data/train.txt", "data/obj/img1.jpg\ndata/obj/img2.jpg\n")
    put(tmp_path / "data/test.txt", "/opt/darknet/data/obj/img3.jpg\n")
    put(tmp_path / "data/obj/img1.txt", "1 0.716797 0.395833 0.216406 0.147222\n0 0.5 0.5 1 1\n")
    put(tmp_path / "data/obj/img2.txt", "")
    put(tmp_path / "data/obj/img3.txt", "0 0.25 0.25 0.5 0.5 0.875\n")
    for number in (1, 2, 3):
        put(tmp_path / f"data/obj/img{number}.jpg")
    return tmp_path


@pytest.mark.parametrize("at", [".", "data", "data/obj.data"])
def test_the_usual_folder_wherever_one_points(usual: Path, at: str) -> None:
    assert reader_for(usual / at).name == "darknet"
    dataset, problems = read(usual / at)
    assert problems == []
    assert [c.name for c in dataset.classes] == ["air plane", "bird"]
    first, empty, scored = dataset.images
    assert [i.file and i.file.name for i in dataset.images] == ["img1.jpg", "img2.jpg", "img3.jpg"]
    assert first.path == "img1.jpg"
    assert [i.split for i in dataset.images] == [Split.TRAIN, Split.TRAIN, Split.VALIDATION]
    assert first.pixel_boxes(1000, 1000)[1].box == Box(0, 0, 1000, 1000)
    assert (empty.labeled, empty.boxes) == (True, [])
    assert scored.boxes[0].score == 0.875


def test_flaws_are_told(usual: Path) -> None:
    put(usual / "data/obj.data", "classes = 3\ntrain = train.txt\nvalid = gone.txt\nnames = obj.names\n")
    put(usual / "data/train.txt", "data/obj/img1.jpg\nobj/gone.jpg\n")
    put(usual / "data/obj/img1.txt", "7 0.5 0.5 0.1 0.1\n")
    dataset, problems = read(usual)
    kinds = {"classes is wrong", "image missing", "list missing", "class index out of range", "image in no list"}
    assert {p.kind for p in problems} == kinds
    assert [(i.labeled, i.refused) for i in dataset.images] == [(True, 1), (False, 0)]


def test_lists_that_lead_nowhere_are_one_sentence(tmp_path: Path) -> None:
    put(tmp_path / "obj.data", "train = train.txt\nnames = obj.names\n")
    with pytest.raises(FormatError, match="leads to no image"):
        read(tmp_path)


def test_a_data_file_of_something_else_is_not_taken(tmp_path: Path) -> None:
    put(tmp_path / "model.data", "a = 1\n")
    (tmp_path / "blob.data").write_bytes(bytes(range(256)) * 1000)
    assert Darknet().recognise(tmp_path) is None
    assert Darknet().recognise(tmp_path / "blob.data") is None


def test_pixels_of_an_image_without_a_size_are_refused(tmp_path: Path) -> None:
    image = DatasetImage("a.png", None, 0, 0, [DatasetBox(Box(1, 2, 3, 4), 0)])
    with pytest.raises(FormatError, match="size"):
        Darknet().write(Dataset([DatasetClass(0, "cat")], [image]), tmp_path / "out", ImageMode.NONE)
