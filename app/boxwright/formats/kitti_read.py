"""Reading KITTI label files."""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.marks import NO_ATTRIBUTES, AttributeValue
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, number
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.finding import ImageFiles, files_below, is_dir, is_file, relative_to, split_in_path
from boxwright.formats.names import stem_of
from boxwright.formats.text import LARGEST_LABEL_FILE, clean_label, decode, read_bytes

LABELS, IMAGES, NAMES = "label_2", "image_2", "labels.txt"
_COLUMNS = 15
_REGION = "dontcare"
# 3 is "unknown", which is no mark.
_OCCLUDED = (1, 2)
# How much of an object is seen, which the flags do not say: a share, 0 to 1, and 1 or 2 (partly, largely).
TRUNCATION, OCCLUSION, LARGELY = "truncation", "occlusion", 2
_LISTS = {"train": Split.TRAIN, "val": Split.VALIDATION, "test": Split.TEST}


def token_of(name: str) -> str:
    """The class `name` as the first column has it."""
    return "_".join(name.split())


def is_region(token: str) -> bool:
    """Whether `token` marks a region that was left unlabelled on purpose, not an object."""
    return token.lower() == _REGION


def is_object_line(line: str) -> bool:
    """Whether `line` has the columns of an object: a type, then 14 or 15 numbers."""
    tokens = line.split()
    return _COLUMNS <= len(tokens) <= _COLUMNS + 1 and all(number(token) is not None for token in tokens[1:])


