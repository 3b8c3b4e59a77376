"""Open Images: the published tables, and names that a spreadsheet would run."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.files import put

from boxwright.domain.box import Box
from boxwright.domain.image import Split
from boxwright.formats.checks import Reporter
from boxwright.formats.csv_cells import guarded, row, rows, unguarded
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.openimages import OpenImages
from boxwright.formats.registry import reader_for
from boxwright.formats.staging import ImageMode

HEADER = (
    "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\n"
)
# Rows of the kind shown on the data set's own page.
CAMEL = "0001eeaf4aed83f9,xclick,/m/0cmf2,1,0.022673031,0.9642005,0.07103825,0.80054647,0,0,0,0,0\n"
FRUIT = "000595fe6fee6369,xclick,/m/02xwb,1,0.45655376,0.6097202,0.20399113,0.50554323,0,0,1,0,0\n"
DRAWN = "00075905539074f2,xclick,/m/04yx4,1,0.020477816,0.32935154,0.0956023,0.665392,1,1,0,1,0\n"


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return OpenImages().read(path, problems), problems


def test_the_published_tables(tmp_path: Path) -> None:
    put(tmp_path / "train-annotations-bbox.csv", HEADER + CAMEL + FRUIT + DRAWN)
    put(
        tmp_path / "class-descriptions-boxable.csv",
        "/m/0cmf2,Airplane\n/m/02xwb,Fruit\n/m/04yx4,Man\n/m/011k07,Tortoise\n",
    )
    put(tmp_path / "validation-annotations-bbox.csv", HEADER)
    listed = "ImageID,Subset,OriginalURL,Rotation\n000a1249af2bc5f0,validation,https://example.com,0.0\n"
    put(tmp_path / "validation-images-with-rotation.csv", listed)
    put(tmp_path / "train/0001eeaf4aed83f9.jpg")
    put(tmp_path / "train/untouched.jpg")
    assert reader_for(tmp_path).name == "openimages"
    dataset, problems = read(tmp_path)
    assert [c.name for c in dataset.classes] == ["Airplane", "Fruit", "Man", "Tortoise"]
    plane, fruit, man, empty, untouched = dataset.images
    assert plane.file == tmp_path / "train/0001eeaf4aed83f9.jpg"
    assert plane.path == "0001eeaf4aed83f9.jpg"
    assert plane.boxes[0].box == Box(0.022673031, 0.07103825, 0.9642005, 0.80054647)
    assert plane.boxes[0].score is None
    assert fruit.stem_only
    assert fruit.boxes[0].flags == {"crowd"}
    assert man.boxes[0].flags == {"occluded", "truncated"}
    assert (empty.path, empty.split, empty.labeled) == ("000a1249af2bc5f0", Split.VALIDATION, True)
    assert (untouched.path, untouched.split, untouched.labeled) == ("untouched.jpg", Split.TRAIN, False)
    assert man.boxes[0].attributes == {"depiction": True}
    assert problems == []


def test_one_table_is_read_by_itself(tmp_path: Path) -> None:
    put(tmp_path / "train-annotations-bbox.csv", HEADER + CAMEL)
    put(tmp_path / "test-annotations-bbox.csv", HEADER + FRUIT)
    dataset, _ = read(tmp_path / "test-annotations-bbox.csv")
    assert [(i.path, i.split) for i in dataset.images] == [("000595fe6fee6369", Split.TEST)]
    assert [c.name for c in dataset.classes] == ["/m/02xwb"]


@pytest.mark.parametrize(
    ("line", "kind", "kept"),
    [
        ("a,x,/m/1,1,0.5,0.5,0.1,0.2,0,0,0,0,0", "box without area", 0),
        ("a,x,/m/1,1,0.5,nan,0.1,0.2,0,0,0,0,0", "coordinate is no number", 0),
        ("a,x,/m/1,1,0.5,,0.1,0.2,0,0,0,0,0", "coordinate is no number", 0),
        ("a,x,/m/1,1", "coordinate is no number", 0),
        ("a,x,/m/1,1,10,200,10,200,0,0,0,0,0", "not fractions", 0),
        ("a,x,/m/1,1,0.9,0.5,0.1,0.2,0,0,0,0,0", "corners swapped", 1),
        ("a,x,/m/1,1,0.9,1.5,0.1,0.2,0,0,0,0,0", "box cut at the edge", 1),
        ("a,x,,1,0.1,0.5,0.1,0.2,0,0,0,0,0", "box without a class", 0),
    ],
)
def test_each_flaw_is_told_with_its_line(tmp_path: Path, line: str, kind: str, kept: int) -> None:
    put(tmp_path / "boxes.csv", f"{HEADER}{CAMEL}\n{line}\n")
    dataset, problems = read(tmp_path)
    assert [(p.file, p.line, p.kind) for p in problems] == [("boxes.csv", 4, kind)]
    assert [(len(i.boxes), i.refused) for i in dataset.images[1:]] == [(kept, 1 - kept)]


def test_a_detectors_certainty_is_its_score(tmp_path: Path) -> None:
    boxes = [DatasetBox(Box(1, 2, 3, 4), 0, score) for score in (0.25, 1.0, None)]
    image = DatasetImage("a.png", None, 10, 10, boxes)
    OpenImages().write(Dataset([DatasetClass(0, "cat")], [image]), tmp_path / "out", ImageMode.NONE)
    assert [b.score for b in read(tmp_path / "out")[0].images[0].boxes] == [0.25, 1.0, None]


FORMULAS = ["=1+1", "+x", "-x", "@x", "'=1+1", "''=", "'quoted", '=cmd|"/C calc"!A0', "a=b"]


def test_no_name_becomes_a_formula_and_every_name_comes_back(tmp_path: Path) -> None:
    classes = [DatasetClass(number, name) for number, name in enumerate(FORMULAS)]
    images = [DatasetImage(name, None, 10, 10, []) for name in ("=1+1.png", "-x.png", "@SUM(A1).png", "+1.png")]
    OpenImages().write(Dataset(classes, images), tmp_path / "out", ImageMode.NONE)
    for file in (tmp_path / "out").rglob("*.csv"):
        for cells in csv.reader(file.read_text(encoding="utf-8").splitlines()):
            for cell in cells:
                assert cell[:1] not in ("=", "+", "@")
                assert cell[:1] != "-" or cell == "-1"
    dataset, problems = read(tmp_path / "out")
    assert problems == []
    assert [c.name for c in dataset.classes] == FORMULAS
    assert [i.path for i in dataset.images] == ["=1+1", "-x", "@SUM(A1)", "+1"]


@given(st.lists(st.text(), min_size=1))
def test_every_text_comes_back_from_a_guarded_row(texts: list[str]) -> None:
    assert [unguarded(guarded(text)) for text in texts] == texts
    assert not any(guarded(text)[:1] in ("=", "+", "-", "@", "\t", "\r") for text in texts if text)


def test_a_table_that_cannot_be_parsed_is_read_as_far_as_it_goes() -> None:
    problems: list[Problem] = []
    found = list(rows(row(["a", "b"]) + "x," + "9" * (1 << 21) + "\n", Reporter(problems, "t.csv")))
    assert found == [(1, ["a", "b"])]
    assert [(p.line, p.kind) for p in problems] == [(2, "CSV cannot be read")]
