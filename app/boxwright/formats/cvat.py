"""CVAT for images 1.1: one XML file of images and their shapes, corners in pixels, corners are edges.

Layout written: `annotations.xml`, image files under `images/`. The split is the subset of an image. Images nobody has
labelled lie in `unlabeled/`, and the XML does not list them. Marks other than `occluded` are attributes; their values
are text, and one that looks like a number is read as a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_FLAGS, ANY_VALUE, Capabilities, Format, FormatGuess
from boxwright.formats.cvat_read import CvatReader, xml_files
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.extras import attributes_of, text_of, xml_text
from boxwright.formats.finding import is_dir, is_file
from boxwright.formats.names import unique_names
from boxwright.formats.staging import ImageMode, Staging
from boxwright.formats.text import plain_head
from boxwright.formats.unlabeled import unlabeled_path

_SNIFF = 1 << 16
_OWN = ("occluded",)
_SUBSETS = {Split.TRAIN: "Train", Split.VALIDATION: "Validation", Split.TEST: "Test"}


class Cvat(Format):
    name = "cvat"
    title = "CVAT for images 1.1 (XML)"
    capabilities = Capabilities(
        accuracy=1e-5,
        flags=ALL_FLAGS,
        attributes=ANY_VALUE,
        tags=True,
        provenance=True,
        turned=True,
        folders=True,
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return FormatGuess(self.name, 0.95, Message("a CVAT XML file")) if is_cvat(path) else None
        found = next((file for file in xml_files(path) if is_cvat(file)), None)
        if found is None:
            return None
        return FormatGuess(self.name, 0.95, Message("holds {0}, a CVAT file", found.relative_to(path).as_posix()))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = [path] if is_file(path) else [file for file in xml_files(path) if is_cvat(file)]
        if not files:
            raise FormatError("{0} holds no CVAT file (XML with <annotations> and <image>).", path)
        reader = CvatReader(path if is_dir(path) else path.parent, problems)
        for file in files:
            reader.read(file)
        return reader.dataset(with_unlabeled=is_dir(path))

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        for known in dataset.classes:
            if not known.name.isprintable():
                raise FormatError("The class name {0} cannot be written in XML; rename the class.", repr(known.name))
        names = unique_names(image.path for image in dataset.images)
        with staging.open("annotations.xml") as handle:
            handle.writelines(line.encode() for line in _lines(dataset, names))
        for image, name in zip(dataset.images, names, strict=True):
            at = f"images/{name}" if image.labeled else unlabeled_path(image.split, name)
            staging.place(image.path, image.file, at, image_mode)


def is_cvat(file: Path) -> bool:
    """Whether the beginning of `file` looks like CVAT's: <annotations> that hold a version, tasks or images."""
    if file.suffix.lower() != ".xml":
        return False
    head = plain_head(file, _SNIFF)
    return bool(re.search(rb"<annotations[\s>]", head[:4096]) and re.search(rb"<(version|meta|image|track)[\s>]", head))


def _lines(dataset: Dataset, names: list[str]) -> Iterator[str]:
    labeled = [(image, name) for image, name in zip(dataset.images, names, strict=True) if image.labeled]
    yield '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n'
    yield from _meta(dataset, [image for image, _ in labeled])
    for number, (image, name) in enumerate(labeled):
        subset = f' subset="{_SUBSETS[image.split]}"' if image.split is not None else ""
        size = f'width="{image.width}" height="{image.height}"' if image.width and image.height else ""
        yield f'  <image id="{number}" name={quoteattr(name)}{subset} {size}>\n'
        for item in image.pixel_boxes(image.width, image.height):
            box = item.box
            corners = zip(("xtl", "ytl", "xbr", "ybr"), (box.x1, box.y1, box.x2, box.y2), strict=True)
            numbers = " ".join(f'{key}="{value:.6f}"' for key, value in corners)
            label = quoteattr(dataset.classes[item.label].name)
            start = f'label={label} source="manual" occluded="{int("occluded" in item.flags)}"'
            inside = "".join(
                f"\n      <attribute name={quoteattr(xml_text(key))}>{escape(xml_text(text_of(value)))}</attribute>"
                for key, value in attributes_of(item, _OWN).items()
            )
            inside += "\n    " if inside else ""
            yield f'    <box {start} {numbers} z_order="0">{inside}</box>\n'
        for tag in sorted(image.marks.tags):
            yield f'    <tag label={quoteattr(xml_text(tag))} source="manual"></tag>\n'
        yield "  </image>\n"
    yield "</annotations>\n"


def _attributes(dataset: Dataset, images: list[DatasetImage]) -> list[dict[str, bool]]:
    """For each class the attributes of its boxes, by name, and whether all values of one are yes or no."""
    found: list[dict[str, bool]] = [{} for _ in dataset.classes]
    for image in images:
        for item in image.boxes:
            named = found[item.label]
            for key, value in attributes_of(item, _OWN).items():
                named[key] = named.get(key, True) and isinstance(value, bool)
    return found


def _label(name: str, kind: str, attributes: Mapping[str, bool]) -> str:
    inside = "".join(
        f"            <attribute>\n              <name>{escape(xml_text(key))}</name>\n"
        "              <mutable>False</mutable>\n"
        f"              <input_type>{'checkbox' if yes_no else 'text'}</input_type>\n"
        f"              <default_value>{'false' if yes_no else ''}</default_value>\n"
        f"              <values>{'false' if yes_no else ''}</values>\n            </attribute>\n"
        for key, yes_no in sorted(attributes.items())
    )
    inside = f"\n{inside}          " if inside else ""
    return (
        f"        <label>\n          <name>{escape(xml_text(name))}</name>\n          <type>{kind}</type>\n"
        f"          <attributes>{inside}</attributes>\n        </label>\n"
    )


def _meta(dataset: Dataset, images: list[DatasetImage]) -> Iterator[str]:
    """The labels, in a task, or in a project of one task a subset: only a project may have several."""
    used = [split for split in Split if any(image.split is split for image in images)]
    kind = "project" if used else "task"
    yield f"  <meta>\n    <{kind}>\n      <name>Boxwright</name>\n      <size>{len(images)}</size>\n      <labels>\n"
    attributes = _attributes(dataset, images)
    tags = {tag for image in images for tag in image.marks.tags}
    for known, named in zip(dataset.classes, attributes, strict=True):
        # One name for boxes and for images is one label of any type.
        yield _label(known.name, "any" if known.name in tags else "rectangle", named)
    for tag in sorted(tags - {known.name for known in dataset.classes}):
        yield _label(tag, "tag", {})
    yield "      </labels>\n"
    if used:
        yield "      <tasks>\n"
        for split in used:
            yield f"        <task>\n          <name>{_SUBSETS[split]}</name>\n"
            yield f"          <subset>{_SUBSETS[split]}</subset>\n        </task>\n"
        yield "      </tasks>\n"
    yield f"    </{kind}>\n  </meta>\n"
