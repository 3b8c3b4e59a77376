"""MOT Challenge: `SEQUENCE/gt/gt.txt` or `det/det.txt`, the frames as images in `img1`; only read.

A line a box: frame, track, left, top, width, height, confidence, class, visibility, or, in the first edition, frame,
track, left, top, width, height, confidence and three numbers of the world. Pixels count from 1. In `gt` a confidence of
0 says that the box is not to be considered; in `det` it is the detector's score. `seqinfo.ini` tells the size of the
frames. The track becomes the attribute `track`.
"""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.checks import LARGEST_SIDE, Reporter, declared_side, number
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.extras import extras_of
from boxwright.formats.finding import files_below, is_file, relative_to
from boxwright.formats.gathering import Gathered
from boxwright.formats.text import decode, first_line, read_bytes

# The numbers of the challenge's editions from 2016 on.
CLASSES = (
    "pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle", "static person",
    "distractor", "occluder", "occluder on the ground", "occluder full", "reflection", "crowd",
)  # fmt: skip
_TRUTH, _FOUND, _INFO = ("gt", "gt.txt"), ("det", "det.txt"), "seqinfo.ini"
_LARGEST_INFO = 1 << 16
_SNIFF = 4096


class Mot(Format):
    name = "mot"
    title = "MOT Challenge (tracks in gt.txt, frames in img1)"
    capabilities = Capabilities(
        accuracy=0.0, scores=True, attributes=frozenset({"number"}), folders=True, class_order=False,
        unused_classes=False, writes=False,
    )  # fmt: skip

    def recognise(self, path: Path) -> FormatGuess | None:
        found = next((file for file in _tables(path) if _is_tracks(file)), None)
        if found is None:
            return None
        where = relative_to(found, path if path.is_dir() else path.parent)
        return FormatGuess(self.name, 0.95, Message("holds {0} of tracks", where))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [file for file in _tables(path) if _is_tracks(file)]
        if not files:
            raise FormatError("{0} holds no tracks of MOT Challenge (gt/gt.txt beside the frames in img1).", path)
        root = path if path.is_dir() else path.parent.parent
        gathered = Gathered(path, problems, root)
        # What a person says of a sequence outweighs what a detector found in it.
        known = {file.parent.parent for file in files if file.name == _TRUTH[1]}
        for file in files:
            if file.name == _TRUTH[1] or file.parent.parent not in known:
                _Sequence(file, gathered).read()
        return gathered.dataset()


def _tables(path: Path) -> Iterator[Path]:
    files = [path] if path.is_file() else files_below(path)
    return (file for file in files if (file.parent.name, file.name) in (_TRUTH, _FOUND) and is_file(file))


def _is_tracks(file: Path) -> bool:
    cells = first_line(file, _SNIFF).split(",")
    return 6 <= len(cells) <= 10 and all(number(cell) is not None for cell in cells)


class _Sequence:
    """One table and the frames it speaks of."""

    def __init__(self, file: Path, gathered: Gathered) -> None:
        self._file, self._gathered = file, gathered
        self._truth = file.name == _TRUTH[1]
        self._reporter = gathered.reporter(file)
        info = _info(file.parent.parent / _INFO)
        folder = info.get("imdir", "").strip().strip("/\\")
        self._frames = file.parent.parent / (folder if folder.isprintable() and folder not in ("", "..") else "img1")
        self._suffix = info.get("imext", ".jpg")
        self._size = (declared_side(info.get("imwidth")), declared_side(info.get("imheight")))
        self._images: dict[int, DatasetImage] = {}
        self._ignored = 0

    def read(self) -> None:
        for line, text in self._gathered.lines(self._file, self._reporter):
            self._line(text, line, self._reporter)
        if self._ignored:
            what = Message("{0} boxes that are not to be considered were left out.", self._ignored)
            self._reporter.say(None, what, Message("not to be considered"))
        if self._truth:
            # A frame without a line has been looked at: nobody is in it.
            for frame in self._gathered.files.all:
                if frame.parent == self._frames and frame.stem.isdecimal():
                    self._image(int(frame.stem))

    def _line(self, text: str, line: int, reporter: Reporter) -> None:
        values = [number(cell) for cell in text.split(",")]
        known = [value for value in values if value is not None]
        frame = known[0] if known else -1.0
        if len(known) < 6 or len(known) != len(values) or not 0 <= frame < LARGEST_SIDE or not frame.is_integer():
            what = Message("Line {0} ('{1}') is not a frame, a track and a box; left out.", line, text[:60])
            reporter.say(line, what, Message("line not understood"))
            return
        image = self._image(int(frame))
        _, track, left, top, width, height = known[:6]
        confidence = known[6] if len(known) > 6 else 1.0
        if self._truth and confidence == 0:
            self._ignored += 1
            return
        corners = (left - 1, top - 1, left - 1 + width, top - 1 + height)
        score = None if self._truth else confidence
        extras = extras_of({"track": int(track)} if track > 0 and track.is_integer() else {})
        self._gathered.add(image, corners, _class(known), line, reporter, extras, score)

    def _image(self, frame: int) -> DatasetImage:
        if frame not in self._images:
            names = (f"{frame:06d}", f"{frame:08d}", str(frame))
            found = (hit for name in names if (hit := self._gathered.files.find_stem(name, self._frames)) is not None)
            named = relative_to(self._frames / f"{frame:06d}{self._suffix}", self._gathered.root)
            self._images[frame] = self._gathered.image(named, next(found, None), self._reporter.file, self._size)
        return self._images[frame]


def _class(values: list[float]) -> str:
    """The class of a row: its eighth number where the row has nine, `pedestrian` in the first edition's ten."""
    if len(values) not in (8, 9):
        return CLASSES[0]
    place = int(values[7]) if abs(values[7]) < LARGEST_SIDE else -1
    return CLASSES[place - 1] if 1 <= place <= len(CLASSES) else f"class {place}"


def _info(file: Path) -> dict[str, str]:
    """The section `Sequence` of seqinfo.ini, keys in lower case; empty where there is none."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(decode(read_bytes(file, _LARGEST_INFO), Reporter([], file.name)))
    except (FormatError, configparser.Error):
        return {}
    return dict(parser["Sequence"]) if parser.has_section("Sequence") else {}
