"""Meaning of a drop on the window, said while it is still in the hand."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import islice
from pathlib import Path

from boxwright.formats.names import is_image_name
from boxwright.ui.actions.action import Situation
from boxwright.ui.language.translation import tr

LABEL_SUFFIXES = frozenset({".json", ".xml", ".csv", ".txt", ".yaml", ".yml", ".zip", ".tar", ".gz", ".tgz",
                            ".parquet", ".tfrecord", ".record", ".jsonl"})  # fmt: skip
# While something is dragged the pointer must not wait for a large folder.
_LOOKED_AT = 200


class DropAction(Enum):
    """Kind of what a drop does."""

    NOTHING = "nothing"
    OPEN = "open"
    NEW = "new"
    ADD = "add"
    IMPORT = "import"
    DETECTOR = "detector"


@dataclass(frozen=True, slots=True)
class Drop:
    """Drop and what it will do.

    `words`: what will happen, or why nothing will. `labels`, `detector`: what a new project is begun with besides
    the images at `path`; that is None where they are not known.
    """

    act: DropAction
    path: Path | None
    words: str
    labels: Path | None = None
    detector: Path | None = None


def what_drops(paths: Sequence[Path], now: Situation) -> Drop | None:
    """What becomes of the first of `paths`; None when there are none. Reads names only, and few of them."""
    if not paths:
        return None
    if not now.project and (drop := _beginning(paths)) is not None:
        return drop
    path = paths[0]
    drop = _folder(path, now) if path.is_dir() else _file(path, now)
    if len(paths) == 1:
        return drop
    return Drop(drop.act, drop.path, f"{drop.words} {tr('Of {0} things only the first is taken.').format(len(paths))}")


def _beginning(paths: Sequence[Path]) -> Drop | None:
    """A new project with a detector or labels filled in, of all `paths` together; None where there are neither."""
    files = [path for path in paths if path.is_file()]
    detector = next((path for path in files if path.suffix.lower() == ".onnx"), None)
    labels = next((path for path in files if path.suffix.lower() in LABEL_SUFFIXES), None)
    if detector is None and labels is None:
        return None
    images = next((path for path in paths if path.is_dir()), None)
    if images is None and labels is not None and _contents(labels.parent)[0]:
        # Labels mostly lie beside their images, or one folder above.
        images = labels.parent
    named = ", ".join(f"“{path.name}”" for path in (images, labels, detector) if path is not None)
    return Drop(DropAction.NEW, images, tr("Begins a new project with {0}.").format(named), labels, detector)


def _folder(path: Path, now: Situation) -> Drop:
    if (path / "project.db").is_file():
        return Drop(DropAction.OPEN, path, tr("Opens the project “{0}”.").format(path.name))
    images, labels = _contents(path)
    if not now.project:
        return Drop(DropAction.NEW, path, tr("Begins a new project with the images of “{0}”.").format(path.name))
    if refusal := _refusal(path, now):
        return refusal
    if labels:
        return Drop(DropAction.IMPORT, path, tr("Looks at “{0}” and offers to import its labels.").format(path.name))
    if not images:
        return Drop(DropAction.ADD, path, tr("Looks through “{0}” and adds the images it finds.").format(path.name))
    return Drop(
        DropAction.ADD,
        path,
        tr("Adds the images of “{0}” to this project. They stay where they are.").format(path.name),
    )


def _file(path: Path, now: Situation) -> Drop:
    if is_image_name(path.name):
        return Drop(DropAction.NOTHING, path, tr("Drop the folder that the images are in."))
    suffix = path.suffix.lower()
    if suffix != ".onnx" and suffix not in LABEL_SUFFIXES:
        return Drop(
            DropAction.NOTHING,
            path,
            tr("Nothing can be done with “{0}”: folders, .onnx files and labels can.").format(path.name),
        )
    if refusal := _refusal(path, now):
        return refusal
    if suffix == ".onnx":
        return Drop(
            DropAction.DETECTOR, path, tr("Looks into the detector “{0}” and offers to add it.").format(path.name)
        )
    return Drop(DropAction.IMPORT, path, tr("Looks at “{0}” and offers to import its labels.").format(path.name))


def _refusal(path: Path, now: Situation) -> Drop | None:
    if not now.writable:
        return Drop(DropAction.NOTHING, path, tr("This project can only be read now."))
    if now.task or now.retraining:
        return Drop(DropAction.NOTHING, path, tr("Wait until the work in the line at the bottom has ended."))
    return None


def _contents(folder: Path) -> tuple[bool, bool]:
    """Whether images, and whether labels, are among the first names of `folder` and of its folders."""
    images = labels = False
    try:
        with os.scandir(folder) as found:
            below = [entry for entry in islice(found, _LOOKED_AT) if not entry.name.startswith(".")]
        for entry in below:
            names = [entry.name]
            if entry.is_dir():
                with os.scandir(entry.path) as inner:
                    names = [e.name for e in islice(inner, 20)]
            images = images or any(map(is_image_name, names))
            labels = labels or any(Path(name).suffix.lower() in LABEL_SUFFIXES for name in names)
    except OSError:
        pass
    return images, labels
