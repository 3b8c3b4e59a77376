"""YOLO detection with the splits as lists: a `data.yaml` that names a text file a split, an image a line.

Layout written: `data.yaml`, `train.txt`, `val.txt`, `test.txt`, all images in `images/`, their label files in
`labels/`. Paths in the lists begin with `./`, which Ultralytics takes from the folder of the list. Images nobody has
labelled lie in `images/unlabeled/`, which no list names.
"""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import FormatGuess
from boxwright.formats.dataset import Dataset
from boxwright.formats.finding import is_dir, is_file
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.yolo import Yolo, data_yaml, label_text
from boxwright.formats.yolo_layout import FOLDERS, find_yaml, has_lists, is_data_yaml, label_place


class YoloLists(Yolo):
    name = "yolo-lists"
    title = Message("YOLO with lists (Ultralytics data.yaml, a text file of images for each split)")

    def recognise(self, path: Path) -> FormatGuess | None:
        found = path if is_file(path) and is_data_yaml(path) else find_yaml(path) if is_dir(path) else None
        if found is None or not has_lists(found):
            return None
        return FormatGuess(self.name, 0.95, Message("{0} with class names and lists of images", found.name))

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = file_names(dataset.images, image_mode)
        lists: dict[Split, list[str]] = {split: [] for split in Split}
        for image, name in zip(dataset.images, names, strict=True):
            split = image.split or Split.TRAIN
            if not image.labeled:
                staging.place(image.path, image.file, f"images/unlabeled/{FOLDERS[split]}/{name}", image_mode)
                continue
            lists[split].append(f"./images/{name}\n")
            staging.place(image.path, image.file, f"images/{name}", image_mode)
            staging.write(label_place(f"images/{name}"), label_text(image))
        used = [split for split in Split if lists[split]] or [Split.TRAIN]
        for split in used:
            staging.write(f"{FOLDERS[split]}.txt", "".join(lists[split]).encode())
        staging.write("data.yaml", data_yaml(dataset, {split: f"{FOLDERS[split]}.txt" for split in used}))
