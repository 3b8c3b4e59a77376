"""Pascal VOC: an XML file an image, corners in pixels, splits as lists in `ImageSets/Main`.

Corners. The VOC devkit counts pixels from 1 and includes the last one; labelImg, CVAT and most others write the edges
of the box. A file whose `source/database` names the VOC challenge is read the first way (`xmin - 1 .. xmax`), every
other one as edges, and edges is what is written, with fractions where a box has them.

Layout written: `Annotations/`, `JPEGImages/`, `ImageSets/Main/{train,val,test,trainval}.txt`. Images nobody has
labelled are listed in `ImageSets/Unlabeled`, because trainers open an annotation for each name in `Main`. Attributes
stand below an object as CVAT and Datumaro write them; their values are text, and one that looks like a number is read
as a number.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from xml.sax.saxutils import escape

from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.formats.base import ALL_FLAGS, ANY_VALUE, Capabilities, Format, FormatGuess
from boxwright.formats.dataset import Dataset, DatasetBox, DatasetImage, Problem
from boxwright.formats.extras import attributes_of, text_of, xml_text
from boxwright.formats.finding import files_below, is_dir, is_file
from boxwright.formats.labelme3 import is_labelme3
from boxwright.formats.names import stem_of
from boxwright.formats.staging import ImageMode, Staging, file_names
from boxwright.formats.text import plain_head
from boxwright.formats.voc_read import FLAGS, NO_POSE, UNLABELED, VocReader

_LISTS = {
    "train": (Split.TRAIN,),
    "val": (Split.VALIDATION,),
    "test": (Split.TEST,),
    "trainval": (Split.TRAIN, Split.VALIDATION, None),
}
_SAMPLE = 20
_SNIFF = 4096


class Voc(Format):
    name = "voc"
    title = Message("Pascal VOC (an XML file for each image)")
    capabilities = Capabilities(
        accuracy=0.001,
        flags=ALL_FLAGS,
        attributes=ANY_VALUE,
        provenance=True,
        class_order=False,
        unused_classes=False,
    )

    def recognise(self, path: Path) -> FormatGuess | None:
        if is_file(path):
            return FormatGuess(self.name, 0.9, Message("an XML file of annotations")) if _is_voc(path) else None
        files = (file for file in files_below(path) if file.suffix.lower() == ".xml")
        sample = [file for _, file in zip(range(_SAMPLE), files, strict=False)]
        good = sum(map(_is_voc, sample))
        if not good:
            return None
        if is_dir(path / "Annotations") or path.name == "Annotations":
            return FormatGuess(self.name, 0.92, Message("XML annotations in a folder Annotations"))
        return FormatGuess(self.name, 0.7 if good == len(sample) else 0.55, Message("XML annotations"))

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        return VocReader(path, problems).read()

    def write_files(self, dataset: Dataset, staging: Staging, image_mode: ImageMode) -> None:
        for known in dataset.classes:
            if not known.name.isprintable():
                raise FormatError("The class name {0} cannot be written in XML; rename the class.", repr(known.name))
        names = file_names(dataset.images, image_mode)
        for image, name in zip(dataset.images, names, strict=True):
            staging.place(image.path, image.file, f"JPEGImages/{name}", image_mode)
            if image.labeled:
                staging.write(f"Annotations/{stem_of(name)}.xml", _xml(image, name, dataset).encode())
        _write_lists("Main", [(m, n) for m, n in zip(dataset.images, names, strict=True) if m.labeled], staging)
        unlabeled = [(m, n) for m, n in zip(dataset.images, names, strict=True) if not m.labeled]
        if unlabeled and image_mode is not ImageMode.NONE:
            _write_lists(UNLABELED, unlabeled, staging)


def _write_lists(folder: str, images: list[tuple[DatasetImage, str]], staging: Staging) -> None:
    for title, splits in _LISTS.items():
        ids = [stem_of(name) for image, name in images if image.split in splits]
        if ids or title == "trainval":
            staging.write(f"ImageSets/{folder}/{title}.txt", "".join(f"{item}\n" for item in ids).encode())


def _is_voc(file: Path) -> bool:
    # CVAT's files begin with <annotations>.
    begins = file.suffix.lower() == ".xml" and re.search(rb"<annotation[\s>]", plain_head(file, _SNIFF)) is not None
    return begins and not is_labelme3(file)


def _xml(image: DatasetImage, name: str, dataset: Dataset) -> str:
    path = PurePosixPath(name)
    folder = (PurePosixPath("JPEGImages") / path.parent).as_posix()
    lines = [
        "<annotation>",
        f"\t<folder>{escape(folder)}</folder>",
        f"\t<filename>{escape(path.name)}</filename>",
        "\t<source>\n\t\t<database>Unknown</database>\n\t</source>",
        f"\t<size>\n\t\t<width>{image.width}</width>\n\t\t<height>{image.height}</height>\n\t\t<depth>3</depth>\n\t</size>",
        "\t<segmented>0</segmented>",
    ]
    for item in image.pixel_boxes(image.width, image.height):
        box = item.box
        marks = "".join(f"\t\t<{flag}>{int(flag in item.flags)}</{flag}>\n" for flag in FLAGS)
        corners = zip(("xmin", "ymin", "xmax", "ymax"), (box.x1, box.y1, box.x2, box.y2), strict=True)
        numbers = "".join(f"\t\t\t<{tag}>{_number(value)}</{tag}>\n" for tag, value in corners)
        label = escape(dataset.classes[item.label].name)
        lines.append(
            f"\t<object>\n\t\t<name>{label}</name>\n{_pose(item)}{marks}"
            f"\t\t<bndbox>\n{numbers}\t\t</bndbox>\n{_attributes(item)}\t</object>"
        )
    return "\n".join([*lines, "</annotation>\n"])


def _pose(item: DatasetBox) -> str:
    pose = item.attributes.get("pose", "")
    known = isinstance(pose, str) and pose.lower() not in NO_POSE
    return f"\t\t<pose>{escape(xml_text(pose)) if known and isinstance(pose, str) else 'Unspecified'}</pose>\n"


def _attributes(item: DatasetBox) -> str:
    found = attributes_of(item, FLAGS)
    if isinstance(pose := found.get("pose"), str) and pose.lower() not in NO_POSE:
        del found["pose"]
    lines = "".join(
        f"\t\t\t<attribute>\n\t\t\t\t<name>{escape(xml_text(name))}</name>\n"
        f"\t\t\t\t<value>{escape(xml_text(text_of(value)))}</value>\n\t\t\t</attribute>\n"
        for name, value in found.items()
    )
    return f"\t\t<attributes>\n{lines}\t\t</attributes>\n" if lines else ""


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")
