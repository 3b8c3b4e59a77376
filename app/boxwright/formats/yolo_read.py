"""Reading YOLO label files. Boxes stay fractions: they become pixels where the size of the image is known."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.finding import files_below, is_dir, is_file, relative_to, split_in_path
from boxwright.formats.names import clean_reference, is_image_name, stem_of
from boxwright.formats.text import LARGEST_LABEL_FILE, decode, read_bytes
from boxwright.formats.yolo_layout import YoloLayout, label_place, layout_of

_NOT_LABELS = frozenset({"classes.txt", "labels.txt", "notes.txt", "obj.names", "requirements.txt"})
_MOST_CLASSES = 100_000
# After so many lines of a list that lead nowhere the rest is not looked for all over.
_MOST_MISSES = 200


class YoloReader:
    """Reader of YOLO label files.

    Reads the dataset at `path`. Problems name the label file and its line.
    """

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.path = path
        self.problems = problems
        self.root = path if is_dir(path) else path.parent
        self.layout: YoloLayout = layout_of(path, Reporter(problems, relative_to(path, self.root) or path.name))
        self.highest = -1
        self.done: dict[Path, DatasetImage] = {}

    def read(self) -> Dataset:
        """Raises FormatError when there is neither an image nor a label file."""
        images: list[DatasetImage] = []
        for source, split in self.layout.sources:
            pairs = _listed(source, self.layout.root) if is_file(source) else _in_folder(source)
            for image, label, name in pairs:
                images.extend(self._image(image, label, name, split))
        self._allow_no_images(images)
        if not images:
            raise FormatError("{0} names no images and no label files; check the folders in its data.yaml.", self.path)
        return Dataset(self._classes(), images)

    def _allow_no_images(self, images: list[DatasetImage]) -> None:
        """When not one is there, the labels were handed over without their images, which is no flaw of each."""
        if not any(image.file for image in images):
            self.problems[:] = [problem for problem in self.problems if problem.kind != "image missing"]

    def _classes(self) -> list[DatasetClass]:
        names = self.layout.names
        if names is None:
            names = [f"class {index}" for index in range(self.highest + 1)]
            what = Message(
                "No class names were found (data.yaml or classes.txt); the classes got their numbers as names."
            )
            self.problems.append(Problem(".", None, what, Message("no class names")))
        return [DatasetClass(index, name) for index, name in enumerate(names)]

    def _image(self, image: Path | None, label: Path | None, name: str, split: Split | None) -> Iterator[DatasetImage]:
        key = image or label
        assert key is not None
        if key in self.done:
            if self.done[key].split is not split:
                what = Message("The image is in two splits; it stays in the first.")
                Reporter(self.problems, relative_to(key, self.root)).say(None, what, Message("image in two splits"))
            return
        entry = DatasetImage(
            path=name,
            file=image if image is not None and is_file(image) else None,
            split=split or split_in_path(relative_to(key, self.root)),
            labeled=label is not None,
            relative=True,
            stem_only=image is None,
            source=relative_to(label or key, self.root),
        )
        self.done[key] = entry
        reporter = Reporter(self.problems, entry.source)
        if image is not None and entry.file is None:
            reporter.say(None, Message("The image {0} is listed but not there.", image), Message("image missing"))
        if label is not None:
            try:
                for item in self._boxes(label, reporter):
                    if item is None:
                        entry.refused += 1
                    else:
                        entry.boxes.append(item)
            except FormatError as error:
                reporter.say(None, str(error), Message("label file unreadable"))
                entry.labeled = False
        yield entry

    def _boxes(self, file: Path, reporter: Reporter) -> Iterator[DatasetBox | None]:
        """Each box of the file, None for one that is left out."""
        text = decode(read_bytes(file, LARGEST_LABEL_FILE), reporter)
        seen: set[str] = set()
        for line, content in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
            row = " ".join(content.split())
            if not row:
                continue
            if row in seen:
                reporter.say(line, Message("The line is there twice; one was left out."), Message("box twice"))
                continue
            seen.add(row)
            yield self._box(row.split(" "), line, reporter)

    def _box(self, tokens: list[str], line: int, reporter: Reporter) -> DatasetBox | None:
        try:
            values = [float(token) for token in tokens]
        except ValueError:
            values = []
        if len(values) < 5 or (len(values) > 6 and len(values) % 2 == 0):
            what = Message("Line {0} ('{1}') is not a class and four numbers; left out.", line, " ".join(tokens)[:60])
            reporter.say(line, what, Message("line not understood"))
            return None
        label = self._label(values[0], line, reporter)
        if label is None:
            return None
        score = values[5] if len(values) == 6 and 0 <= values[5] <= 1 else None
        if len(values) > 6:
            xs, ys = values[1::2], values[2::2]
            corners = (min(xs), min(ys), max(xs), max(ys))
            reporter.say(
                line, Message("Line {0} is an outline; the box around it was taken.", line), Message("box from outline")
            )
        else:
            cx, cy, w, h = values[1:5]
            corners = (cx - w / 2, cy - h / 2, cx + w / 2, cy + h / 2)
            if w == 0 or h == 0:
                corners = (cx, cy, cx + w, cy + h)
        if max(map(abs, corners)) > 2 and all(map(math.isfinite, corners)):
            what = Message("Line {0} is not in fractions of the image (0 to 1); left out.", line)
            reporter.say(line, what, Message("not fractions"))
            return None
        box = checked_box(corners, 1.0, 1.0, Message("The box"), line, reporter, relative=True)
        return DatasetBox(box, label, score, line=line) if box else None

    def _label(self, value: float, line: int, reporter: Reporter) -> int | None:
        known = len(self.layout.names) if self.layout.names is not None else _MOST_CLASSES
        if not math.isfinite(value) or value != int(value) or not 0 <= value < known:
            what = Message("Line {0}: class {1:g} does not exist (there are {2}); left out.", line, value, known)
            reporter.say(line, what, Message("class index out of range"))
            return None
        self.highest = max(self.highest, int(value))
        return int(value)


Pair = tuple[Path | None, Path | None, str]


def label_path(image: Path) -> list[Path]:
    """Where the label file of `image` may lie: the last folder `images` read as `labels`, or beside it."""
    place = Path(label_place(image.as_posix()))
    beside = image.with_name(stem_of(image.name) + ".txt")
    return [place] if place == beside else [place, beside]


def _in_folder(folder: Path) -> Iterator[Pair]:
    """The images below `folder` with their labels, then the label files that no image claims."""
    claimed: set[Path] = set()
    for image in files_below(folder):
        if is_image_name(image.name):
            label = next((place for place in label_path(image) if is_file(place)), None)
            if label is not None:
                claimed.add(label)
            yield image, label, relative_to(image, folder)
    for at in _label_folders(folder):
        for file in files_below(at):
            if _may_be_labels(file) and file not in claimed:
                name = relative_to(file, at)[: -len(file.suffix)]
                yield None, file, name if at != folder else _image_of(name)


def _image_of(label: str) -> str:
    """The name of the image whose label file, among the images, is `label` (without its suffix)."""
    before, folder, after = f"/{label}".rpartition("/labels/")
    return f"{before}/images/{after}".lstrip("/") if folder else label


def _may_be_labels(file: Path) -> bool:
    name = file.name.lower()
    return name.endswith(".txt") and name not in _NOT_LABELS and not name.startswith("readme")


def _label_folders(folder: Path) -> list[Path]:
    twin = label_path(folder / "x.jpg")[0].parent
    return [folder] if twin == folder or not is_dir(twin) else [twin, folder]


def _named(path: str) -> str:
    """The image's name as a folder of a split would give it: what follows the folder `images`."""
    if path.startswith("images/"):
        return path.removeprefix("images/")
    return path.rpartition("images/")[2] if "/images/" in path else path


