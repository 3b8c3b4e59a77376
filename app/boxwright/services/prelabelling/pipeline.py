"""Pipeline of detection on many images, with reading, inference and post-processing overlapped."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import InputSpec
from boxwright.domain.errors import BoxwrightError, ProjectError
from boxwright.domain.messages import Message
from boxwright.domain.prediction import Detections
from boxwright.domain.suppression import Suppression

if TYPE_CHECKING:
    from boxwright.inference.detector import Detector
    from boxwright.inference.preprocess import Prepared

OTHER_SIZE = Message("has another size than before: add its folder again")
# What may wait between the stages: enough to bridge the writing of a chunk, little enough for large inputs.
WAITING_BYTES = 128 * 2**20
WAITING_IMAGES = 24
GPU_BATCH = 8


@dataclass(frozen=True, slots=True)
class PipelineImage:
    """Image for the pipeline.

    One file at `path` under the folder `root`. `width` and `height` are pixels of the upright image as the pool
    knows them, 0 when it does not.
    """

    image_id: int
    root: Path
    path: Path
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """Outcome of one image.

    Either `detections`, or `problem`: in a few words why the image could not be read. `features`: (D,) float16 where
    the detector tells them.
    """

    image_id: int
    detections: Detections | None
    problem: str | None = None
    features: NDArray[np.float16] | None = None


@dataclass(frozen=True, slots=True)
class Workers:
    """Number of workers. `threads` of the detector's own for each of `runners` images in inference at once, `batch`
    images in a run."""

    readers: int
    runners: int
    threads: int
    batch: int = 1


def workers_for(device: str, cores: int) -> Workers:
    """`device` as the detector reports it. One image on each core beats one image spread over all of them: two
    cores run yolox_nano 1.1 times as often that way. Beyond four, memory for the activations counts more."""
    if device == "CUDA":
        return Workers(readers=max(2, cores - 1), runners=1, threads=cores, batch=GPU_BATCH)
    runners = min(cores, 4)
    return Workers(readers=max(2, cores // 2), runners=runners, threads=max(1, cores // runners))


def detect_all(
    detector: Detector,
    sources: Iterable[PipelineImage],
    workers: Workers,
    conf: float,
    suppression: Suppression,
    twice: bool = False,
) -> Generator[Outcome, None, None]:
    """One `Outcome` for each source, in order. `twice`: look at the mirror image as well, and tell how far its boxes
    differ. Closing the iterator stops at once and waits only for what runs.
    Raises `ProjectError` when a whole root folder is gone, `ModelError` when the detector fails."""
    spec = detector.card.input
    batch = max(detector.batch_size or 1, workers.batch)
    room = max(4, min(WAITING_IMAGES, WAITING_BYTES // (spec.width * spec.height * 12 * (1 + twice))))
    readers = ThreadPoolExecutor(workers.readers, thread_name_prefix="read")
    runners = ThreadPoolExecutor(workers.runners, thread_name_prefix="detect")
    waiting: deque[Future[list[Outcome]]] = deque()

    def submit(group: list[PipelineImage]) -> None:
        reads = [readers.submit(_read, detector, source, twice) for source in group]
        waiting.append(runners.submit(_run, detector, reads, conf, suppression))

    try:
        group: list[PipelineImage] = []
        for source in sources:
            group.append(source)
            if len(group) == batch:
                submit(group)
                group = []
            while len(waiting) * batch >= room:
                yield from waiting.popleft().result()
        if group:
            submit(group)
        while waiting:
            yield from waiting.popleft().result()
    finally:
        runners.shutdown(wait=False, cancel_futures=True)
        readers.shutdown(wait=True, cancel_futures=True)
        runners.shutdown(wait=True)


def side_to_decode(width: int, height: int, spec: InputSpec) -> int | None:
    """The longer side in pixels that a picture of `width` x `height` needs to fill the input without being enlarged;
    None when it has no pixel to spare or its size is not known."""
    if min(width, height) <= 0:
        return None
    ratios = (spec.width / width, spec.height / height)
    ratio = max(ratios) if spec.resize == "stretch" else min(ratios)
    return ceil(max(width, height) * ratio) if ratio < 1 else None


@dataclass(frozen=True, slots=True)
class _Read:
    image_id: int
    prepared: Prepared | None
    problem: str | None = None
    mirrored: Prepared | None = None


def _read(detector: Detector, source: PipelineImage, twice: bool, retry: bool = True) -> _Read:
    from boxwright.imaging.probe import probe
    from boxwright.imaging.read import read_image, upright_size

    try:
        if min(source.width, source.height) > 0 and upright_size(source.path) != (source.width, source.height):
            # Boxes found in it would be measured by the wrong rule.
            return _Read(source.image_id, None, OTHER_SIZE)
        image = read_image(source.path, side_to_decode(source.width, source.height, detector.card.input))
        size = (source.width, source.height) if min(source.width, source.height) > 0 else None
        again = detector.prepare(np.ascontiguousarray(image[:, ::-1]), size) if twice else None
        return _Read(source.image_id, detector.prepare(image, size), mirrored=again)
    except BoxwrightError as error:
        if not source.root.is_dir():
            # An unplugged drive is no reason to set its images aside.
            raise ProjectError(
                "The folder {0} is not there any more; what was done before is kept. "
                "Connect the drive again or point the project to the new place.",
                source.root,
            ) from error
        problem = probe(source.path).problem
        if problem is None and retry:
            # It can be read by now: a short outage.
            return _read(detector, source, twice, retry=False)
        return _Read(source.image_id, None, problem or Message("cannot be decoded"))
    except MemoryError:
        return _Read(source.image_id, None, Message("too large for this machine's memory"))


def _run(detector: Detector, reads: list[Future[_Read]], conf: float, suppression: Suppression) -> list[Outcome]:
    done = [read.result() for read in reads]
    good = [read.prepared for read in done if read.prepared is not None]
    if not good:
        return [Outcome(read.image_id, None, read.problem) for read in done]
    chunks = detector.run(good)
    rows = iter([row for chunk in chunks for row in (chunk.features if chunk.features is not None else ())])
    seen = detector.finish(chunks, good, conf, suppression.iou, suppression.class_agnostic)
    mirrors = [read.mirrored for read in done if read.mirrored is not None]
    found = iter(_doubted(detector, seen, mirrors, conf, suppression) if mirrors else seen)
    return [
        Outcome(read.image_id, None, read.problem)
        if read.prepared is None
        else Outcome(read.image_id, next(found), features=next(rows, None))
        for read in done
    ]


def _doubted(
    detector: Detector, seen: list[Detections], mirrors: list[Prepared], conf: float, suppression: Suppression
) -> list[Detections]:
    """`seen` with what the mirror images say of it. They are searched to half of `conf`, so that a box just above it
    does not count as gone when it is just below it in the mirror."""
    from boxwright.sampling.flip_consistency import mirror_doubt, mirrored

    chunks = detector.run(mirrors)
    again = detector.finish(chunks, mirrors, conf / 2, suppression.iou, suppression.class_agnostic)
    return [
        replace(one, flip=mirror_doubt(one, mirrored(other, prepared.placement.width)))
        for one, other, prepared in zip(seen, again, mirrors, strict=True)
    ]
