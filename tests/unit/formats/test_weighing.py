"""A folder that holds several formats is read as the one that holds its labels, and the others are told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image as Picture

from boxwright.cli.app import run
from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.base import FormatGuess
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage
from boxwright.formats.registry import by_name, likeliest, recognise, recognise_weighed
from boxwright.formats.staging import ImageMode
from boxwright.formats.weighing import also_words, are_alike


def holding(folder: Path, **counts: int) -> Path:
    """A folder of pictures, the first so many of them labelled in each format."""
    pictures = []
    folder.mkdir(parents=True)
    for number in range(max(counts.values())):
        pictures.append(folder / f"{number}.png")
        Picture.new("RGB", (32, 24), (number, 0, 0)).save(pictures[-1])
    for name, count in counts.items():
        box = DatasetBox(Box(1, 2, 9, 8), 0)
        images = [DatasetImage(file.name, file, 32, 24, [box], Split.TRAIN) for file in pictures[:count]]
        mode = ImageMode.COPY if name == "tfrecord" else ImageMode.NONE
        by_name(name).write(Dataset([DatasetClass(1, "nut")], images), folder / name, mode)
        for made in (folder / name).iterdir():
            if made.name == "data.yaml":
                (folder / "data.yaml").write_text(made.read_text())
    return folder


def test_the_format_with_the_labels_wins_over_the_surest(tmp_path: Path) -> None:
    folder = holding(tmp_path / "set", voc=10, tfrecord=2)
    assert recognise(folder)[0].format == "tfrecord"
    guesses = recognise_weighed(folder)
    assert [(guess.format, guess.labels) for guess in guesses] == [("voc", 10), ("tfrecord", 2)]
    assert likeliest(folder, guesses).name == "voc"


def test_init_and_the_preview_tell_what_else_is_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = holding(tmp_path / "set", voc=10, tfrecord=2)
    assert run(["init", str(tmp_path / "p"), "--images", str(folder), "--labels", str(folder)], None) == 0
    said = capsys.readouterr().out
    assert "10 images with 10 boxes, 0 confirmed empty (voc)." in said
    also = "There are also labels of the format tfrecord, for 2 images; say --format tfrecord to read those."
    assert also in said
    assert run(["import", str(tmp_path / "p"), str(folder), "--preview"], None) == 0
    assert also in capsys.readouterr().out
    assert run(["formats", str(folder)], None) == 0
    assert capsys.readouterr().out.startswith("voc: ")


def test_where_both_hold_the_same_the_surer_one_is_taken(tmp_path: Path) -> None:
    folder = holding(tmp_path / "set", voc=4, coco=4)
    guesses = recognise_weighed(folder)
    assert [guess.labels for guess in guesses] == [4, 4]
    assert likeliest(folder, guesses).name == recognise(folder)[0].format


def test_a_format_without_labels_does_not_hide_one_with_some(tmp_path: Path) -> None:
    folder = holding(tmp_path / "set", voc=3)
    content: dict[str, list[object]] = {"images": [], "annotations": [], "categories": []}
    (folder / "empty.json").write_text(json.dumps(content))
    (folder / "data.yaml").write_text("train: elsewhere\nnames: [nut]\n")
    assert recognise(folder)[0].format != "voc"
    assert likeliest(folder, recognise_weighed(folder)).name == "voc"


@pytest.mark.parametrize(
    ("first", "second", "asked"),
    [
        (FormatGuess("a", 0.92, "", 100), FormatGuess("b", 0.95, "", 95), True),
        (FormatGuess("a", 0.92, "", 100), FormatGuess("b", 0.95, "", 50), False),
        (FormatGuess("a", 0.92, "", 100), FormatGuess("b", 0.95, "", 100), False),
        (FormatGuess("a", 0.95, "", 100), FormatGuess("b", 0.5, "", 99), False),
        (FormatGuess("a", 0.9, "", 100), FormatGuess("b", 0.9, "", 100), True),
        (FormatGuess("a", 0.9, "", 100), FormatGuess("b", 0.9, "", 3), False),
        (FormatGuess("a", 0.9, ""), FormatGuess("b", 0.9, ""), True),
        (FormatGuess("a", 0.95, ""), FormatGuess("b", 0.9, ""), False),
    ],
)
def test_near_ties_are_asked(first: FormatGuess, second: FormatGuess, asked: bool, tmp_path: Path) -> None:
    assert are_alike(first, second) is asked
    if asked:
        with pytest.raises(FormatError, match="say which with the format option"):
            likeliest(tmp_path, [first, second])


def test_only_formats_with_labels_are_told() -> None:
    guesses = [
        FormatGuess("a", 0.9, "", 5),
        FormatGuess("b", 0.8, "", 0),
        FormatGuess("c", 0.7, ""),
        FormatGuess("d", 0.6, "", 2),
    ]
    assert also_words(guesses, "a") == [
        "There are also labels of the format d, for 2 images; say --format d to read those."
    ]
