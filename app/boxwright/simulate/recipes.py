"""Harder pools made of a set: a rare class, or many images that are nearly the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from boxwright.config.atomic import writing
from boxwright.config.opencv import cv2
from boxwright.domain.errors import FormatError, SettingError
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.imaging.probe import probe
from boxwright.imaging.read import read_image
from boxwright.simulate.labelled import LabelledSet, made_image
from boxwright.training.protocol import TrainingImage

# Of a skewed pool: the share of its images that have the rare class, and the fewest such images that teach anything.
RARE_SHARE, RARE_FEWEST = 0.04, 12
OTHER = "other"
# Of a pool with near-duplicates: the share of its images that are repeated, and how often each.
REPEATED, COPIES = 0.2, 4
# How far copies differ: share of the side that they are shifted by, and of the brightness; quality of the JPEG file.
_SHIFT, _BRIGHTNESS, _QUALITY = 0.02, 0.1, (60, 90)

Recipe = Callable[[LabelledSet, Path, Report, ShouldStop], LabelledSet]


def recipe(text: str) -> Recipe:
    """`skewed:CLASS` or `duplicates`. Raises `SettingError` on anything else."""
    name, _, value = text.partition(":")
    if name == "skewed" and value:
        return partial(_skewed, value)
    if text == "duplicates":
        return duplicates
    raise SettingError(f"'{text}' is no recipe for a pool; write skewed:CLASS or duplicates.")


def skewed(labelled: LabelledSet, rare: str) -> LabelledSet:
    """The class `rare` among many images without it: all other classes become one, `OTHER`, and of the images of the
    pool that have `rare` so many are left out that `RARE_SHARE` of it have it. The test set stays whole.

    Raises `SettingError` for a class that is not there, or that too few images have.
    """
    if rare not in labelled.classes:
        raise SettingError(f"The dataset has no class '{rare}'; it has {', '.join(labelled.classes)}.")
    label = labelled.classes.index(rare)
    images = [replace(image, labels=np.where(image.labels == label, 0, 1)) for image in labelled.images]
    pool, test = labelled.parts(0)
    having = np.array([i for i in pool.tolist() if (images[i].labels == 0).any()], np.int64)
    without = len(pool) - len(having)
    kept = max(RARE_FEWEST, round(RARE_SHARE * without / (1 - RARE_SHARE)))
    if len(having) < kept:
        raise SettingError(
            f"Only {len(having)} images of the pool have the class '{rare}'; beside {without} others it takes {kept}."
        )
    gone = np.random.Generator(np.random.PCG64(0)).permutation(having)[kept:]
    stay = np.setdiff1d(np.arange(len(images)), gone)
    return replace(
        labelled, classes=(rare, OTHER), images=tuple(images[i] for i in stay), test=np.searchsorted(stay, test)
    )


def duplicates(labelled: LabelledSet, folder: Path, report: Report, should_stop: ShouldStop) -> LabelledSet:
    """`REPEATED` of the pool get `COPIES` near-duplicates each: shifted a little, brighter or darker, and encoded
    again, as frames of one video are. They are written into `folder`; their boxes move along. The test set stays.

    Raises `FormatError` when they cannot be written, and `Cancelled`.
    """
    pool, test = labelled.parts(0)
    rng = np.random.Generator(np.random.PCG64(0))
    repeated = np.sort(rng.permutation(pool)[: round(REPEATED * len(pool))])
    made: list[TrainingImage] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for done, index in enumerate(np.repeat(repeated, COPIES).tolist(), 1):
            check(should_stop)
            made.append(_copied(labelled.images[index], folder / f"{done:05}.jpg", rng))
            report(Progress(done, len(repeated) * COPIES, "making near-duplicates"))
    except OSError as error:
        raise FormatError(f"Near-duplicates could not be written to {folder}: {error.strerror or error}.") from error
    # Fixed: one that each seed draws would hold copies of what is learnt.
    return replace(labelled, images=(*labelled.images, *made), test=test)


def _skewed(rare: str, labelled: LabelledSet, _folder: Path, _report: Report, _should_stop: ShouldStop) -> LabelledSet:
    return skewed(labelled, rare)


def _copied(image: TrainingImage, file: Path, rng: np.random.Generator) -> TrainingImage:
    dx, dy = (round(v) for v in rng.uniform(-_SHIFT, _SHIFT, 2) * max(image.width, image.height))
    gain, quality = 1 + rng.uniform(-_BRIGHTNESS, _BRIGHTNESS), int(rng.integers(*_QUALITY))
    if not file.exists():
        pixels = read_image(image.path)
        moved = cv2.warpAffine(
            pixels, np.array(((1.0, 0, dx), (0, 1, dy))), (image.width, image.height), borderMode=cv2.BORDER_REPLICATE
        )
        bright = cv2.convertScaleAbs(moved, alpha=gain)
        with writing(file, durable=False) as aside:
            aside.write_bytes(cv2.imencode(".jpg", bright, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
    limit = np.array((image.width, image.height) * 2, np.float32)
    boxes = np.clip(image.boxes + np.array((dx, dy) * 2, np.float32), 0, limit)
    # What the shift has all but pushed out of the picture is not labelled any more.
    solid = (boxes[:, 2:] - boxes[:, :2] >= 2).all(1)
    return made_image(file, image.width, image.height, boxes[solid], image.labels[solid], probe(file).content_hash)