class KittiReader:
    """Reader of KITTI label files.

    Reads the dataset at `path`: a folder that holds `label_2` somewhere, that folder itself, or one label file.
    Problems name the label file and its line.
    """

    def __init__(self, path: Path, problems: list[Problem]) -> None:
        self.problems = problems
        self.only = path if is_file(path) else None
        folder = path if is_dir(path) else path.parent
        self.root = folder.parent if folder.name == LABELS else folder
        self.path = path
        self.files = ImageFiles(self.root)
        self.labels: dict[str, int] = {}
        self.names: list[str] = []
        self.regions: dict[str, int] = {}
        self._read_names()
        self.splits = self._read_lists()

    def read(self) -> Dataset:
        """Raises FormatError when there is neither a label file nor an image of the layout."""
        images = [self._image(file) for file in self._label_files()]
        if self.only is None:
            labeled = {image.file for image in images}
            images.extend(self._unlabeled(file) for file in self.files.all if self._is_ours(file, labeled))
        if not images:
            raise FormatError("{0} holds no KITTI labels (text files in a folder {1}).", self.path, LABELS)
        for source, count in self.regions.items():
            what = Message(
                "{0} DontCare regions were left out: they are no objects, but nobody looked into them either.", count
            )
            Reporter(self.problems, source).say(None, what, Message("DontCare regions"))
        return Dataset([DatasetClass(index, name) for index, name in enumerate(self.names)], images)

    def _label_files(self) -> list[Path]:
        if self.only is not None:
            return [self.only]
        texts = (file for file in files_below(self.root) if file.suffix.lower() == ".txt" and is_file(file))
        return [file for file in texts if LABELS in file.relative_to(self.root).parts[:-1]]

    def _is_ours(self, file: Path, labeled: set[Path | None]) -> bool:
        return IMAGES in file.relative_to(self.root).parts[:-1] and file not in labeled

    def _image(self, file: Path) -> DatasetImage:
        source = relative_to(file, self.root)
        folder, inside = self._split_at(file, LABELS)
        stem = inside[: -len(file.suffix)]
        found = self.files.find_stem(stem, folder / IMAGES) or self.files.find_stem(stem, folder / LABELS)
        image = DatasetImage(
            path=stem + (found.suffix if found is not None else ""),
            file=found,
            split=self.splits.get(stem) or split_in_path(source),
            stem_only=found is None,
            source=source,
        )
        reporter = Reporter(self.problems, source)
        try:
            text = decode(read_bytes(file, LARGEST_LABEL_FILE), reporter)
        except FormatError as error:
            reporter.say(None, str(error), Message("label file unreadable"))
            image.labeled = False
            return image
        for line, content in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
            if content.strip():
                self._line(content.split(), line, image, reporter)
        return image

    def _unlabeled(self, file: Path) -> DatasetImage:
        """An image without a label file: nobody has looked at it, which is not the same as no objects."""
        _, inside = self._split_at(file, IMAGES)
        split = self.splits.get(stem_of(inside)) or split_in_path(relative_to(file, self.root))
        return DatasetImage(inside, file, split=split, labeled=False, source=relative_to(file, self.root))

    def _split_at(self, file: Path, name: str) -> tuple[Path, str]:
        """The folder that holds the innermost folder `name` above `file`, and the path of `file` inside that."""
        for parent in file.parents:
            if parent.name == name:
                return parent.parent, relative_to(file, parent)
            if parent == self.root:
                break
        return file.parent, file.name

    def _line(self, tokens: list[str], line: int, image: DatasetImage, reporter: Reporter) -> None:
        if is_region(tokens[0]):
            self.regions[reporter.file] = self.regions.get(reporter.file, 0) + 1
            return
        values = [number(token) for token in tokens[1:]]
        if not _COLUMNS <= len(tokens) <= _COLUMNS + 1 or None in values:
            shown = " ".join(tokens)[:60]
            what = Message("Line {0} ('{1}') is not a type and 14 or 15 numbers; left out.", line, shown)
            reporter.say(line, what, Message("line not understood"))
            image.refused += 1
            return
        known = [v for v in values if v is not None]
        corners = (known[3], known[4], known[5], known[6])
        box = checked_box(corners, 0, 0, Message("The {0} of line {1}", tokens[0][:60], line), line, reporter)
        if box is None:
            image.refused += 1
            return
        flags = {"truncated"} if known[0] > 0 else set()
        if known[1] in _OCCLUDED:
            flags.add("occluded")
        levels: dict[str, AttributeValue] = {TRUNCATION: known[0]} if 0 < known[0] < 1 else {}
        levels |= {OCCLUSION: LARGELY} if known[1] == LARGELY else {}
        score = self._score(known[14:], line, reporter)
        image.boxes.append(
            DatasetBox(box, self._label(tokens[0]), score, frozenset(flags), line, levels or NO_ATTRIBUTES)
        )

    def _score(self, rest: list[float], line: int, reporter: Reporter) -> float | None:
        """The score of a result line. KITTI lets a score be any number; only 0 to 1 says how sure the detector was."""
        if not rest or 0 <= rest[0] <= 1:
            return rest[0] if rest else None
        reporter.say(
            line,
            Message("Line {0}: the score {1:g} is not from 0 to 1; not kept.", line, rest[0]),
            Message("score not 0 to 1"),
        )
        return None

    def _label(self, token: str) -> int:
        if token not in self.labels:
            self.labels[token] = len(self.names)
            self.names.append(clean_label(token) or "unnamed")
        return self.labels[token]

    def _read_names(self) -> None:
        file = self.root / NAMES
        if self.only is not None or not is_file(file):
            return
        text = decode(read_bytes(file, LARGEST_LABEL_FILE), Reporter(self.problems, NAMES))
        for line in text.replace("\r\n", "\n").split("\n"):
            name = clean_label(line)
            if name and token_of(name) not in self.labels:
                self.labels[token_of(name)] = len(self.names)
                self.names.append(name)

    def _read_lists(self) -> dict[str, Split]:
        """The split of each image by `ImageSets/*.txt`, which parts `training` in two."""
        found: dict[str, Split] = {}
        for title, split in _LISTS.items():
            file = self.root / "ImageSets" / f"{title}.txt"
            if is_file(file):
                text = decode(read_bytes(file, LARGEST_LABEL_FILE), Reporter(self.problems, f"ImageSets/{title}.txt"))
                for line in filter(None, map(str.strip, text.split("\n"))):
                    found.setdefault(line, split)
        return found
