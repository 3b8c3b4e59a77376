"""KITTI as its devkit describes it, and as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.files import put

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.kitti import Kitti
from boxwright.formats.registry import reader_for
from boxwright.formats.staging import ImageMode

# The columns of the devkit's readme, with values of its kind.
CAR = "Car 0.00 0 -1.58 587.01 173.33 614.12 200.12 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59"
VAN = "Van 0.35 2 1.86 0.00 181.50 95.25 280.00 2.10 1.90 5.01 -8.00 1.80 9.50 1.20"
REGION = "DontCare -1 -1 -10 503.89 169.71 590.61 190.13 -1 -1 -1 -1000 -1000 -1000 -10"


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return Kitti().read(path, problems), problems


@pytest.fixture
def devkit(tmp_path: Path) -> Path:
    for number, text in (("000000", f"{CAR}\n{VAN}\n{REGION}\n"), ("000001", ""), ("000002", f"{CAR} 0.75\n")):
        put(tmp_path / f"training/image_2/{number}.png")
        put(tmp_path / f"training/label_2/{number}.txt", text)
    put(tmp_path / "testing/image_2/000000.png", "y")
    return tmp_path


def test_the_devkits_own_layout(devkit: Path) -> None:
    assert reader_for(devkit).name == "kitti"
    dataset, problems = read(devkit)
    assert [c.name for c in dataset.classes] == ["Car", "Van"]
    first, empty, scored, untouched = dataset.images
    assert [(b.box, b.flags) for b in first.boxes] == [
        (Box(587.01, 173.33, 614.12, 200.12), frozenset()),
        (Box(0, 181.5, 95.25, 280), frozenset({"truncated", "occluded"})),
    ]
    assert (empty.labeled, empty.boxes, empty.refused) == (True, [], 0)
    assert scored.boxes[0].score == 0.75
    assert (untouched.path, untouched.labeled, untouched.split) == ("000000.png", False, Split.TEST)
    assert [(p.file, p.kind) for p in problems] == [("training/label_2/000000.txt", "DontCare regions")]


def test_how_much_of_an_object_is_seen_comes_back(devkit: Path, tmp_path: Path) -> None:
    dataset, _ = read(devkit)
    van = dataset.images[0].boxes[1]
    assert dict(van.attributes) == {"truncation": 0.35, "occlusion": 2}
    Kitti().write(dataset, tmp_path / "out", ImageMode.NONE)
    written = (tmp_path / "out" / "training" / "label_2" / "000000.txt").read_text(encoding="utf-8")
    assert [line.split()[:3] for line in written.splitlines()] == [["Car", "0.00", "0"], ["Van", "0.35", "2"]]


def test_image_lists_part_the_training_folder(devkit: Path) -> None:
    put(devkit / "ImageSets/train.txt", "000000\n")
    put(devkit / "ImageSets/val.txt", "000001\n000002\n")
    dataset, _ = read(devkit)
    assert [i.split for i in dataset.images[:3]] == [Split.TRAIN, Split.VALIDATION, Split.VALIDATION]


@pytest.mark.parametrize(
    ("line", "kind", "kept"),
    [
        (CAR.replace("614.12", "587.01"), "box without area", 0),
        (CAR.replace("614.12", "580.00"), "corners swapped", 1),
        (CAR.replace("614.12", "nan"), "coordinate is no number", 0),
        (CAR.replace("614.12", "wide"), "line not understood", 0),
        ("Car 0 0 0 1 2 3 4", "line not understood", 0),
        (f"{CAR} 17.5", "score not 0 to 1", 1),
    ],
)
def test_each_flaw_is_told_with_its_line(tmp_path: Path, line: str, kind: str, kept: int) -> None:
    put(tmp_path / "label_2/a.txt", f"{VAN}\n\n{line}\n")
    dataset, problems = read(tmp_path)
    assert [(p.file, p.line, p.kind) for p in problems] == [("label_2/a.txt", 3, kind)]
    assert len(dataset.images[0].boxes) == 1 + kept
    assert dataset.images[0].refused == 1 - kept


def test_an_unknown_occlusion_is_no_mark(tmp_path: Path) -> None:
    put(tmp_path / "label_2/a.txt", CAR.replace("0.00 0", "0.00 3"))
    dataset, _ = read(tmp_path)
    assert dataset.images[0].boxes[0].flags == frozenset()


def test_every_line_written_has_fifteen_columns_and_blanks_come_back(tmp_path: Path) -> None:
    image = DatasetImage("a.png", None, 640, 480, [DatasetBox(Box(1, 2, 3.5, 4), 0)])
    Kitti().write(Dataset([DatasetClass(0, "traffic light")], [image]), tmp_path / "out", ImageMode.NONE)
    text = (tmp_path / "out/training/label_2/a.txt").read_text()
    assert text == "traffic_light 0.00 0 -10 1.00 2.00 3.50 4.00 -1 -1 -1 -1000 -1000 -1000 -10\n"
    assert [c.name for c in read(tmp_path / "out")[0].classes] == ["traffic light"]


@pytest.mark.parametrize(("names", "said"), [(("a b", "a_b"), "'a b' and 'a_b'"), (("DontCare", "x"), "DontCare")])
def test_names_that_would_be_lost_are_refused(tmp_path: Path, names: tuple[str, str], said: str) -> None:
    dataset = Dataset([DatasetClass(i, name) for i, name in enumerate(names)], [])
    with pytest.raises(FormatError, match=said):
        Kitti().write(dataset, tmp_path / "out")
    assert not (tmp_path / "out").exists()
