"""Columns of a table of boxes: what each means, told by its name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from boxwright.formats.checks import number
from boxwright.formats.names import is_image_name

# The first name that a table has decides.
_NAMES = {
    "file": ("filename", "filepath", "imagepath", "imagename", "imagefile", "imgpath", "imgname", "image", "img",
             "path", "file", "imageid"),
    "class": ("class", "classname", "label", "labelname", "category", "categoryname", "object", "name"),
    "score": ("score", "confidence", "conf", "probability"),
    "split": ("split", "subset", "set"),
    "difficult": ("difficult", "isdifficult"),
    "occluded": ("occluded", "isoccluded"),
    "truncated": ("truncated", "istruncated"),
    "crowd": ("crowd", "iscrowd", "isgroupof"),
    "attributes": ("attributes",),
    "tags": ("tags",),
    "note": ("note",),
}  # fmt: skip
_SIDES = {
    "xmin": ("xmin", "x1", "left", "bboxxmin", "bboxx1", "minx"),
    "ymin": ("ymin", "y1", "top", "bboxymin", "bboxy1", "miny"),
    "xmax": ("xmax", "x2", "right", "bboxxmax", "bboxx2", "maxx"),
    "ymax": ("ymax", "y2", "bottom", "bboxymax", "bboxy2", "maxy"),
}
_ORIGIN = {"x": ("bboxx", "x", "xmin", "left"), "y": ("bboxy", "y", "ymin", "top")}
_CENTRE = {"cx": ("xcenter", "centerx", "xcentre", "cx", "xc"), "cy": ("ycenter", "centery", "ycentre", "cy", "yc")}
_EXTENT = {
    "w": ("bboxwidth", "bboxw", "boxwidth", "w", "width"),
    "h": ("bboxheight", "bboxh", "boxheight", "h", "height"),
}
_SIZE = {"width": ("imagewidth", "imgwidth", "width"), "height": ("imageheight", "imgheight", "height")}
_FRACTION = re.compile(r"(normalized|normalised|norm|rel|relative)$")
_PIXELS = re.compile(r"(px|pixels)$")


IMAGE_OF_FILE = "image of the file"
"""A place in `TableColumns.places` of a table whose name tells its image; no cell is there."""


@dataclass(frozen=True, slots=True)
class TableColumns:
    """Meaning of a table's columns.

    Where in a row each thing is. `sides`: the four columns of a box. `kind`: what they hold, `corners` (left, top,
    right, bottom), `extent` (left, top, width, height) or `centre` (centre, width, height). `relative`: the header
    says that they are fractions; `pixels`: that they are pixels.
    """

    places: dict[str, int] = field(default_factory=dict)
    sides: tuple[int, int, int, int] = (1, 2, 3, 4)
    kind: str = "corners"
    relative: bool = False
    pixels: bool = False

    def cell(self, row: Sequence[str], what: str) -> str:
        """The text of `what` in `row`; "" where the table has no such column or the row ends before it."""
        place = self.places.get(what, len(row))
        return row[place] if place < len(row) else ""


def side_like(name: str) -> bool:
    """Whether a column called `name` would be taken for one of a box's sides."""
    plain = _short(name)
    return any(plain in names for told in (_SIDES, _ORIGIN, _CENTRE, _EXTENT) for names in told.values())


def told_by(name: str) -> str | None:
    """What a column called `name` tells by itself: `image`, `class`, a corner's side, and so on; None for nothing."""
    plain = _short(name)
    known = ((told, names) for group in (_NAMES, _SIDES, _CENTRE) for told, names in group.items())
    found = next((told for told, names in known if plain in names), None)
    return {"file": "image", "cx": "xcenter", "cy": "ycenter"}.get(found or "", found)


def columns_of(header: Sequence[str], by_file: bool = False) -> TableColumns | None:
    """The meaning of a header; None where the image, its class or the box is missing in it. `by_file`: the image is
    told by the name of the table."""
    plain = [_plain(cell) for cell in header]
    short = [_short(cell) for cell in header]
    places = {what: place for what, names in _NAMES.items() if (place := _place(short, names)) is not None}
    if by_file:
        places = {**places, IMAGE_OF_FILE: len(header)}
    elif "file" not in places:
        return None
    if "class" not in places:
        return None
    for kind, wanted in (("corners", _SIDES), ("extent", {**_ORIGIN, **_EXTENT}), ("centre", {**_CENTRE, **_EXTENT})):
        found = [_place(short, names) for names in wanted.values()]
        sides = [place for place in found if place is not None]
        if len(sides) == 4:
            taken = set(sides)
            size = {what: _place(short, names) for what, names in _SIZE.items()}
            places |= {what: place for what, place in size.items() if place is not None and place not in taken}
            relative, pixels = (all(unit.search(plain[place]) for place in sides) for unit in (_FRACTION, _PIXELS))
            return TableColumns(places, (sides[0], sides[1], sides[2], sides[3]), kind, relative, pixels)
    return None


def columns_without_header(row: Sequence[str]) -> TableColumns | None:
    """The columns of a table as keras-retinanet reads it (image, left, top, right, bottom, class; all but the image
    empty where it has no box); None where `row` is no such row."""
    if len(row) != 6 or not is_image_name(row[0].strip()):
        return None
    empty = not any(cell.strip() for cell in row[1:])
    known = all(number(cell) is not None for cell in row[1:5]) and bool(row[5].strip())
    return TableColumns({"file": 0, "class": 5}) if empty or known else None


def _plain(cell: str) -> str:
    return re.sub(r"[^a-z0-9]", "", cell.strip().lower())


def _short(cell: str) -> str:
    return _PIXELS.sub("", _FRACTION.sub("", _plain(cell)))


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)
