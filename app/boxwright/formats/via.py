"""VIA (VGG Image Annotator 2), JSON: a whole project, or the annotations alone. Boxes as x, y, width, height in pixels.

Layout written: a project a split, `via_project_SPLIT.json` (`via_project.json` where the images have no split), image
files under `images/`. The class is the region attribute `label`, a list to choose from; marks and attributes are region
attributes, whose values are text, the tags of an image check boxes of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_OF_BOXES, Format, FormatGuess
from boxwright.formats.checks import Reporter
from boxwright.formats.coco import json_files
from boxwright.formats.coco_json import load
from boxwright.formats.coco_read import file_split
from boxwright.formats.dataset import Dataset, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import NOTE, TAGS, attributes_of
from boxwright.formats.finding import is_dir, is_file, relative_to
from boxwright.formats.json_sniff import ends
from boxwright.formats.names import unique_names
from boxwright.formats.staging import ImageMode, Staging
from boxwright.formats.text import clean_label
from boxwright.formats.via_regions import (
    CLASS,
    LABELED,
    SUFFIX,
    Regions,
    file_attributes,
    file_size,
    region_rows,
)

_METADATA = "_via_img_metadata"


class Via(Format):
    name = "via"
    title = Message("VIA, the VGG Image Annotator (JSON)")
    capabilities = replace(ALL_OF_BOXES, signed_empty=True, folders=True, sizes=False)

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return FormatGuess(self.name, 0.95, Message("a JSON file of VIA regions")) if _is_via(path) else None
        found = next((file for file in json_files(path) if _is_via(file)), None)
        if found is None:
            return None
        return FormatGuess(self.name, 0.95, Message("holds {0}, a VIA file", found.relative_to(path).as_posix()))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else [file for file in json_files(path) if _is_via(file)]
        if not files:
            raise FormatError("{0} holds no VIA file (JSON with file names and regions).", path)
        regions = Regions(path if is_dir(path) else path.parent, problems)
        for file in files:
            _read(file, regions)
        return regions.dataset()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        names = unique_names(image.path for image in dataset.images)
        pairs = list(zip(dataset.images, names, strict=True))
        for split in dataset.used_splits() or [None]:
            ours = [(image, name) for image, name in pairs if image.split is split]
            with staging.open(f"via_project{SUFFIX[split]}.json") as handle:
                handle.writelines(_lines(ours, dataset.classes, image_mode is not ImageMode.NONE))
        for image, name in pairs:
            staging.place(image.path, image.file, f"images/{name}", image_mode)


def _is_via(file: Path) -> bool:
    text = ends(file)
    if not re.match(rb"\s*\{", text):
        return False
    return b'"_via_img_metadata"' in text or (b'"regions"' in text and b'"filename"' in text and b'"size"' in text)


def _read(file: Path, regions: Regions) -> None:
    source = relative_to(file, regions.root)
    reporter = Reporter(regions.problems, source)
    content, _ = load(file, reporter)
    entries = content.get(_METADATA, content) if isinstance(content, dict) else None
    if not isinstance(entries, dict):
        raise FormatError("{0} is no VIA file: it should hold one JSON object with file names and regions.", file)
    options = _options(content)
    for name in options.values():
        regions.labels.setdefault(name, len(regions.labels))
    split = file_split(source)
    for key, entry in entries.items():
        known = entry if isinstance(entry, dict) else {}
        image = regions.image(known.get("filename"), known.get("file_attributes"), split, source)
        if image is None:
            if not str(key).startswith("_via_"):
                reporter.say(
                    None,
                    Message("The entry {0} names no file; left out.", repr(str(key)[:60])),
                    Message("broken image entry"),
                )
            continue
        found = known.get("regions")
        # Version 1 wrote the regions as an object, numbered.
        for region in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
            if isinstance(region, dict):
                shape, attributes = region.get("shape_attributes"), region.get("region_attributes")
                regions.add(image, shape, attributes, options, reporter)
            else:
                reporter.say(
                    None, Message("A region of {0} is no object; left out.", image.path), Message("broken region")
                )
                image.refused += 1


def _options(content: Mapping[str, Any]) -> dict[str, str]:
    """Class names by the option a region holds, of the attribute that is the class. An option that is only a number
    stands for its description."""
    found: Any = content.get("_via_attributes")
    found = found.get("region") if isinstance(found, dict) else None
    attributes = found if isinstance(found, dict) else {}
    listed = [a["options"] for a in attributes.values() if isinstance(a, dict) and isinstance(a.get("options"), dict)]
    own = attributes.get(CLASS)
    chosen = own.get("options") if isinstance(own, dict) else (listed[0] if len(listed) == 1 else None)
    if not isinstance(chosen, dict):
        return {}
    names = {str(key): str(text) if str(key).isdecimal() and text else str(key) for key, text in chosen.items()}
    return {key: label for key, name in names.items() if (label := clean_label(name))}


def _lines(pairs: list[tuple[DatasetImage, str]], classes: list[DatasetClass], written: bool) -> Iterator[bytes]:
    """The project, one image a line, so that a line number leads a person to it."""
    settings = {
        "ui": {"image": {"region_label": CLASS, "region_color": CLASS}},
        "core": {"buffer_size": 18, "filepath": {}, "default_filepath": "images/"},
        "project": {"name": "Boxwright"},
    }
    images = [image for image, _ in pairs]
    texts = sorted({key for image in images for item in image.boxes for key in attributes_of(item)} - {CLASS})
    tags = sorted({tag for image in images for tag in image.marks.tags})
    region = {key: {"type": "text", "description": "", "default_value": ""} for key in texts}
    attributes = {
        "region": {CLASS: _choice("dropdown", [known.name for known in classes]), **region},
        "file": {
            LABELED: _choice("radio", ["yes", "no"]),
            **({TAGS: _choice("checkbox", tags)} if tags else {}),
            **({NOTE: {"type": "text"}} if any(image.marks.note for image in images) else {}),
        },
    }
    keys = [f"{name}{file_size(image, written)}" for image, name in pairs]
    yield b'{"_via_settings": %s,\n"_via_img_metadata": {\n' % orjson.dumps(settings)
    for position, ((image, name), key) in enumerate(zip(pairs, keys, strict=True), start=1):
        entry = {
            "filename": name,
            "size": file_size(image, written),
            "regions": [{"shape_attributes": s, "region_attributes": a} for s, a in region_rows(image, classes)],
            "file_attributes": file_attributes(image),
        }
        yield orjson.dumps(key) + b": " + orjson.dumps(entry) + (b",\n" if position < len(pairs) else b"\n")
    yield b'},\n"_via_attributes": %s,\n"_via_data_format_version": "2.0.10",\n' % orjson.dumps(attributes)
    yield b'"_via_image_id_list": %s}\n' % orjson.dumps(keys)


def _choice(kind: str, options: list[str]) -> dict[str, Any]:
    described = dict.fromkeys(options, "")
    return {"type": kind, "description": "", "options": described, "default_options": {}}
