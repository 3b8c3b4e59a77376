"""Boxes of a dataset's images as columns, in pixels of the upright images, those that do not fit told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.box import Box
from boxwright.domain.image import Image
from boxwright.domain.messages import Message
from boxwright.formats.checks import Reporter, checked_box
from boxwright.formats.dataset import Boxes, DatasetBox, DatasetImage, Problem
from boxwright.services.importing.orientation import exif_orientation, turned

Pair = tuple[Image, DatasetImage]
# Columns of this many images are held at a time.
BLOCK = 2_000


@dataclass(frozen=True, slots=True)
class BoxColumns:
    """Boxes of several images as columns.

    Boxes of the images `pairs`, one after another. owner: (N,) int64 index into `pairs`, ascending. corners: (N,4)
    float64 pixels, inside the image. labels: (N,) int64 index into the dataset's classes. scores: (N,) float64, 0..1,
    NaN where there is none. whole: by index, boxes with flags, attributes or a history, in pixels; their own corners
    and label do not count.
    """

    pairs: Sequence[Pair]
    owner: NDArray[np.int64]
    corners: NDArray[np.float64]
    labels: NDArray[np.int64]
    scores: NDArray[np.float64]
    whole: Mapping[int, DatasetBox]

    @property
    def counts(self) -> NDArray[np.int64]:
        """(M,) int64: how many boxes each image has."""
        return np.bincount(self.owner, minlength=len(self.pairs)).astype(np.int64)

    def only(self, keep: NDArray[np.bool_]) -> BoxColumns:
        """The boxes where `keep` (N,) is True."""
        places = np.cumsum(keep) - 1
        whole = {int(places[i]): box for i, box in self.whole.items() if keep[i]}
        return BoxColumns(self.pairs, self.owner[keep], self.corners[keep], self.labels[keep], self.scores[keep], whole)

    def of(self, pair: int) -> slice:
        """Where the boxes of that image lie."""
        start, stop = np.searchsorted(self.owner, (pair, pair + 1))
        return slice(int(start), int(stop))


def blocks(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    """`pairs` in slices whose columns fit into memory with ease."""
    return (pairs[i : i + BLOCK] for i in range(0, len(pairs), BLOCK))


def fitted(
    pairs: Sequence[Pair], problems: list[Problem], file_of: Callable[[Image], Path], stored: bool = False
) -> BoxColumns:
    """The boxes of `pairs`. One that has no area or lies outside is left out, one that sticks out is cut off; each is
    told in `problems`. `file_of` is asked for images that were labelled on their side. `stored`: where the dataset does
    not tell, boxes are of the pixels as stored, before EXIF turns them."""
    found = [_boxes(image, item, problems, file_of, stored) for image, item in pairs]
    parts = [boxes.columns() for boxes in found]
    counts = np.fromiter(map(len, found), np.int64, len(found))
    owner = np.repeat(np.arange(len(pairs)), counts)
    corners = np.concatenate([np.zeros((0, 4)), *(part[0] for part in parts)])
    labels = np.concatenate([np.zeros(0, np.int64), *(part[1] for part in parts)]).astype(np.int64)
    nothing = np.full(int(counts.max(initial=0)), np.nan)
    scores = [nothing[: len(part[1])] if part[2] is None else part[2] for part in parts]
    sizes = np.array([(image.width, image.height) for image, _ in pairs], np.float64).reshape(-1, 2)[owner]
    relative = np.fromiter((item.relative for _, item in pairs), np.bool_, len(pairs))[owner]
    corners[relative] *= np.tile(sizes[relative], 2)
    columns = BoxColumns(pairs, owner, corners, labels, np.concatenate([np.zeros(0), *scores]), _whole(pairs, found))
    sound = _sound(corners, sizes)
    return columns if sound.all() else columns.only(_mended(columns, found, sound, problems))


def _whole(pairs: Sequence[Pair], found: Sequence[Boxes]) -> dict[int, DatasetBox]:
    whole, start = {}, 0
    for (image, item), boxes in zip(pairs, found, strict=True):
        for index, box in boxes.whole.items():
            whole[start + index] = box.moved(_scaled(image)) if item.relative else box
        start += len(boxes)
    return whole


def _scaled(image: Image) -> Callable[[Box], Box]:
    w, h = image.width, image.height
    return lambda box: Box(box.x1 * w, box.y1 * h, box.x2 * w, box.y2 * h)


def _sound(corners: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.bool_]:
    low, high = corners[:, :2], corners[:, 2:]
    return np.asarray(((low >= 0) & (low < high) & (high <= sizes)).all(axis=1))


def _mended(
    columns: BoxColumns, found: Sequence[Boxes], sound: NDArray[np.bool_], problems: list[Problem]
) -> NDArray[np.bool_]:
    """Repair what is not `sound` in place; (N,) True for what is kept."""
    kept = sound.copy()
    starts = np.searchsorted(columns.owner, np.arange(len(columns.pairs)))
    for index in np.flatnonzero(~sound).tolist():
        pair = int(columns.owner[index])
        image, item = columns.pairs[pair]
        number = index - int(starts[pair])
        x1, y1, x2, y2 = columns.corners[index].tolist()
        who, line = Message("Box {0} of '{1}'", number + 1, item.path), found[pair][number].line
        reporter = Reporter(problems, item.source)
        inside = checked_box((x1, y1, x2, y2), image.width, image.height, who, line, reporter)
        if inside is not None:
            columns.corners[index] = inside.array()
            kept[index] = True
    return kept


def _boxes(
    image: Image, item: DatasetImage, problems: list[Problem], file_of: Callable[[Image], Path], stored: bool
) -> Boxes:
    """The boxes of an image, turned where it was labelled before its rotation."""
    boxes = item.boxes if isinstance(item.boxes, Boxes) else Boxes(item.boxes)
    declared = (item.width, item.height)
    if item.relative or 0 in declared or declared == (image.width, image.height):
        return _turned_back(boxes, image, item, file_of) if stored and len(boxes) else boxes
    reporter = Reporter(problems, item.source)
    if declared == (image.height, image.width):
        orientation = exif_orientation(file_of(image))
        if orientation >= 5:
            what = Message("'{0}' was labelled before its EXIF rotation; its boxes were turned with it.", item.path)
            reporter.say(None, what, Message("labelled before rotation"))
            return Boxes(b.moved(lambda box: turned(box, orientation, item.width, item.height)) for b in boxes)
    size = Message("{0} x {1} but is {2} x {3}", item.width, item.height, image.width, image.height)
    what = Message("'{0}' is declared {1} pixels; its boxes were taken as they are.", item.path, size)
    reporter.say(None, what, Message("size is wrong"))
    return boxes


def _turned_back(boxes: Boxes, image: Image, item: DatasetImage, file_of: Callable[[Image], Path]) -> Boxes:
    """Boxes of the stored pixels on the upright image. A size that the dataset says and that only the upright image has
    tells that they are there already."""
    orientation = exif_orientation(file_of(image))
    swaps = orientation >= 5
    if orientation < 2 or (swaps and not item.relative and item.width and image.width != image.height):
        return boxes
    width, height = (image.height, image.width) if swaps else (image.width, image.height)
    w, h = (1.0, 1.0) if item.relative else (float(width), float(height))
    return Boxes(b.moved(lambda box: turned(box, orientation, w, h)) for b in boxes)
