"""YOLO detection: a text file an image, a line a box, as fractions of the image's width and height.

Layout written: `data.yaml`, `images/SPLIT/`, `labels/SPLIT/`; images nobody has labelled lie in `images/unlabeled/`,
which `data.yaml` does not list as a split, because trainers take an image without a label file for an empty one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.finding import files_below, is_dir, is_file, relative_to
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.text import first_line
from boxwright.formats.yolo_layout import CLASSES, FOLDERS, find_yaml, has_lists, is_data_yaml, label_place
from boxwright.formats.yolo_read import YoloReader

_SAMPLE = 50


class Yolo(Format):
    name = "yolo"
    title = Message("YOLO (Ultralytics folder with data.yaml)")
    capabilities = Capabilities(accuracy=0.001, scores=True, unsplit=False, sizes=False)

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            known = is_data_yaml(path) and not has_lists(path)
            return FormatGuess(self.name, 0.95, Message("a data.yaml with class names")) if known else None
        if (described := find_yaml(path)) is not None:
            return (
                None
                if has_lists(described)
                else FormatGuess(self.name, 0.95, Message("holds {0} with class names", described.name))
            )
        found = bare_folder(path)
        if found is None or (found.names and found.beside_images):
            return None
        if found.names:
            return FormatGuess(self.name, 0.8, Message("text files of boxes and a {0}", CLASSES))
        return FormatGuess(self.name, 0.5, Message("text files that look like boxes, but no class names"))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        return YoloReader(path, problems).read()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = file_names(dataset.images, image_mode)
        used = {image.split or Split.TRAIN for image in dataset.images if image.labeled} or {Split.TRAIN}
        staging.write("data.yaml", data_yaml(dataset, {s: f"images/{FOLDERS[s]}" for s in Split if s in used}))
        if image_mode is ImageMode.NONE or not dataset.images:
            # Without images the list of classes is still one a labelling tool can open.
            staging.write(f"labels/{CLASSES}", "".join(f"{c.name}\n" for c in dataset.classes).encode())
        for image, name in zip(dataset.images, names, strict=True):
            split = FOLDERS[image.split or Split.TRAIN]
            folder = split if image.labeled else f"unlabeled/{split}"
            staging.place(image.path, image.file, f"images/{folder}/{name}", image_mode)
            if image.labeled:
                staging.write(label_place(f"images/{folder}/{name}"), label_text(image))


@dataclass(frozen=True, slots=True)
class BareFolder:
    """Folder of text files that look like boxes, without a data.yaml. `names`: with a `classes.txt`.
    `beside_images`: not in a folder `labels` of their own."""

    names: bool
    beside_images: bool


def bare_folder(folder: Path) -> BareFolder | None:
    """What lies in `folder`, when it is label files without a data.yaml."""
    if not is_dir(folder) or find_yaml(folder) is not None:
        return None
    texts: list[Path] = []
    names = False
    for file in files_below(folder):
        if file.suffix.lower() == ".data":
            # Darknet's; its label files look the same.
            return None
        if file.name.lower() == CLASSES:
            names = True
        elif file.suffix.lower() == ".txt" and len(texts) < _SAMPLE and _has_text(file):
            texts.append(file)
    good = [file for file in texts if _looks_like_labels(file)]
    if not good or len(good) * 2 < len(texts):
        return None
    return BareFolder(names, not any("labels" in relative_to(file, folder).split("/")[:-1] for file in good))


def _has_text(file: Path) -> bool:
    try:
        return is_file(file) and file.stat().st_size > 0
    except OSError:
        return False


def _looks_like_labels(file: Path) -> bool:
    """Whether the first line is a class and at least four numbers. An empty file says nothing."""
    tokens = first_line(file, 4096).split()
    try:
        return len(tokens) >= 5 and float(tokens[0]).is_integer() and all(abs(float(t)) < 100 for t in tokens[1:])
    except ValueError:
        return False


def data_yaml(dataset: Dataset, places: Mapping[Split, str]) -> bytes:
    """The `data.yaml`; `places`: the folder or the list of each split, train first."""
    keys = {Split.TRAIN: "train", Split.VALIDATION: "val", Split.TEST: "test"}
    content: dict[str, object] = {keys[split]: place for split, place in places.items()}
    content["nc"] = len(dataset.classes)
    content["names"] = {index: known.name for index, known in enumerate(dataset.classes)}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1_000_000).encode()


def label_text(image: DatasetImage, scores: bool = True) -> bytes:
    """The label file of `image`, with a sixth column where a box has a score and `scores` are wanted. Raises
    FormatError when its boxes are pixels and its size is not known."""
    try:
        boxes = image.fraction_boxes()
    except ValueError as error:
        raise FormatError("A YOLO file needs the size of every image, and {0}; nothing was written.", error) from None
    return "".join(_line(item, scores) for item in boxes).encode()


def _line(item: DatasetBox, scores: bool) -> str:
    box = item.box
    values = [(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2, box.width, box.height]
    if scores and item.score is not None:
        values.append(item.score)
    return f"{item.label} " + " ".join(_number(min(max(v, 0.0), 1.0)) for v in values) + "\n"


def _number(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".")
