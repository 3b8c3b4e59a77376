"""Layout of a YOLO dataset: which folders are which split, and where the label file of an image lies."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter
from boxwright.formats.finding import files_below, is_dir, is_file, is_too_wide, relative_to
from boxwright.formats.names import clean_reference, stem_of
from boxwright.formats.splits import split_named
from boxwright.formats.text import LARGEST_LABEL_FILE, clean_label, decode, read_bytes
from boxwright.formats.yaml_text import YamlTable, as_text, is_nothing, load_yaml

CLASSES = "classes.txt"
FOLDERS = {Split.TRAIN: "train", Split.VALIDATION: "val", Split.TEST: "test"}
_USUAL = {
    Split.TRAIN: ("train/images", "images/train", "train"),
    Split.VALIDATION: ("valid/images", "val/images", "images/val", "images/valid", "valid", "val"),
    Split.TEST: ("test/images", "images/test", "test"),
}
_LARGEST_YAML = 4 * 1024 * 1024


@dataclass
class YoloLayout:
    """Image folders, lists and class names of a YOLO dataset.

    `sources`: the image folders and list files of each split. `names`: class names by index, None when none are
    known.
    """

    root: Path
    names: list[str] | None = None
    sources: list[tuple[Path, Split | None]] = field(default_factory=list)


def label_place(image: str) -> str:
    """Where trainers look for the label file of the image at `image` (forward slashes): the last folder called `images`
    is read as `labels`; beside it where there is none."""
    folders = image.split("/")[:-1]
    name = f"{stem_of(image.rpartition('/')[2])}.txt"
    for index in range(len(folders) - 1, -1, -1):
        if folders[index] == "images":
            return "/".join([*folders[:index], "labels", *folders[index + 1 :], name])
    return "/".join([*folders, name])


def find_yaml(folder: Path) -> Path | None:
    """The YAML file of `folder` that describes a dataset: `data.yaml` first."""
    try:
        files = sorted(f for f in folder.iterdir() if f.suffix.lower() in (".yaml", ".yml") and is_file(f))
    except OSError:
        return None
    files.sort(key=lambda file: file.stem.lower() not in ("data", "dataset"))
    return next((file for file in files if is_data_yaml(file)), None)


def is_data_yaml(file: Path) -> bool:
    if file.suffix.lower() not in (".yaml", ".yml"):
        return False
    try:
        content = _content(file, Reporter([], file.name))
    except FormatError:
        return False
    return "names" in content or ("nc" in content and ("train" in content or "val" in content))


def has_lists(file: Path) -> bool:
    """Whether a split of the data.yaml `file` is a text file of images, and not a folder."""
    content = _content(file, Reporter([], file.name))
    values = (value for key, value in content.items() if split_named(str(key)) is not None)
    entries = (entry for value in values for entry in (value if isinstance(value, list) else [value]))
    return any(isinstance(entry, str) and entry.lower().endswith(".txt") for entry in entries)


def _broken_yaml(folder: Path) -> Path | None:
    """A data.yaml that cannot be read: numbers must not quietly take the place of the class names in it."""
    for file in (folder / "data.yaml", folder / "data.yml"):
        if is_file(file):
            try:
                _content(file, Reporter([], file.name))
            except FormatError:
                return file
    return None


def layout_of(path: Path, reporter: Reporter) -> YoloLayout:
    """The layout of the dataset at `path`, a folder or a data.yaml. Raises FormatError when there is none."""
    if is_dir(path):
        found = find_yaml(path) or _broken_yaml(path)
        return _from_yaml(found, reporter) if found else _bare(path, reporter)
    if path.name.lower() == CLASSES:
        return _bare(path.parent, reporter)
    return _from_yaml(path, reporter)


def _content(file: Path, reporter: Reporter) -> dict[str, Any]:
    content = load_yaml(decode(read_bytes(file, _LARGEST_YAML), reporter), file)
    if not isinstance(content, dict):
        raise FormatError("{0} should hold keys such as train, val and names; it holds none.", file)
    return content


def _from_yaml(file: Path, reporter: Reporter) -> YoloLayout:
    content = _content(file, reporter)
    layout = YoloLayout(_base(file, content.get("path"), reporter), _names(content, reporter))
    home = Path(os.path.realpath(file.parent))
    for key, value in content.items():
        split = split_named(str(key))
        if split is None:
            continue
        for entry in value if isinstance(value, list) else [value]:
            if not isinstance(entry, str) or is_nothing(entry):
                continue
            found = _source(layout.root, file.parent, entry)
            if found is not None and is_too_wide(Path(os.path.realpath(found)), home):
                what = Message(
                    "{0}: '{1}' is a folder that holds far more than this dataset; it was not looked into.", key, entry
                )
                reporter.say(None, what, Message("split folder too wide"))
                found = None
            elif found is None:
                found = _usual(layout.root, split)
                instead = Message("; read from {0} instead", relative_to(found, layout.root)) if found else ""
                reporter.say(
                    None, Message("{0}: '{1}' is not there{2}.", key, entry, instead), Message("split folder missing")
                )
            if found is not None:
                layout.sources.append((found, split))
    if not layout.sources:
        layout.root = file.parent if is_too_wide(Path(os.path.realpath(layout.root)), home) else layout.root
        layout.sources = [(layout.root, None)]
    for split in Split:
        folder = layout.root / "images" / "unlabeled" / FOLDERS[split]
        if is_dir(folder):
            layout.sources.append((folder, split))
    return layout


def _base(file: Path, path: Any, reporter: Reporter) -> Path:
    """What the paths of the splits begin at: the folder that `path` means where it is there, else that of the file."""
    if not isinstance(path, str) or is_nothing(path) or "\0" in path:
        return file.parent
    if is_dir(candidate := file.parent / os.path.expanduser(path)):  # noqa: PTH111 - Path's own raises
        return candidate
    parts = clean_reference(path).split("/")
    for start in range(len(parts)):
        if is_dir(candidate := file.parent / "/".join(parts[start:])):
            return candidate
    reporter.say(
        None,
        Message("path: '{0}' is not there; the folder of {1} is taken.", path[:200], file.name),
        Message("path is not there"),
    )
    return file.parent


def _source(root: Path, folder: Path, entry: str) -> Path | None:
    """The folder or list file that `entry` means: as it stands, else by the end of its path, as some exporters write
    `../train/images` beside `train`, and others where it was on their machine."""
    entry = entry.replace("\\", "/")
    parts = clean_reference(entry).split("/")
    for name in (entry, *("/".join(parts[start:]) for start in range(len(parts)))):
        for base in (root, folder):
            if name and "\0" not in name and _is_source(base / name):
                return base / name
    return None


def _is_source(place: Path) -> bool:
    twin = Path(label_place(f"{place.as_posix()}/x")).parent
    return is_dir(place) or is_file(place) or is_dir(twin)


def _usual(root: Path, split: Split) -> Path | None:
    return next((root / name for name in _USUAL[split] if is_dir(root / name)), None)


def _names(content: dict[str, Any], reporter: Reporter) -> list[str] | None:
    raw = content.get("names")
    if isinstance(raw, YamlTable):
        raw = _numbered(raw, reporter)
    elif isinstance(raw, str) and "\n" in raw.strip():
        raw = raw.strip().split("\n")
    if not isinstance(raw, list):
        return None
    count = content.get("nc")
    if isinstance(count, str) and count.isdecimal() and int(count[:9]) != len(raw):
        reporter.say(
            None,
            Message("nc says {0} classes, names lists {1}; the names were taken.", count[:9], len(raw)),
            Message("nc is wrong"),
        )
    return distinct_names(list(map(as_text, raw)), reporter)


def _numbered(names: YamlTable, reporter: Reporter) -> list[str]:
    """Names by their numbers: the keys, or where only the values are numbers, those."""
    pairs: list[tuple[Any, Any]] = list(names.items())
    if any(_index(key) is None for key, _ in pairs):
        if all(is_nothing(value) for _, value in pairs):
            return [key for key, _ in pairs]
        if all(_index(value) is not None for _, value in pairs):
            pairs = [(value, key) for key, value in pairs]
    keyed = {index: as_text(name) for key, name in pairs if (index := _index(key)) is not None}
    if len(keyed) != len(pairs):
        reporter.say(None, Message("A key of 'names' is no class number; left out."), Message("broken class name"))
    return [keyed.get(index, f"class {index}") for index in range(max(keyed, default=-1) + 1)]


def _index(text: Any) -> int | None:
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 6 else None


def distinct_names(names: list[str], reporter: Reporter) -> list[str]:
    """Class names by index. Every index keeps its place, so an empty or repeated name gets its index."""
    result: list[str] = []
    taken: set[str] = set()
    for index, written in enumerate(names):
        name = clean_label(written)
        if name != written.strip():
            what = Message(
                "Class {0} is called '{1}'; blanks and signs that do not print were left out of its name.", index, name
            )
            reporter.say(None, what, Message("class name mended"))
        if not name or name in taken:
            reporter.say(
                None, Message("Class {0} has no name of its own ('{1}').", index, name), Message("broken class name")
            )
            name = f"{name or 'class'} {index}"
            while name in taken:
                name = f"{name} {index}"
        taken.add(name)
        result.append(name)
    return result


def _bare(folder: Path, reporter: Reporter) -> YoloLayout:
    """A folder without a data.yaml: labels beside the images or in `labels/`, names in a `classes.txt`: the nearest, in
    it, in a folder below, or above it."""
    near = (folder / CLASSES, folder / "labels" / CLASSES)
    below = (file for file in files_below(folder) if file.name.lower() == CLASSES)
    found = {
        file: _listed_names(file) for file in dict.fromkeys((*near, *below, folder.parent / CLASSES)) if is_file(file)
    }
    if not found:
        return YoloLayout(folder, None, [(folder, None)])
    lines, own = next(iter(found.values()))
    others = [other for other, (theirs, _) in found.items() if theirs != lines]
    if others:
        what = Message(
            "{0} lists other classes than this file, whose names were taken for all.", relative_to(others[0], folder)
        )
        own.say(None, what, Message("class lists differ"))
    reporter.problems.extend(own.problems)
    return YoloLayout(folder, distinct_names(lines, Reporter(reporter.problems, own.file)), [(folder, None)])


def _listed_names(file: Path) -> tuple[list[str], Reporter]:
    """The lines of a list of class names, and what is to be said of it."""
    own = Reporter([], file.name)
    lines = decode(read_bytes(file, LARGEST_LABEL_FILE), own).replace("\r\n", "\n").rstrip("\n").split("\n")
    return ([] if lines == [""] else lines), own
