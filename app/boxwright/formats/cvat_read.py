"""Reading CVAT for images 1.1, one image at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box, declared_side, number
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetClass, DatasetImage, Problem
from boxwright.formats.extras import extras_of, image_marks
from boxwright.formats.finding import ImageFiles, files_below, relative_to, split_in_path
from boxwright.formats.listed import find_listed
from boxwright.formats.names import clean_reference
from boxwright.formats.outlines import Corners, bounds, ellipse, pairs, turned
from boxwright.formats.splits import split_named
from boxwright.formats.text import clean_label
from boxwright.formats.unlabeled import unlabeled_images
from boxwright.formats.xml_lines import Element, children

_CUBOID = ("xtl1", "ytl1", "xbl1", "ybl1", "xtr1", "ytr1", "xbr1", "ybr1",
           "xtl2", "ytl2", "xbl2", "ybl2", "xtr2", "ytr2", "xbr2", "ybr2")  # fmt: skip
_FOUR = {
    "box": ("xtl", "ytl", "xbr", "ybr"),
    "ellipse": ("cx", "cy", "rx", "ry"),
    "mask": ("left", "top", "width", "height"),
}
_NOT_BOXES = frozenset({"points", "skeleton"})


def xml_files(folder: Path) -> Iterator[Path]:
    """The XML files at most two folders deep."""
    return (
        file
        for file in files_below(folder)
        if file.suffix.lower() == ".xml" and len(file.relative_to(folder).parts) <= 3
    )


class CvatReader:
    """Reader of CVAT's XML files.

    Reads the files of one dataset below `root`. Problems name the XML file and its line.
    """

    def __init__(self, root: Path, problems: list[Problem]) -> None:
        self.root = root
        self.problems = problems
        self.files = ImageFiles(root)
        self.labels: dict[str, int] = {}
        self.images: dict[tuple[str, Split | None, Path | None], DatasetImage] = {}

    def read(self, file: Path) -> None:
        """Raises FormatError when `file` is not whole, or is of CVAT's kind for videos."""
        reporter = Reporter(self.problems, relative_to(file, self.root))
        for element in children(file, "annotations", reporter):
            if element.tag == "meta":
                self._meta(element)
            elif element.tag == "image":
                self._image(element, file, reporter)
            elif element.tag == "track":
                raise FormatError(
                    "{0}, line {1}: this is CVAT for video, whose boxes belong to frames of a film; "
                    "export it from CVAT as 'CVAT for images'.",
                    file,
                    element.line,
                )

    def dataset(self, with_unlabeled: bool) -> Dataset:
        """What was read so far; `with_unlabeled`: and the image files that no XML file lists."""
        images = list(self.images.values())
        if with_unlabeled:
            images += unlabeled_images(self.files, images, "images")
        return Dataset([DatasetClass(index, name) for name, index in self.labels.items()], images)

    def _label(self, name: str) -> int:
        return self.labels.setdefault(name, len(self.labels))

    def _meta(self, element: Element) -> None:
        """Take the labels in, wherever below <task>, <project> or <job> they stand; parts of skeletons are none."""
        for child in element.children:
            if child.tag == "label":
                of_boxes = child.first("parent") is None and child.text_of("type") != "tag"
                if of_boxes and (name := clean_label(child.text_of("name"))):
                    self._label(name)
            else:
                self._meta(child)

    def _image(self, element: Element, file: Path, reporter: Reporter) -> None:
        name = clean_reference(element.attributes.get("name", ""))
        if not name:
            reporter.say(element.line, Message("An image lacks its name; left out."), Message("broken image entry"))
            return
        subset = clean_reference(element.attributes.get("subset", ""))
        split = split_named(subset) if subset else split_in_path(name)
        here = file.parent
        found = find_listed(self.files, name, split, here / "images" / subset, here / "images", here)
        width, height = (declared_side(element.attributes.get(key)) for key in ("width", "height"))
        image = DatasetImage(name, found, width, height, split=split, source=reporter.file)
        same = self.images.setdefault((name, split if found is None else None, found), image)
        if same is not image:
            what = Message("The image '{0}' is listed twice; its boxes were put together.", name)
            reporter.say(element.line, what, Message("image listed twice"))
        tags = [shape.attributes.get("label", "") for shape in element.children if shape.tag == "tag"]
        same.marks = same.marks.joined(image_marks(tags))
        for position, shape in enumerate(element.children, start=1):
            if shape.tag == "tag":
                continue
            item = self._box(shape, Message("Shape {0} of '{1}'", position, name), same, reporter)
            if item is None:
                same.refused += 1
                continue
            same.boxes.append(item)

    def _box(self, shape: Element, who: str, image: DatasetImage, reporter: Reporter) -> DatasetBox | None:
        label = clean_label(shape.attributes.get("label", ""))
        if not label:
            reporter.say(
                shape.line,
                Message("{0} ({1}) has no label; left out.", who, shape.tag),
                Message("object without a class"),
            )
            return None
        who = Message("{0} ({1})", who, label)
        if shape.tag in _NOT_BOXES:
            reporter.say(
                shape.line,
                Message("{0} is {1} and no box; left out.", who, Message(shape.tag)),
                Message("shape without a box"),
            )
            return None
        corners = _corners(shape)
        if corners is None:
            what = Message(
                "{0}: a coordinate of its {1} is missing or no number; left out.", who, Message(shape.tag[:40])
            )
            reporter.say(shape.line, what, Message("coordinate is no number"))
            return None
        box = checked_box(corners, image.width, image.height, who, shape.line, reporter)
        if box is None:
            return None
        if shape.tag != "box" or number(shape.attributes.get("rotation", 0)) != 0:
            kind = Message("turned box") if shape.tag == "box" else Message(shape.tag)
            what = Message("{0} is a {1}; the upright box around it was taken.", who, kind)
            reporter.say(shape.line, what, Message("box from outline"))
        raw = {a.attributes.get("name", ""): a.text for a in shape.every("attribute")}
        flags = ("occluded",) if shape.attributes.get("occluded") == "1" else ()
        return extras_of(raw, flags, texts=True).on(DatasetBox(box, self._label(label), line=shape.line))


def _corners(shape: Element) -> Corners | None:
    """The upright box around `shape`, in pixels; None where a number is missing or the shape is not known."""
    of = shape.attributes
    if shape.tag in ("polygon", "polyline"):
        points = pairs(of.get("points", "").replace(";", ",").split(","))
        return bounds(points) if points else None
    if shape.tag == "cuboid":
        points = pairs([of.get(key) for key in _CUBOID])
        return bounds(points) if points else None
    rotation = number(of.get("rotation", 0))
    values = [number(of.get(key)) for key in _FOUR.get(shape.tag, ())]
    known = [value for value in values if value is not None]
    if len(known) != 4 or rotation is None:
        return None
    a, b, c, d = known
    if shape.tag == "ellipse":
        return ellipse(a, b, c, d, rotation)
    if shape.tag == "mask":
        return a, b, a + c, b + d
    return turned((a, b, c, d), rotation) if rotation else (a, b, c, d)
