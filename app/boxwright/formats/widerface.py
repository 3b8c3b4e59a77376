"""WIDER FACE: one text file for all images, `wider_face_SPLIT_bbx_gt.txt`; only read.

The name of an image, the number of its faces, then a line a face: x, y, width, height, blur, expression, illumination,
invalid, occlusion, pose (the dataset's readme). An image without a face has 0 and one line of zeros. A face that is
marked invalid is too small or blurred to be judged: it is read with the flag `difficult`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.checks import Reporter, number
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.extras import Extras, extras_of
from boxwright.formats.finding import files_below, is_file, relative_to
from boxwright.formats.gathering import Gathered
from boxwright.formats.names import clean_reference, is_image_name
from boxwright.formats.splits import split_named
from boxwright.formats.text import head

CLASS = "face"
_MARKS = ("blur", "expression", "illumination", "invalid", "occlusion", "pose")
_SIDES = 4
_SNIFF = 4096
_SPLIT = re.compile(r"wider_?face_([a-z]+)", re.IGNORECASE)


class WiderFace(Format):
    name = "widerface"
    title = "WIDER FACE (one text file of faces)"
    capabilities = Capabilities(
        accuracy=0.0, flags=frozenset({"difficult", "occluded"}), attributes=frozenset({"number"}), folders=True,
        class_order=False, unused_classes=False, writes=False,
    )  # fmt: skip

    def recognise(self, path: Path) -> FormatGuess | None:
        file = next(_lists(path), None)
        if file is None:
            return None
        what = Message("a list of images, each with its number of faces")
        if file != path:
            what = Message("holds {0}, {1}", relative_to(file, path), what)
        return FormatGuess(self.name, 0.95, what)

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = list(_lists(path))
        if not files:
            raise FormatError("{0} holds no list of WIDER FACE (an image, its number of faces, a line each).", path)
        gathered = Gathered(path, problems)
        gathered.label(CLASS)
        for file in files:
            _read(file, gathered)
        return gathered.dataset("images")


def _lists(path: Path) -> Iterator[Path]:
    files = [path] if path.is_file() else (file for file in files_below(path) if is_file(file))
    return (file for file in files if file.suffix.lower() == ".txt" and _is_list(file))


def _is_list(file: Path) -> bool:
    lines = [line.strip() for line in head(file, _SNIFF).split("\n")][:3]
    if len(lines) < 3 or not is_image_name(lines[0]) or not lines[1].isdecimal():
        return False
    tokens = lines[2].split()
    return len(tokens) >= _SIDES and all(number(token) is not None for token in tokens)


def _read(file: Path, gathered: Gathered) -> None:
    reporter = gathered.reporter(file)
    said = _SPLIT.search(file.name)
    split = split_named(said.group(1)) if said else None
    image: DatasetImage | None = None
    expected = 0
    for line, text in gathered.lines(file, reporter):
        if is_image_name(text):
            name = clean_reference(text)
            found = gathered.files.find(name, gathered.root / "images")
            image, expected = gathered.image(name, found, reporter.file, split=split), -1
        elif image is None:
            reporter.say(
                line,
                Message("Line {0} ('{1}') belongs to no image; left out.", line, text[:60]),
                Message("line not understood"),
            )
        elif expected < 0:
            expected = int(text) if text.isdecimal() else 0
        elif expected or any(token not in ("0", "0.0") for token in text.split()):
            _add(text, line, image, gathered, reporter)


def _add(text: str, line: int, image: DatasetImage, gathered: Gathered, reporter: Reporter) -> None:
    values = [number(token) for token in text.split()]
    known = [value for value in values if value is not None]
    if len(known) < _SIDES or len(known) != len(values):
        what = Message("Line {0} ('{1}') is not left, top, width and height; left out.", line, text[:60])
        reporter.say(line, what, Message("line not understood"))
        image.refused += 1
        return
    x, y, width, height = known[:_SIDES]
    gathered.add(image, (x, y, x + width, y + height), CLASS, line, reporter, _marks(known[_SIDES:]))


def _marks(values: list[float]) -> Extras:
    said = {name: int(value) for name, value in zip(_MARKS, values, strict=False) if value.is_integer()}
    flags = {"difficult"} if said.pop("invalid", 0) else set()
    if said.get("occlusion", 0):
        flags.add("occluded")
    return extras_of({name: value for name, value in said.items() if value}, flags)
