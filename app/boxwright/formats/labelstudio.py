"""Label Studio: a JSON list of tasks; boxes as x, y, width, height in percent of the image.

Layout written: `tasks_SPLIT.json` (`tasks.json` where the images have no split), `label_config.xml` with the classes
for the project's labeling setup, image files under `images/`. A person's boxes are an annotation of the task, those of
an image where all have scores a prediction; a task without either is an image nobody has labelled, an annotation
without a result is one confirmed empty. Tags and note of an image are data of its task, what a box has besides is the
`meta` of its region. Images are named as Label Studio serves local files, the export's folder being
its document root.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote
from xml.sax.saxutils import quoteattr

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_OF_BOXES, Format, FormatGuess
from boxwright.formats.coco import json_files
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.extras import NOTE, TAGS, attributes_of, signature_of
from boxwright.formats.finding import is_dir, is_file
from boxwright.formats.json_sniff import ends
from boxwright.formats.labelstudio_read import CONFIG, LabelStudioReader
from boxwright.formats.names import unique_names
from boxwright.formats.staging import ImageMode, Staging

_SUFFIX = {Split.TRAIN: "_train", Split.VALIDATION: "_val", Split.TEST: "_test", None: ""}
_DIGITS = 10


class LabelStudio(Format):
    name = "labelstudio"
    title = Message("Label Studio (JSON tasks with annotations and predictions)")
    capabilities = replace(ALL_OF_BOXES, signed_empty=True, turned=True, folders=True)

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return (
                FormatGuess(self.name, 0.95, Message("a JSON list of Label Studio tasks")) if _is_tasks(path) else None
            )
        found = next((file for file in json_files(path) if _is_tasks(file)), None)
        if found is None:
            return None
        return FormatGuess(
            self.name, 0.95, Message("holds {0}, a list of Label Studio tasks", found.relative_to(path).as_posix())
        )

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else [file for file in json_files(path) if _is_tasks(file)]
        if not files:
            raise FormatError(
                "{0} holds no Label Studio tasks (a JSON list of objects with data and annotations).", path
            )
        reader = LabelStudioReader(path if is_dir(path) else path.parent, problems)
        for file in files:
            reader.read(file)
        return reader.dataset()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        for known in dataset.classes:
            if not known.name.isprintable():
                raise FormatError("The class name {0} cannot be written in XML; rename the class.", repr(known.name))
        names = unique_names(image.path for image in dataset.images)
        rows = list(enumerate(zip(dataset.images, names, strict=True), start=1))
        for split in dataset.used_splits() or [None]:
            tasks = (_task(number, m, name, dataset) for number, (m, name) in rows if m.split is split)
            with staging.open(f"tasks{_SUFFIX[split]}.json") as handle:
                handle.writelines(_lines(tasks))
        staging.write(CONFIG, _config(dataset).encode())
        for _, (image, name) in rows:
            staging.place(image.path, image.file, f"images/{name}", image_mode)


def _is_tasks(file: Path) -> bool:
    text = ends(file)
    return (
        re.match(rb"\s*\[\s*\{", text) is not None
        and re.search(rb'"data"\s*:\s*\{', text) is not None
        and any(re.search(rb'"%s"\s*:\s*\[' % key, text) for key in (b"annotations", b"predictions", b"completions"))
    )


def _lines(tasks: Iterable[dict[str, object]]) -> Iterator[bytes]:
    mark = b"[\n"
    for task in tasks:
        yield mark + orjson.dumps(task)
        mark = b",\n"
    yield b"\n]\n" if mark == b",\n" else b"[\n]\n"


def _task(number: int, image: DatasetImage, name: str, dataset: Dataset) -> dict[str, object]:
    try:
        boxes = image.fraction_boxes() if image.boxes else []
    except ValueError as error:
        raise FormatError("Label Studio needs the size of every image, and {0}; nothing was written.", error) from None
    result = [
        _region(f"b{number}_{position}", item, image, dataset.classes[item.label].name)
        for position, item in enumerate(boxes, start=1)
    ]
    scores = [item.score for item in boxes if item.score is not None]
    of_detector = bool(boxes) and len(scores) == len(boxes)
    prediction = {"model_version": "detector", "score": sum(scores) / len(scores) if scores else 0.0, "result": result}
    marks = {TAGS: sorted(image.marks.tags)} if image.marks.tags else {}
    return {
        "id": number,
        "data": {
            "image": f"/data/local-files/?d={quote(f'images/{name}')}",
            "width": image.width,
            "height": image.height,
            **marks,
            **({NOTE: image.marks.note} if image.marks.note else {}),
            **signature_of(image),
        },
        "annotations": [{"id": number, "was_cancelled": False, "result": result}]
        if image.labeled and not of_detector
        else [],
        "predictions": [prediction] if of_detector else [],
    }


def _region(key: str, item: DatasetBox, image: DatasetImage, label: str) -> dict[str, object]:
    box = item.box
    x, y, width, height = (round(v * 100, _DIGITS) for v in (box.x1, box.y1, box.width, box.height))
    region: dict[str, object] = {
        "id": key,
        "type": "rectanglelabels",
        "from_name": "label",
        "to_name": "image",
        "original_width": image.width,
        "original_height": image.height,
        "image_rotation": 0,
        "value": {"x": x, "y": y, "width": width, "height": height, "rotation": 0, "rectanglelabels": [label]},
    }
    if item.score is not None:
        region["score"] = item.score
    if meta := attributes_of(item):
        region["meta"] = meta
    return region


def _config(dataset: Dataset) -> str:
    labels = "".join(f"    <Label value={quoteattr(known.name)}/>\n" for known in dataset.classes)
    return (
        '<View>\n  <Image name="image" value="$image"/>\n  <RectangleLabels name="label" toName="image">\n'
        f"{labels}  </RectangleLabels>\n</View>\n"
    )
