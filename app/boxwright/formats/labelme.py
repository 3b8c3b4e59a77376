"""LabelMe: a JSON file beside each image, shapes of points in pixels. Also what X-AnyLabeling makes of it.

Layout written: `SPLIT/NAME.json` beside `SPLIT/NAME.jpg` (in the folder itself where there is no split), and
`labels.txt` with the class names, for the option `--labels` of either tool. An image without a JSON file is one nobody
has labelled. Corners are edges; both tools work on the upright image.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_FLAGS, Capabilities, Format, FormatGuess
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.finding import files_below, is_file
from boxwright.formats.labelme_dialect import LABELME, XANYLABELING, dialect
from boxwright.formats.labelme_read import DESCRIPTION, LABELS, LabelMeReader
from boxwright.formats.names import stem_of
from boxwright.formats.staging import ImageMode, Staging, file_names

_SAMPLE = 20
_FOLDERS = {Split.TRAIN: "train/", Split.VALIDATION: "val/", Split.TEST: "test/", None: ""}


class LabelMe(Format):
    name = LABELME
    title = Message("LabelMe (a JSON file for each image)")
    capabilities = Capabilities(
        accuracy=1e-5, flags=ALL_FLAGS, attributes=frozenset({"yes or no"}), tags=True, notes=True, turned=True
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return (
                FormatGuess(self.name, 0.95, Message("a JSON file of shapes, as {0}'s", self.name))
                if self._is(path)
                else None
            )
        files = (file for file in files_below(path) if file.suffix.lower() == ".json")
        sample = [file for _, file in zip(range(_SAMPLE), files, strict=False)]
        kinds = [kind for file in sample if (kind := dialect(file)) is not None]
        # A file without shapes looks alike in both, so one of X-AnyLabeling's tells for the others.
        if not kinds or (XANYLABELING if XANYLABELING in kinds else LABELME) != self.name:
            return None
        return FormatGuess(
            self.name, 0.92 if len(kinds) * 2 > len(sample) else 0.6, Message("JSON files of shapes beside images")
        )

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        return LabelMeReader(path, problems).read()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        staging.write(LABELS, "".join(f"{known.name}\n" for known in dataset.classes).encode())
        names = file_names(dataset.images, image_mode)
        for image, name in zip(dataset.images, names, strict=True):
            at = _FOLDERS[image.split] + name
            staging.place(image.path, image.file, at, image_mode)
            if image.labeled:
                staging.write(f"{stem_of(at)}.json", self._json(image, name, dataset))

    def _is(self, file: Path) -> bool:
        return dialect(file) == self.name

    def _json(self, image: DatasetImage, name: str, dataset: Dataset) -> bytes:
        if image.width <= 0 or image.height <= 0:
            raise FormatError(
                "A {0} file needs the size of every image, and that of {1} is not known; nothing was written.",
                self.name,
                image.path,
            )
        boxes = image.pixel_boxes(image.width, image.height)
        entry = {
            **self._head(),
            "flags": dict.fromkeys(sorted(image.marks.tags), True),
            **({DESCRIPTION: image.marks.note} if image.marks.note else {}),
            "shapes": [self._shape(dataset.classes[item.label].name, item) for item in boxes],
            "imagePath": name.rsplit("/", 1)[-1],
            "imageData": None,
            "imageHeight": image.height,
            "imageWidth": image.width,
        }
        return orjson.dumps(entry, option=orjson.OPT_INDENT_2) + b"\n"

    def _head(self) -> dict[str, Any]:
        # Versions 5, 6 and 7 read the same keys.
        return {"version": "5.5.0"}

    def _shape(self, label: str, item: DatasetBox) -> dict[str, Any]:
        x1, y1, x2, y2 = (round(float(value), 6) for value in item.box.array())
        yes_no = {name: value for name, value in item.attributes.items() if isinstance(value, bool)}
        description = item.attributes.get(DESCRIPTION, "")
        return {
            "label": label,
            "points": [[x1, y1], [x2, y2]],
            "group_id": None,
            "description": description if isinstance(description, str) else "",
            "shape_type": "rectangle",
            "flags": {**yes_no, **dict.fromkeys(sorted(item.flags), True)},
            "mask": None,
        }
