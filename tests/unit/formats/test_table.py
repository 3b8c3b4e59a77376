"""Tables of boxes as various tools write them, and names that a spreadsheet would run."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.registry import recognise
from boxwright.formats.staging import ImageMode
from boxwright.formats.table import CsvTable

TENSORFLOW = "filename,width,height,class,xmin,ymin,xmax,ymax\n"


def put(file: Path, text: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def read(path: Path) -> tuple[Dataset, list[Problem]]:
    problems: list[Problem] = []
    return CsvTable().read(path, problems), problems


@pytest.mark.parametrize(
    "text",
    [
        TENSORFLOW + "a.png,200,100,cat,10,20,50,80\n",
        "a.png,10,20,50,80,cat\n",
        "ymin,xmin,ymax,xmax,Label,Image Path\n20,10,80,50,cat,a.png\n",
        "image,x1,y1,x2,y2,label\na.png,10.0,20.0,50.0,80.0,cat\n",
        "label_name,bbox_x,bbox_y,bbox_width,bbox_height,image_name,image_width,image_height\n"
        "cat,10,20,40,60,a.png,200,100\n",
        "filename,class,x,y,width,height\na.png,cat,10,20,40,60\n",
        "filename,class,x_center,y_center,width,height\na.png,cat,30,50,40,60\n",
        "filename,width,height,class,xmin,ymin,xmax,ymax\na.png,200,100,cat,0.05,0.2,0.25,0.8\n",
        "filename,class,xmin_norm,ymin_norm,xmax_norm,ymax_norm\na.png,cat,0.05,0.2,0.25,0.8\n",
        '\ufefffilename,"class",left,top,right,bottom\r\n"a.png",cat,10,20,50,80\r\n',
    ],
)
def test_each_tools_columns_give_the_same_box(tmp_path: Path, text: str) -> None:
    put(tmp_path / "boxes.csv", text)
    for path in (tmp_path, tmp_path / "boxes.csv"):
        assert [guess.format for guess in recognise(path)] == ["csv"]
        dataset, problems = read(path)
        assert problems == []
        (image,) = dataset.images
        assert (image.path, [known.name for known in dataset.classes]) == ("a.png", ["cat"])
        (item,) = image.pixel_boxes(200, 100)
        assert tuple(item.box.array()) == pytest.approx((10, 20, 50, 80))


def test_one_whole_image_in_fractions_is_told_by_the_header_alone(tmp_path: Path) -> None:
    head = "filename,class,xmin_norm,ymin_norm,xmax_norm,ymax_norm\n"
    (image,) = read(put(tmp_path / "a.csv", head + "a.png,cat,0,0,1,1\n"))[0].images
    assert image.relative


@pytest.mark.parametrize(
    "text", ["", "a,b,c\n1,2,3\n", "filename,class\na.png,cat\n", "xmin,ymin,xmax,ymax\n1,2,3,4\n"]
)
def test_a_table_of_something_else_is_not_taken(tmp_path: Path, text: str) -> None:
    file = put(tmp_path / "a.csv", text)
    assert recognise(file) == []
    with pytest.raises(FormatError, match="no table of boxes"):
        read(file)


def test_splits_scores_sizes_and_empty_images(tmp_path: Path) -> None:
    head = "filename,width,height,class,xmin,ymin,xmax,ymax,confidence,split\n"
    rows = "a.png,20,10,cat,1,2,3,4,0.25,val\nb.png,20,10,,,,,,,train\n"
    put(tmp_path / "all.csv", head + rows)
    put(tmp_path / "test.csv", "c.png,1,2,3,4,dog\nd.png,,,,,\n")
    put(tmp_path / "images" / "a.png", "x")
    dataset, problems = read(tmp_path)
    assert problems == []
    found = [(m.path, m.split, m.labeled, m.width, [b.score for b in m.boxes]) for m in dataset.images]
    assert found == [
        ("a.png", Split.VALIDATION, True, 20, [0.25]),
        ("b.png", Split.TRAIN, True, 20, []),
        ("c.png", Split.TEST, True, 0, [None]),
        ("d.png", Split.TEST, True, 0, []),
    ]
    assert dataset.images[0].file == tmp_path / "images" / "a.png"


@pytest.mark.parametrize(
    ("row", "kind", "kept"),
    [
        ("b.png,20,10,cat,1,2,1,4", "box without area", 0),
        ("b.png,20,10,cat,1,2,nan,4", "coordinate is no number", 0),
        ("b.png,20,10,cat,1,2,inf,4", "coordinate is no number", 0),
        ("b.png,20,10,cat,1,2,,4", "coordinate is no number", 0),
        ("b.png,20,10,cat", "coordinate is no number", 0),
        ("b.png,20,10,,1,2,3,4", "box without a class", 0),
        ("b.png,20,10,cat,3,2,1,4", "corners swapped", 1),
        ("b.png,20,10,cat,1,2,30,4", "box cut at the edge", 1),
        ("b.png,20,10,cat,30,2,40,4", "box outside the image", 0),
    ],
)
def test_each_flaw_is_told_with_its_line(tmp_path: Path, row: str, kind: str, kept: int) -> None:
    put(tmp_path / "boxes.csv", f"{TENSORFLOW}a.png,20,10,cat,1,2,3,4\n\n{row}\n")
    dataset, problems = read(tmp_path)
    assert [(p.file, p.line, p.kind) for p in problems] == [("boxes.csv", 4, kind)]
    assert [(len(m.boxes), m.refused) for m in dataset.images[1:]] == [(kept, 1 - kept)]


def test_no_name_leads_outside_the_dataset(tmp_path: Path) -> None:
    put(tmp_path / "secret.png", "x")
    put(tmp_path / "in" / "boxes.csv", TENSORFLOW + "../secret.png,20,10,cat,1,2,3,4\n../..,20,10,cat,1,2,3,4\n")
    dataset, problems = read(tmp_path / "in")
    assert [(m.path, m.file) for m in dataset.images] == [("secret.png", None)]
    assert [(p.line, p.kind) for p in problems] == [(3, "line not understood")]


FORMULAS = ["=1+1", "+x", "-x", "@x", "'=1+1", "'quoted", '=cmd|"/C calc"!A0', "a,b"]


def test_no_name_becomes_a_formula_and_every_name_comes_back(tmp_path: Path) -> None:
    classes = [DatasetClass(number, name) for number, name in enumerate(FORMULAS)]
    boxes = [DatasetBox(Box(1, 2, 3, 4), number) for number in range(len(FORMULAS))]
    images = [DatasetImage("=1+1.png", boxes=boxes), DatasetImage("-x.png"), DatasetImage("@SUM(A1).png")]
    CsvTable().write(Dataset(classes, images), tmp_path / "out", ImageMode.NONE)
    with (tmp_path / "out" / "labels.csv").open(encoding="utf-8", newline="") as handle:
        assert not [cell for cells in csv.reader(handle) for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    dataset, problems = read(tmp_path / "out")
    assert problems == []
    assert [m.path for m in dataset.images] == ["=1+1.png", "-x.png", "@SUM(A1).png"]
    assert [dataset.classes[item.label].name for item in dataset.images[0].boxes] == FORMULAS
