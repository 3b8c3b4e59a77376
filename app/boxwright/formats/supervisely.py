"""Supervisely: `meta.json` with the classes, a folder a dataset, in it a JSON file an image; boxes as two corners.

Layout written: `meta.json`, `SPLIT/ann/NAME.json` and `SPLIT/img/NAME`, the split `ds0` where the images have none. An
image nobody has labelled has the image tag `unlabeled`, as every image needs its file. Flags, attributes and provenance
are tags of an object, the note of an image is its description.

Corners. The platform's own figures are edges, in fractions of a pixel, and so are the files written here. Its Python
package counts whole pixels and includes the last one; nothing in a file tells which of the two wrote it.
"""

from __future__ import annotations

from pathlib import Path

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_FLAGS, ANY_VALUE, Capabilities, Format, FormatGuess
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.extras import attributes_of
from boxwright.formats.finding import is_dir
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.supervisely_read import META, SuperviselyReader, find_meta
from boxwright.formats.supervisely_tags import UNLABELED, tag_types, tag_value

_FOLDERS = {Split.TRAIN: "train", Split.VALIDATION: "val", Split.TEST: "test", None: "ds0"}
_COLOR = "#00A0FF"


class Supervisely(Format):
    name = "supervisely"
    title = Message("Supervisely (meta.json and a JSON file for each image)")
    capabilities = Capabilities(
        accuracy=1e-5,
        flags=ALL_FLAGS,
        attributes=ANY_VALUE,
        tags=True,
        notes=True,
        unlabeled_marks=True,
        provenance=True,
        class_ids=True,
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        found = find_meta(path) if is_dir(path) else None
        if found is None:
            return None
        return FormatGuess(self.name, 0.95, Message("a {0} with classes, and folders ann", META))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        found = find_meta(path if is_dir(path) else path.parent)
        if found is None:
            raise FormatError("{0} holds no Supervisely project ({1} with classes, and folders ann).", path, META)
        return SuperviselyReader(found, problems).read()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = file_names(dataset.images, image_mode)
        tags = tag_types(dataset)
        staging.write(META, _meta(dataset, tags))
        for image, name in zip(dataset.images, names, strict=True):
            folder = _FOLDERS[image.split]
            staging.place(image.path, image.file, f"{folder}/img/{name}", image_mode)
            staging.write(f"{folder}/ann/{name}.json", _annotation(image, dataset, tags))


def _meta(dataset: Dataset, types: dict[str, tuple[str, str]]) -> bytes:
    classes = [{"id": c.id, "title": c.name, "shape": "rectangle", "color": _COLOR} for c in dataset.classes]
    tags = [
        {"name": name, "value_type": kind, "color": "#808080", "applicable_type": where}
        for name, (kind, where) in types.items()
    ]
    return orjson.dumps({"classes": classes, "tags": tags, "projectType": "images"}, option=orjson.OPT_INDENT_2)


def _annotation(image: DatasetImage, dataset: Dataset, tags: dict[str, tuple[str, str]]) -> bytes:
    if image.labeled and (image.width <= 0 or image.height <= 0):
        raise FormatError(
            "A Supervisely file needs the size of every image, and that of {0} is not known; nothing was written.",
            image.path,
        )
    objects, types = [], {name: kind for name, (kind, _) in tags.items()}
    for item in image.pixel_boxes(image.width, image.height):
        known, box = dataset.classes[item.label], item.box
        x1, y1, x2, y2 = (round(v, 6) for v in (box.x1, box.y1, box.x2, box.y2))
        points = {"exterior": [[x1, y1], [x2, y2]], "interior": []}
        found = [{"name": name, "value": tag_value(v, types[name])} for name, v in attributes_of(item).items()]
        shape = {"geometryType": "rectangle", "tags": found, "points": points}
        objects.append({"classId": known.id, "classTitle": known.name, "description": "", **shape})
    words = sorted(image.marks.tags if image.labeled else {*image.marks.tags, UNLABELED})
    of_image = [{"name": word, "value": tag_value(True, types[word])} for word in words]
    size = {"height": image.height, "width": image.width}
    content = {"description": image.marks.note, "tags": of_image, "size": size, "objects": objects}
    return orjson.dumps(content, option=orjson.OPT_INDENT_2)
