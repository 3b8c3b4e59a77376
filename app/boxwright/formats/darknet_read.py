"""Reading Darknet datasets: the data file and its lists; label files are read as YOLO's."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.finding import ImageFiles, files_below, is_file, relative_to
from boxwright.formats.names import clean_reference
from boxwright.formats.text import LARGEST_LABEL_FILE, decode, read_bytes
from boxwright.formats.unlabeled import FOLDER, unlabeled_images
from boxwright.formats.yolo_layout import YoloLayout, distinct_names
from boxwright.formats.yolo_read import YoloReader, label_path

_KEYS = {"train": Split.TRAIN, "valid": Split.VALIDATION, "val": Split.VALIDATION, "test": Split.TEST}
_LARGEST_DATA = 1 << 16
_DEEPEST = 3
# Where the usual instructions and CVAT put the images: of no meaning to the image's name.
_STORE = re.compile(r"^(data/)?obj(_\w+_data)?/")


def find_data(folder: Path) -> Path | None:
    """The data file of the dataset in `folder`, at most two folders deep."""
    return next(
        (
            file
            for file in files_below(folder)
            if file.suffix.lower() == ".data" and len(file.relative_to(folder).parts) <= _DEEPEST and is_data(file)
        ),
        None,
    )


def is_data(file: Path) -> bool:
    """Whether `file` is a Darknet data file: `names` and a list of images."""
    if file.suffix.lower() != ".data" or not is_file(file):
        return False
    try:
        content = _settings(file, Reporter([], file.name))
    except FormatError:
        return False
    return "names" in content and any(key in content for key in _KEYS)


def _settings(file: Path, reporter: Reporter) -> dict[str, str]:
    text = decode(read_bytes(file, _LARGEST_DATA), reporter)
    rows = (line.partition("=") for line in text.replace("\r\n", "\n").split("\n") if not line.lstrip().startswith("#"))
    return {key.strip().lower(): value.strip() for key, equals, value in rows if equals and value.strip()}


class DarknetReader(YoloReader):
    """Reader of one Darknet dataset.

    Reads the dataset that the data file `file` describes.
    """

    def __init__(self, file: Path, problems: list[Problem]) -> None:
        self.path = file
        self.problems = problems
        self.root = file.parent
        self.highest = -1
        self.done: dict[Path, DatasetImage] = {}
        self.content = _settings(file, Reporter(problems, file.name))
        self.files = ImageFiles(self.root)
        self.layout = YoloLayout(self.root, self._names())

    def read(self) -> Dataset:
        """Raises FormatError when the lists name no image and there is no other."""
        images: list[DatasetImage] = []
        for key, split in _KEYS.items():
            if key in self.content:
                for image, label, name in self._entries(key):
                    images.extend(self._image(image, label, name, split))
        self._allow_no_images(images)
        unlisted = unlabeled_images(self.files, images)
        beside = [image for image in unlisted if image.source.startswith(f"{FOLDER}/")]
        if len(unlisted) > len(beside):
            what = Message("{0} images are in no list of {1}; left out.", len(unlisted) - len(beside), self.path.name)
            Reporter(self.problems, self.path.name).say(None, what, Message("image in no list"))
        if not images and not beside:
            raise FormatError("{0} leads to no image; check the lists it names (train, valid).", self.path)
        return Dataset(self._classes(), [*images, *beside])

    def _names(self) -> list[str] | None:
        file = self._located(self.content.get("names", ""))
        if file is None:
            return None
        reporter = Reporter(self.problems, relative_to(file, self.root))
        text = decode(read_bytes(file, LARGEST_LABEL_FILE), reporter).replace("\r\n", "\n").rstrip("\n")
        names = distinct_names(text.split("\n"), reporter) if text else []
        count = self.content.get("classes", "")
        if count.isdecimal() and int(count[:9]) != len(names):
            what = Message("classes says {0}, {1} lists {2}; the names were taken.", count[:9], file.name, len(names))
            Reporter(self.problems, self.path.name).say(None, what, Message("classes is wrong"))
        return names

    def _located(self, entry: str) -> Path | None:
        """The file that a path in the data file means: relative to it, or to a folder above it that was Darknet's."""
        parts = clean_reference(entry).split("/")
        places = [self.root / "/".join(parts[index:]) for index in range(len(parts))] if entry else []
        return next((place for place in places if is_file(place)), None)

    def _entries(self, key: str) -> Iterator[tuple[Path, Path | None, str]]:
        """The image, the label file and the name for each line of the list `key`."""
        entry = self.content[key]
        file = self._located(entry)
        reporter = Reporter(self.problems, self.path.name)
        if file is None:
            reporter.say(None, Message("{0}: '{1}' is not there.", key, entry[:200]), Message("list missing"))
            return
        text = decode(read_bytes(file, LARGEST_LABEL_FILE), Reporter(self.problems, relative_to(file, self.root)))
        for line in text.replace("\r\n", "\n").split("\n"):
            name = clean_reference(line)
            if not name:
                continue
            image = self.files.find(name) or self.root / name
            label = next((place for place in label_path(image) if is_file(place)), None)
            yield image, label, _STORE.sub("", name)
