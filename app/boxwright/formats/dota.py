"""DOTA, and what Roboflow calls oriented boxes: a text file an image, `x1 y1 x2 y2 x3 y3 x4 y4 class difficult` a line.

Corners of a turned box in pixels, clockwise from its own top left. Lines `imagesource:` and `gsd:` may come first. The
files lie in `labelTxt` beside `images`, or beside their images. Only read: boxes here are upright, so each becomes the
upright box around it, with a word.
"""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.checks import Reporter, number
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.extras import Extras
from boxwright.formats.finding import files_below, is_file, relative_to
from boxwright.formats.gathering import Gathered
from boxwright.formats.outlines import bounds, pairs
from boxwright.formats.text import head

_FOLDER, _IMAGES = "labelTxt", "images"
_HEADERS = ("imagesource:", "gsd:", "acquisition dates:")
_CORNERS = 8
_SAMPLE = 20
_SNIFF = 4096
_DIFFICULT = Extras(flags=frozenset({"difficult"}))


class Dota(Format):
    name = "dota"
    title = "DOTA and oriented boxes (a text file of four corners for each image)"
    capabilities = Capabilities(
        accuracy=0.0, flags=frozenset({"difficult"}), turned=True, class_order=False, unused_classes=False, writes=False
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        sample = [file for _, file in zip(range(_SAMPLE), _texts(path), strict=False)]
        good = sum(map(_looks_like_corners, sample))
        if not good or good * 2 < sum(map(_says_something, sample)):
            return None
        # Surer than a data.yaml beside it, by which Roboflow says that it is for YOLO.
        return FormatGuess(self.name, 0.98, "text files of four corners and a class")

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        gathered = Gathered(path, problems, _root(path))
        files = [file for file in _texts(path) if _FOLDER in file.parts or _looks_like_corners(file)]
        if not files:
            raise FormatError("{0} holds no DOTA labels (text files of four corners and a class a line).", path)
        for file in files:
            _read(file, gathered)
        return gathered.dataset(_IMAGES)


def _root(path: Path) -> Path:
    folder = path if path.is_dir() else path.parent
    return folder.parent if folder.name == _FOLDER else folder


def _texts(path: Path) -> list[Path]:
    if path.is_file():
        return [path] if path.suffix.lower() == ".txt" else []
    return [file for file in files_below(path) if file.suffix.lower() == ".txt" and is_file(file)]


def _objects(text: str) -> list[str]:
    lines = (line.strip() for line in text.split("\n"))
    return [line for line in lines if line and not line.lower().startswith(_HEADERS)]


def _looks_like_corners(file: Path) -> bool:
    """Whether the first object is eight numbers and a name. Numbers alone are YOLO's."""
    text = head(file, _SNIFF)
    if text.lower().startswith(_HEADERS[:2]):
        return True
    objects = _objects(text)
    if not objects:
        return False
    tokens = _tokens(objects[0])
    named = len(tokens) > _CORNERS and number(tokens[_CORNERS]) is None
    return named and all(number(token) is not None for token in tokens[:_CORNERS])


def _says_something(file: Path) -> bool:
    return bool(_objects(head(file, _SNIFF)))


def _tokens(line: str) -> list[str]:
    return line.replace(",", " ").split()


def _read(file: Path, gathered: Gathered) -> None:
    reporter = gathered.reporter(file)
    stem = file.name[: -len(file.suffix)]
    folders = (file.parent, file.parent / _IMAGES, file.parent.parent / _IMAGES, file.parent.parent)
    found = next((hit for folder in folders if (hit := gathered.files.find_stem(stem, folder)) is not None), None)
    image = gathered.image(stem, found, relative_to(file, gathered.root), stem_only=True)
    for line, text in gathered.lines(file, reporter):
        if not text.lower().startswith(_HEADERS):
            _add(_tokens(text), line, image, gathered, reporter)


def _add(tokens: list[str], line: int, image: DatasetImage, gathered: Gathered, reporter: Reporter) -> None:
    points = pairs(tokens[:_CORNERS])
    if len(tokens) <= _CORNERS or points is None:
        what = Message("Line {0} ('{1}') is not four corners and a class; left out.", line, " ".join(tokens)[:60])
        reporter.say(line, what, Message("line not understood"))
        image.refused += 1
        return
    rest = tokens[_CORNERS:]
    difficult = rest[-1] if len(rest) > 1 and rest[-1].isdecimal() else ""
    label = " ".join(rest[:-1] if difficult else rest)
    upright = len({x for x, _ in points}) == 2 and len({y for _, y in points}) == 2
    extras = _DIFFICULT if difficult.strip("0") else Extras()
    gathered.add(image, bounds(points), label, line, reporter, extras, outline=not upright)