def _listed(file: Path, root: Path) -> Iterator[Pair]:
    """The images a list file names, one a line, relative to the list or to the dataset."""
    lines = decode(read_bytes(file), Reporter([], file.name)).replace("\r\n", "\n").split("\n")
    cut = misses = 0
    for line in dict.fromkeys(filter(str.strip, lines)):
        entry = line if is_file(file.parent / line) else line.strip()
        image, label, cut = _located(entry, (file.parent, root), cut, misses < _MOST_MISSES)
        misses = 0 if label is not None or is_file(image) else misses + 1
        yield image, label, _named(clean_reference(entry))


def _located(entry: str, bases: Sequence[Path], cut: int, thorough: bool) -> tuple[Path, Path | None, int]:
    """The image that a line of a list means, its label file, and how many folders at the beginning of the line are
    those of another machine; it was `cut` for the line before, and only with `thorough` others are tried."""
    first = Path(entry)
    others = range(1, entry.count("/") + entry.count("\\") + 1) if thorough else ()
    for start in dict.fromkeys((0, cut, *others)):
        rest = entry if start == 0 else "/".join(clean_reference(entry).split("/")[start - 1 :])
        for base in bases if rest else ():
            image = base / rest
            label = next((place for place in label_path(image) if is_file(place)), None)
            if label is not None or is_file(image):
                return image, label, start
            first = base / rest if start == 0 and base is bases[0] else first
    return first, None, cut
