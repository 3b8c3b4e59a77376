"""Labelled sets that play the worker: images, true boxes, and which of them are only measured on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.errors import FormatError, SettingError
from boxwright.domain.image import Split
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.formats.dataset import Dataset, DatasetImage
from boxwright.imaging.probe import probe
from boxwright.imaging.read import read_image
from boxwright.training.protocol import TrainingImage, TrainingSet

Indices = NDArray[np.int64]
# Part of a set without a test split that is measured on, drawn anew for each seed.
TEST_SHARE = 0.2
# With fewer images, differences between rules drown in chance, whatever they are.
FEWEST = 60


@dataclass(frozen=True)
class LabelledSet:
    """Labelled set of an experiment.

    `images` with their boxes. `test`: (T,) int64 indices of those that are only measured on; None: a share
    `test_share` drawn by each seed. `left_out`: a sentence for each kind of image that takes no part.
    """

    classes: tuple[str, ...]
    images: tuple[TrainingImage, ...]
    test: Indices | None = None
    test_share: float = TEST_SHARE
    left_out: tuple[str, ...] = ()

    @property
    def pool_size(self) -> int:
        return len(self.images) - self.test_size

    @property
    def test_size(self) -> int:
        return round(len(self.images) * self.test_share) if self.test is None else len(self.test)

    def parts(self, seed: int) -> tuple[Indices, Indices]:
        """Pool and test set of a seed: indices of `images`, ascending."""
        test = self.test
        if test is None:
            rng = np.random.Generator(np.random.PCG64((seed, 1)))
            test = np.sort(rng.permutation(len(self.images))[: self.test_size])
        return np.setdiff1d(np.arange(len(self.images)), test), test

    def training_set(self) -> TrainingSet:
        return TrainingSet(self.classes, self.images, read_image)

    @property
    def digest(self) -> str:
        """Of everything about the set that a figure depends on."""
        told = hashlib.sha256(repr((self.classes, self.test_share)).encode())
        told.update(b"drawn" if self.test is None else self.test.tobytes())
        for image in self.images:
            told.update(f"{image.key} {image.width} {image.height}".encode())
            told.update(image.boxes.tobytes() + image.labels.tobytes())
        return told.hexdigest()[:16]


def labelled_set(dataset: Dataset, test: Split | float | None, report: Report, should_stop: ShouldStop) -> LabelledSet:
    """The images of `dataset` that are labelled and can be read. `test`: the split that is measured on, or a share to
    draw by seed; None: its test split, else its validation split, else `TEST_SHARE`.

    Raises `FormatError` when too few images are left, `SettingError` when the split is not there.
    """
    labelled = [item for item in dataset.images if item.labeled]
    made: list[tuple[Split | None, TrainingImage]] = []
    for done, item in enumerate(labelled, 1):
        check(should_stop)
        image = _image(item)
        if image is not None:
            made.append((item.split, image))
        report(Progress(done, len(labelled), Message("checking the images")))
    images, splits = _apart(made)
    notes = _notes(len(dataset.images) - len(labelled), len(labelled) - len(made), len(made) - len(images))
    where, share = _test(splits, test)
    found = LabelledSet(tuple(known.name for known in dataset.classes), images, where, share, notes)
    check_size(found)
    return found


def check_size(found: LabelledSet) -> None:
    """Raises `FormatError` when nothing can be told from so few images."""
    if len(found.images) < FEWEST or found.pool_size < FEWEST // 2 or not found.test_size:
        raise FormatError(
            "There are {0} labelled images, {1} of them to measure on; from about "
            "{2} on an experiment tells something, and from 300 on it tells rules apart. Label more first.",
            len(found.images),
            found.test_size,
            FEWEST,
        )


def _image(item: DatasetImage) -> TrainingImage | None:
    if item.file is None:
        return None
    found = probe(item.file)
    if found.problem is not None:
        return None
    boxes = item.pixel_boxes(found.width, found.height)
    corners = np.array([(b.box.x1, b.box.y1, b.box.x2, b.box.y2) for b in boxes], np.float32).reshape(-1, 4)
    corners = np.clip(corners, 0, np.array((found.width, found.height) * 2, np.float32))
    solid = (corners[:, 2:] > corners[:, :2]).all(1)
    labels = np.array([b.label for b in boxes], np.int64)
    return made_image(item.file, found.width, found.height, corners[solid], labels[solid], found.content_hash)


def made_image(
    path: Path, width: int, height: int, boxes: NDArray[np.float32], labels: Indices, key: str
) -> TrainingImage:
    return TrainingImage(path, width, height, np.ascontiguousarray(boxes), np.ascontiguousarray(labels), key)


def _apart(made: Sequence[tuple[Split | None, TrainingImage]]) -> tuple[tuple[TrainingImage, ...], list[Split | None]]:
    """One of each image of the same bytes, which must not be learnt and measured on; that of the test split stays."""
    order = sorted(range(len(made)), key=lambda i: made[i][0] is not Split.TEST)
    first: dict[str, int] = {}
    for i in order:
        first.setdefault(made[i][1].key, i)
    kept = sorted(first.values())
    return tuple(made[i][1] for i in kept), [made[i][0] for i in kept]


def _test(splits: Sequence[Split | None], wanted: Split | float | None) -> tuple[Indices | None, float]:
    if isinstance(wanted, float):
        return None, wanted
    for split in (Split.TEST, Split.VALIDATION) if wanted is None else (wanted,):
        where = np.array([i for i, found in enumerate(splits) if found is split], np.int64)
        if len(where):
            return where, TEST_SHARE
    if wanted is not None:
        raise SettingError("The dataset has no images of the split '{0}'; leave --test out, or give a share.", wanted)
    return None, TEST_SHARE


def _notes(unlabelled: int, unreadable: int, copies: int) -> tuple[str, ...]:
    said = ((unlabelled, "not labelled"), (unreadable, "missing or cannot be read"), (copies, "copies of others"))
    return tuple(_note(count, what) for count, what in said if count)


def _note(count: int, what: str) -> str:
    return f"{count} {'image takes' if count == 1 else 'images take'} no part: {what}."


def boxes_of(images: Iterable[TrainingImage]) -> int:
    return sum(len(image.labels) for image in images)
