"""Darknet: a `.data` file that names the class list and a list of images for each split.

Label files are those of YOLO, beside the images.

Layout written: `obj.data`, `obj.names`, `train.txt`, `valid.txt`, `test.txt`, images and label files in
`obj_SPLIT_data/`. The paths in the lists are relative to the folder, so training starts there. Images nobody has
labelled lie in `unlabeled/`, which no list names.
"""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.darknet_read import DarknetReader, find_data, is_data
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.finding import is_dir, is_file
from boxwright.formats.names import stem_of
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.unlabeled import unlabeled_path
from boxwright.formats.yolo import label_text

_TITLES = {Split.TRAIN: "train", Split.VALIDATION: "valid", Split.TEST: "test"}


class Darknet(Format):
    name = "darknet"
    title = Message("Darknet (obj.data, obj.names and lists of images)")
    capabilities = Capabilities(accuracy=0.001, scores=True, unsplit=False, sizes=False)

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return FormatGuess(self.name, 0.95, Message("a Darknet data file")) if is_data(path) else None
        found = find_data(path)
        return FormatGuess(self.name, 0.96, Message("holds {0}, a Darknet data file", found.name)) if found else None

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        found = find_data(path) if is_dir(path) else path
        if found is None:
            raise FormatError("{0} holds no Darknet data file (such as obj.data, with train = and names =).", path)
        return DarknetReader(found, problems).read()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = file_names(dataset.images, image_mode)
        lists: dict[Split, list[str]] = {split: [] for split in Split}
        for image, name in zip(dataset.images, names, strict=True):
            split = image.split or Split.TRAIN
            if not image.labeled:
                staging.place(image.path, image.file, unlabeled_path(split, name), image_mode)
                continue
            relative = f"obj_{_TITLES[split]}_data/{name}"
            lists[split].append(relative)
            staging.place(image.path, image.file, relative, image_mode)
            staging.write(f"{stem_of(relative)}.txt", label_text(image))
        used = [split for split in Split if lists[split] or split is Split.TRAIN]
        for split in used:
            staging.write(f"{_TITLES[split]}.txt", "".join(f"{entry}\n" for entry in lists[split]).encode())
        lines = [f"classes = {len(dataset.classes)}", *(f"{_TITLES[s]} = {_TITLES[s]}.txt" for s in used)]
        staging.write("obj.data", "\n".join([*lines, "names = obj.names", "backup = backup/", ""]).encode())
        staging.write("obj.names", "".join(f"{known.name}\n" for known in dataset.classes).encode())
