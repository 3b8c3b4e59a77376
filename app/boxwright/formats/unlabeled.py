"""Unlabelled images in formats that list only what was labelled.

They lie beside, and no label file names them. Trainers take an image that is listed without boxes for an empty one.
"""

from __future__ import annotations

from boxwright.domain.image import Split
from boxwright.formats.dataset import DatasetImage
from boxwright.formats.finding import ImageFiles, relative_to, split_in_path

FOLDER = "unlabeled"
SPLIT_FOLDERS = {Split.TRAIN: "train", Split.VALIDATION: "val", Split.TEST: "test", None: "default"}
_SPLITS = {folder: split for split, folder in SPLIT_FOLDERS.items()}


def unlabeled_path(split: Split | None, name: str) -> str:
    """Where in an export the unlabelled image `name` lies."""
    return f"{FOLDER}/{SPLIT_FOLDERS[split]}/{name}"


def unlabeled_images(files: ImageFiles, listed: list[DatasetImage], *bases: str) -> list[DatasetImage]:
    """The image files that none of `listed` is. Names are relative to the first folder of `bases` they lie in."""
    known = {image.file for image in listed}
    return [_unlabeled(files, relative_to(file, files.root), bases) for file in files.all if file not in known]


def _unlabeled(files: ImageFiles, source: str, bases: tuple[str, ...]) -> DatasetImage:
    file = files.root / source
    parts = source.split("/", 2)
    if len(parts) == 3 and parts[0] == FOLDER and parts[1] in _SPLITS:
        return DatasetImage(parts[2], file, split=_SPLITS[parts[1]], labeled=False, source=source)
    base = next((f"{base}/" for base in bases if source.startswith(f"{base}/")), "")
    return DatasetImage(source[len(base) :], file, split=split_in_path(source), labeled=False, source=source)
