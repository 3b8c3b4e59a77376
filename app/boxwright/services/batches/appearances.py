"""Appearances of a pool's images, by which the first ones are chosen before any detector has looked at them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boxwright.config.in_order import map_in_order
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.features import ImageFeatures
from boxwright.domain.image import ImageState
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.sampling.drawing import random_draw
from boxwright.sampling.samplers import by_name
from boxwright.services.batches.next_batch import NextRequest
from boxwright.services.detectors.feature_model import feature_model
from boxwright.services.project.project import Project

# Drawn at random from a larger pool: enough to know every kind of image that matters, and read in a minute.
LOOKED_AT = 1_000
_READERS = min(4, os.cpu_count() or 1)

Row = NDArray[np.float32]


def appearances_for(
    project: Project, request: NextRequest, report: Report = ignore, should_stop: ShouldStop = never
) -> ImageFeatures | None:
    """What `next_batch` compares images by where no detector has; None where its sampler compares none, or a detector
    has seen to it. Reads image files, at most `LOOKED_AT` of those to choose from and of labelled ones; one that cannot
    be read is left out. Raises `Cancelled`."""
    if not by_name(request.sampler).needs_features or feature_model(project) is not None:
        return None
    rng = np.random.Generator(np.random.PCG64(0))
    chosen = random_draw(project.images.candidates(), max(LOOKED_AT, 2 * request.size), rng)
    labeled = random_draw(project.images.ids(state=ImageState.LABELED), LOOKED_AT, rng)
    ids = np.union1d(chosen, labeled)
    found = _looked_at([project.images.file(int(i)) for i in ids], report, should_stop)
    rows = {int(i): row for i, row in zip(ids, found) if row is not None}
    if not rows:
        return None
    return ImageFeatures(np.array(list(rows), dtype=np.int64), np.stack(list(rows.values())))


def _looked_at(files: Sequence[Path], report: Report, should_stop: ShouldStop) -> Iterator[Row | None]:
    """In order, a few read ahead; decoding lets go of the interpreter."""
    for done, (_, row) in enumerate(map_in_order(_appearance, files, _READERS, "appearance"), 1):
        check(should_stop)
        yield row
        report(Progress(done, len(files), Message("looking at the images")))


def _appearance(file: Path) -> Row | None:
    from boxwright.imaging.appearance import SIDE, appearance
    from boxwright.imaging.read import read_image

    try:
        return appearance(read_image(file, SIDE))
    except (BoxwrightError, OSError, ValueError, MemoryError):
        return None
