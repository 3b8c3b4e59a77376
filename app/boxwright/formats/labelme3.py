"""LabelMe 3, the web tool of MIT before the program of that name: an XML file an image with outlines; only read.

`Annotations/FOLDER/NAME.xml` beside `Images/FOLDER/NAME.jpg`. An object is a `polygon` of points, or a `segm` with its
`box`; one that is marked `deleted` is none. The upright box around it is taken.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.checks import Reporter, declared_side, number
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.extras import Extras, extras_of
from boxwright.formats.finding import files_below, is_file, relative_to
from boxwright.formats.gathering import Gathered
from boxwright.formats.names import clean_reference
from boxwright.formats.outlines import Corners, bounds
from boxwright.formats.text import clean_label, plain_head
from boxwright.formats.xml_lines import Element, parse

_SAMPLE = 20
_SNIFF = 1 << 14
_CORNERS = ("xmin", "ymin", "xmax", "ymax")
_YES = ("1", "yes", "true")


class LabelMe3(Format):
    name = "labelme3"
    title = "LabelMe 3 (XML with outlines, of the web tool)"
    capabilities = Capabilities(
        accuracy=0.0, flags=frozenset({"occluded"}), attributes=frozenset({"text"}), folders=True, class_order=False,
        unused_classes=False, writes=False,
    )  # fmt: skip

    def recognise(self, path: Path) -> FormatGuess | None:
        sample = [file for _, file in zip(range(_SAMPLE), _files(path), strict=False)]
        return FormatGuess(self.name, 0.95, "XML annotations with outlines") if any(map(is_labelme3, sample)) else None

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = list(_files(path))
        if not any(map(is_labelme3, files)):
            raise FormatError("{0} holds no annotations of LabelMe 3 (XML with polygons).", path)
        gathered = Gathered(path, problems)
        for file in files:
            _read(file, gathered)
        return gathered.dataset("Images", "images")


def is_labelme3(file: Path) -> bool:
    """Whether the XML file holds objects as outlines: Pascal VOC has the same elements around a `bndbox`."""
    text = plain_head(file, _SNIFF)
    if b"<annotation" not in text or b"<bndbox" in text:
        return False
    # Pascal VOC says <segmented> of every image.
    return b"<polygon>" in text or b"<segm>" in text or (b"<imagesize>" in text and b"<nrows>" in text)


def _files(path: Path) -> Iterator[Path]:
    files = [path] if path.is_file() else files_below(path)
    return (file for file in files if file.suffix.lower() == ".xml" and is_file(file))


def _read(file: Path, gathered: Gathered) -> None:
    reporter = gathered.reporter(file)
    stem = file.name[: -len(file.suffix)]
    source = relative_to(file, gathered.root)
    try:
        root = parse(file, reporter)
    except FormatError as error:
        reporter.say(None, str(error), Message("XML cannot be read"))
        found = _find(file, stem, "", gathered)
        if found is not None:
            gathered.image(stem, found, source).labeled = False
        return
    if root.tag != "annotation":
        reporter.say(root.line, f"<{root.tag}> is no annotation; left out.", Message("other XML"))
        return
    folder, named = clean_reference(root.text_of("folder")), clean_reference(root.text_of("filename"))
    found = _find(file, stem, f"{folder}/{named}" if folder and named else named, gathered)
    size = root.first("imagesize")
    sides = (_side(size, "ncols"), _side(size, "nrows"))
    image = gathered.image(named or stem, found, source, sides, stem_only=not named)
    for element in root.every("object"):
        _object(element, image, gathered, reporter)


def _find(file: Path, stem: str, named: str, gathered: Gathered) -> Path | None:
    """The image beside the file, in the folder `Images` in place of `Annotations`, or the one that it names."""
    if (found := gathered.files.find_stem(stem, file.parent)) is not None:
        return found
    parts = relative_to(file.parent, gathered.root).split("/")
    for images in ("Images", "images"):
        folder = gathered.root.joinpath(*(images if part.lower() == "annotations" else part for part in parts))
        if (found := gathered.files.find_stem(stem, folder)) is not None:
            return found
    return gathered.files.find(named, gathered.root / "Images", gathered.root / "images") if named else None


def _object(element: Element, image: DatasetImage, gathered: Gathered, reporter: Reporter) -> None:
    if element.text_of("deleted").lower() in _YES:
        return
    label = clean_label(element.text_of("name"))
    if not label:
        reporter.say(element.line, Message("An object has no name; left out."), Message("object without a class"))
        image.refused += 1
        return
    corners = _corners(element)
    if corners is None:
        reporter.say(
            element.line, Message("The {0} has no outline; left out.", label[:60]), Message("object without a box")
        )
        image.refused += 1
        return
    gathered.add(image, corners, label, element.line, reporter, _extras(element))


def _corners(element: Element) -> Corners | None:
    outline = element.first("polygon")
    if outline is not None:
        points = [(number(point.text_of("x")), number(point.text_of("y"))) for point in outline.every("pt")]
        known = [(x, y) for x, y in points if x is not None and y is not None]
        return bounds(known) if known and len(known) == len(points) else None
    mask = element.first("segm")
    box = mask.first("box") if mask is not None else None
    sides = [number(box.text_of(tag)) for tag in _CORNERS] if box is not None else []
    whole = [side for side in sides if side is not None]
    return (whole[0], whole[1], whole[2], whole[3]) if len(whole) == 4 else None


def _extras(element: Element) -> Extras:
    flags = ("occluded",) if element.text_of("occluded").lower() in _YES else ()
    words = clean_label(element.text_of("attributes"))
    return extras_of({"attributes": words} if words else {}, flags)


def _side(size: Element | None, tag: str) -> int:
    return declared_side(size.text_of(tag)) if size is not None else 0
