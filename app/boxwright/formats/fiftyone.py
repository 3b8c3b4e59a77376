"""FiftyOne: `samples.json` with one sample an image, `metadata.json` with the classes, boxes as fractions.

Layout written: `metadata.json`, `samples.json`, image files in `data/`. The boxes are in the field `ground_truth`, the
split is a tag of the sample, beside the image's own tags; its note is a field `note`, what a box has besides are fields
of the detection. An image nobody has labelled has null there, a confirmed-empty one has no detections.
`metadata.json` tells no version, and by that every version of FiftyOne takes the samples as they stand, without the
database ids that its own exports carry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_OF_BOXES, Format, FormatGuess
from boxwright.formats.coco import json_files
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.extras import NOTE, attributes_of, signature_of
from boxwright.formats.fiftyone_read import DATA, FIELD, METADATA, SAMPLES, FiftyOneReader
from boxwright.formats.finding import is_file
from boxwright.formats.json_sniff import ends
from boxwright.formats.names import unique_names
from boxwright.formats.staging import ImageMode, Staging

_TAGS = {Split.TRAIN: "train", Split.VALIDATION: "validation", Split.TEST: "test"}
_DIGITS = 12


class FiftyOne(Format):
    name = "fiftyone"
    title = Message("FiftyOne dataset (samples.json)")
    capabilities = replace(ALL_OF_BOXES, signed_empty=True, folders=True)

    def recognise(self, path: Path) -> FormatGuess | None:
        found = _samples_file(path)
        if found is None:
            return None
        if found == path:
            return FormatGuess(self.name, 0.95, Message("a JSON file of FiftyOne samples"))
        return FormatGuess(
            self.name, 0.95, Message("holds {0}, a list of FiftyOne samples", found.relative_to(path).as_posix())
        )

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        found = path if is_file(path) else _samples_file(path)
        if found is None:
            raise FormatError(
                "{0} holds no FiftyOne dataset (a {1} that lists samples with a filepath).", path, SAMPLES
            )
        return FiftyOneReader(found, problems).read()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = unique_names(image.path for image in dataset.images)
        classes = [known.name for known in dataset.classes]
        metadata = {"media_type": "image", "default_classes": classes, "info": {"classes": classes}}
        staging.write(METADATA, orjson.dumps(metadata, option=orjson.OPT_INDENT_2) + b"\n")
        with staging.open(SAMPLES) as handle:
            handle.writelines(_lines(dataset, names))
        for image, name in zip(dataset.images, names, strict=True):
            staging.place(image.path, image.file, f"{DATA}/{name}", image_mode)


def _samples_file(path: Path) -> Path | None:
    """The file of samples: `path` itself or one called `samples.json` in it; None where there is none."""
    files = [path] if is_file(path) else (file for file in json_files(path) if file.name.lower() == SAMPLES)
    return next((file for file in files if _is_samples(file)), None)


def _is_samples(file: Path) -> bool:
    text = ends(file)
    return re.match(rb'\s*\{\s*"samples"\s*:\s*\[', text) is not None and (
        b'"filepath"' in text or re.match(rb'\s*\{\s*"samples"\s*:\s*\[\s*\]', text) is not None
    )


def _lines(dataset: Dataset, names: list[str]) -> Iterator[bytes]:
    """The file, one sample a line, so that a line number leads a person to it."""
    yield b'{"samples": [\n'
    for position, (image, name) in enumerate(zip(dataset.images, names, strict=True), start=1):
        yield orjson.dumps(_sample(image, name, dataset)) + (b",\n" if position < len(names) else b"\n")
    yield b"]}\n"


def _sample(image: DatasetImage, name: str, dataset: Dataset) -> dict[str, object]:
    try:
        boxes = image.fraction_boxes() if image.boxes else []
    except ValueError as error:
        raise FormatError("FiftyOne needs the size of every image, and {0}; nothing was written.", error) from None
    size = {"_cls": "ImageMetadata", "width": image.width, "height": image.height}
    detections = [_detection(item, dataset.classes[item.label].name) for item in boxes]
    return {
        "filepath": f"{DATA}/{name}",
        "tags": [*([_TAGS[image.split]] if image.split is not None else []), *sorted(image.marks.tags)],
        **({NOTE: image.marks.note} if image.marks.note else {}),
        **signature_of(image),
        "metadata": size if image.width > 0 and image.height > 0 else None,
        FIELD: {"_cls": "Detections", "detections": detections} if image.labeled else None,
    }


def _detection(item: DatasetBox, label: str) -> dict[str, object]:
    box = item.box
    entry: dict[str, object] = {
        **attributes_of(item, ("crowd",)),
        "_cls": "Detection",
        "tags": [],
        "label": label,
        "bounding_box": [round(v, _DIGITS) for v in (box.x1, box.y1, box.width, box.height)],
    }
    if item.score is not None:
        entry["confidence"] = item.score
    if "crowd" in item.flags:
        entry["iscrowd"] = 1
    return entry
