"""labelImg's YOLO mode: text files of boxes beside the images, and a `classes.txt` in the same folder.

Layout written: `SPLIT/NAME.jpg`, `SPLIT/NAME.txt` and `SPLIT/classes.txt` (in the folder itself where there is no
split), each folder one that labelImg can open. An image without a text file is one nobody has labelled. labelImg
stops at a sixth column, so scores are not written.
"""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.finding import is_file, name_and_split
from boxwright.formats.names import stem_of
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.yolo import bare_folder, label_text
from boxwright.formats.yolo_layout import CLASSES, FOLDERS
from boxwright.formats.yolo_read import YoloReader


class LabelImg(Format):
    name = "labelimg"
    title = Message("labelImg (YOLO text files beside the images, with classes.txt)")
    capabilities = Capabilities(accuracy=0.001, sizes=False)

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return (
                FormatGuess(self.name, 0.9, Message("a list of class names")) if path.name.lower() == CLASSES else None
            )
        found = bare_folder(path)
        if found is None or not found.beside_images or not found.names:
            return None
        return FormatGuess(self.name, 0.9, Message("text files of boxes and a {0}", CLASSES))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        dataset = YoloReader(path, problems).read()
        for image in dataset.images:
            image.path, _ = name_and_split(image.path)
        return dataset

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = file_names(dataset.images, image_mode)
        folders = {image.split: f"{FOLDERS[image.split]}/" if image.split else "" for image in dataset.images}
        classes = "".join(f"{known.name}\n" for known in dataset.classes).encode()
        for folder in sorted({"", *folders.values()}):
            staging.write(folder + CLASSES, classes)
        for image, name in zip(dataset.images, names, strict=True):
            at = folders[image.split] + name
            staging.place(image.path, image.file, at, image_mode)
            if image.labeled:
                staging.write(f"{stem_of(at)}.txt", label_text(image, scores=False))
