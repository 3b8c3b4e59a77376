"""A table whose columns tell nothing is read by a person's word on them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image as Picture

from boxwright.cli.app import run
from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError, SettingError
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.registry import recognise
from boxwright.formats.table import CsvTable
from boxwright.formats.table_map import MEANINGS, parsed_columns


def table(folder: Path, text: str, name: str = "boxes.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def read(path: Path, *columns: str) -> Dataset:
    problems: list[Problem] = []
    dataset = CsvTable(parsed_columns(columns)).read(path, problems)
    assert problems == []
    return dataset


GERMAN = ("Foto=image", "Art=class", "links=xmin", "oben=ymin", "rechts=xmax", "unten=ymax")


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("Foto,Art,links,oben,rechts,unten\na.png,cat,10,20,50,80\n", GERMAN),
        ("Foto;Art;links;oben;rechts;unten\na.png;cat;10,0;20,0;50;80\n", GERMAN),
        ("Foto\tArt\tlinks\toben\trechts\tunten\na.png\tcat\t10\t20\t50\t80\n", GERMAN),
        ("p,what,a,b,c,d\na.png,cat,10,20,40,60\n", ("p=image", "what=class", "a=x", "b=y", "c=width", "d=height")),
        ("p,what,a,b,c,d\na.png,cat,30,50,40,60\n",
         ("p=image", "what=class", "a=xcenter", "b=ycenter", "c=width", "d=height")),
        # What the header seems to say is outweighed.
        ("file,xmin,ymin,xmax,ymax,label,x,y,w,h,Art\na.png,1,1,2,2,no,10,20,40,60,cat\n",
         ("Art=class", "x=x", "y=y", "w=width", "h=height")),
        ("cat,a.png,10,20,50,80\n", ("1=class", "2=image", "3=xmin", "4=ymin", "5=xmax", "6=ymax")),
        ("Art,filename,xmin,ymin,xmax,ymax\ncat,a.png,10,20,50,80\n", ("Art=class",)),
    ],
)  # fmt: skip
def test_the_same_box_comes_of_any_columns(tmp_path: Path, text: str, columns: tuple[str, ...]) -> None:
    file = table(tmp_path, text)
    for path in (file, tmp_path):
        dataset = read(path, *columns)
        assert [known.name for known in dataset.classes] == ["cat"]
        assert [(i.path, [b.box for b in i.boxes]) for i in dataset.images] == [("a.png", [Box(10, 20, 50, 80)])]


def test_a_semicolon_and_a_decimal_comma_are_read_without_a_word(tmp_path: Path) -> None:
    file = table(tmp_path, "filename;class;xmin;ymin;xmax;ymax;score\na.png;cat;10,5;20;50;80;0,25\n")
    assert [guess.format for guess in recognise(file)] == ["csv"]
    (box,) = read(file).images[0].boxes
    assert (box.box, box.score) == (Box(10.5, 20, 50, 80), 0.25)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (("Foto",), "names no column"),
        (("Foto=picture",), "no meaning of a column"),
        (("a=xmin", "b=xmin"), "cannot both be 'xmin'"),
    ],
)
def test_a_word_that_means_nothing_is_one_sentence(columns: tuple[str, ...], words: str) -> None:
    with pytest.raises(SettingError, match=words):
        parsed_columns(columns)


@pytest.mark.parametrize(
    ("columns", "words"),
    [(("Bild=image",), "no column 'Bild'; it has Foto, Art"), (("Foto=image", "9=class"), "no column '9'"),
     (("Foto=image", "Art=class"), "do not make a box")],
)  # fmt: skip
def test_columns_that_do_not_fit_are_one_sentence(tmp_path: Path, columns: tuple[str, ...], words: str) -> None:
    file = table(tmp_path, "Foto,Art,links\na.png,cat,10\n")
    with pytest.raises(FormatError, match=words):
        read(file, *columns)


def test_the_command_previews_and_imports_by_the_columns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "set").mkdir()
    Picture.new("RGB", (64, 48)).save(tmp_path / "set" / "a.png")
    file = table(tmp_path / "set", "Foto;Art;links;oben;rechts;unten\na.png;nut;1;2;30;40,5\n")
    assert run(["init", str(tmp_path / "p"), "--images", str(tmp_path / "set")]) == 0
    assert run(["import", str(tmp_path / "p"), str(file)]) == 1
    said = [word for column in GERMAN for word in ("--column", column)]
    capsys.readouterr()
    assert run(["import", str(tmp_path / "p"), str(file), *said, "--preview", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["boxes"] == 1
    assert run(["import", str(tmp_path / "p"), str(file), *said, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["format"], result["images"], result["boxes"], result["problems"]) == ("csv", 1, 1, [])


def test_the_guide_tells_every_meaning() -> None:
    page = (Path(__file__).parents[3] / "docs" / "guide" / "formats.md").read_text(encoding="utf-8")
    told = page[page.index("**Columns by your word.**") :].split("\n\n")[0]
    assert [meaning for meaning in MEANINGS if f"`{meaning}`" not in told] == []
