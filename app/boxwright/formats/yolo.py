"""YOLO detection: a text file an image, a line a box, as fractions of the image's width and height.

Layout written: `data.yaml`, `images/SPLIT/`, `labels/SPLIT/`; images nobody has labelled lie in `images/unlabeled/`,
which `data.yaml` does not list as a split, because trainers take an image without a label file for an empty one.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.formats.base import Capabilities, Format, Guess
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.finding import files_below, is_file
from boxwright.formats.names import flat_names, stem_of, unique_names
from boxwright.formats.staging import ImageMode, Staging
from boxwright.formats.yolo_layout import FOLDERS, find_yaml, is_data_yaml
from boxwright.formats.yolo_read import YoloReader

_SAMPLE = 50


class Yolo(Format):
    name = "yolo"
    title = "YOLO (Ultralytics folder with data.yaml, or text files beside classes.txt)"
    capabilities = Capabilities(accuracy=0.001, scores=True, unsplit=False, sizes=False)

    def recognise(self, path: Path) -> Guess | None:
        if path.is_file():
            return Guess(self.name, 0.95, "a data.yaml with class names") if is_data_yaml(path) else None
        if (found := find_yaml(path)) is not None:
            return Guess(self.name, 0.95, f"holds {found.name} with class names")
        texts = [file for _, file in zip(range(_SAMPLE), _label_like(path), strict=False)]
        good = sum(_looks_like_labels(file) for file in texts)
        if not good or good * 2 < len(texts):
            return None
        if any(file.name == "classes.txt" for file in files_below(path)):
            return Guess(self.name, 0.8, "text files of boxes and a classes.txt")
        return Guess(self.name, 0.5, "text files that look like boxes, but no class names")

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        return YoloReader(path, problems).read()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        paths = [image.path for image in dataset.images]
        names = unique_names(paths) if image_mode is ImageMode.NONE else flat_names(paths)
        staging.write("data.yaml", _data_yaml(dataset))
        if image_mode is ImageMode.NONE or not dataset.images:
            # Without images the list of classes is still one a labelling tool can open.
            staging.write("labels/classes.txt", "".join(f"{c.name}\n" for c in dataset.classes).encode())
        for image, name in zip(dataset.images, names, strict=True):
            split = FOLDERS[image.split or Split.TRAIN]
            folder = split if image.labeled else f"unlabeled/{split}"
            staging.place(image.path, image.file, f"images/{folder}/{name}", image_mode)
            if image.labeled:
                staging.write(f"labels/{folder}/{stem_of(name)}.txt", label_text(image))


def _label_like(folder: Path) -> list[Path]:
    return [f for f in files_below(folder) if f.suffix.lower() == ".txt" and f.name.lower() != "classes.txt"]


def _looks_like_labels(file: Path) -> bool:
    """Whether the first line is a class and at least four numbers. An empty file says nothing."""
    if not is_file(file):
        return False
    try:
        with file.open("rb") as handle:
            tokens = handle.readline(4096).split()
        return len(tokens) >= 5 and float(tokens[0]).is_integer() and all(abs(float(t)) < 100 for t in tokens[1:])
    except (OSError, ValueError):
        return False


def _data_yaml(dataset: Dataset) -> bytes:
    used = {image.split or Split.TRAIN for image in dataset.images if image.labeled} or {Split.TRAIN}
    content: dict[str, object] = {}
    for split, key in ((Split.TRAIN, "train"), (Split.VALIDATION, "val"), (Split.TEST, "test")):
        if split in used:
            content[key] = f"images/{FOLDERS[split]}"
    content["nc"] = len(dataset.classes)
    content["names"] = {index: known.name for index, known in enumerate(dataset.classes)}
    return yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1_000_000).encode()


def label_text(image: DatasetImage) -> bytes:
    """The label file of `image`. Raises FormatError when its boxes are pixels and its size is not known."""
    try:
        boxes = image.fraction_boxes()
    except ValueError as error:
        raise FormatError(f"A YOLO file needs the size of every image, and {error}; nothing was written.") from None
    return "".join(_line(item) for item in boxes).encode()


def _line(item: DatasetBox) -> str:
    box = item.box
    values = [(box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2, box.width, box.height]
    if item.score is not None:
        values.append(item.score)
    return f"{item.label} " + " ".join(_number(min(max(v, 0.0), 1.0)) for v in values) + "\n"


def _number(value: float) -> str:
    return f"{value:.9f}".rstrip("0").rstrip(".")
