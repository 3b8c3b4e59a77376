"""Feature cache: maps of a frozen base on the training images, plain, mirrored and scaled, computed once and kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from time import monotonic

import numpy as np
import torch
from torch import Tensor

from boxwright.config.atomic import writing
from boxwright.config.onnx_runtime import Session
from boxwright.domain.progress import ShouldStop, ignore, never
from boxwright.training.augment import InputPlacing, Samples, drawn_placing
from boxwright.training.nets.base_graph import BaseGraph
from boxwright.training.nets.course import Batch
from boxwright.training.nets.frozen_maps import half_maps, kept_in, look_at_all
from boxwright.training.nets.head import STRIDES
from boxwright.training.nets.onnx_run import open_graph
from boxwright.training.protocol import Feed, TrainingSet, TrainReport

# Plain, mirrored, and the rest scaled and moved. A set whose maps would fill more gets fewer, but always the first two.
VARIANTS, MOST_BYTES = 6, 4 * 2**30
PLAIN = 0
_PLACINGS = (InputPlacing(), InputPlacing(mirrored=True))


class FeatureCache:
    """Feature cache on disk, shared by runs.

    Float16 maps in a file for each image and variant. A file is named for the bytes of the image and lies in a
    folder named for those of the base, so it is never of another image, base or input size.
    """

    def __init__(
        self, base: BaseGraph, feed: Feed, dataset: TrainingSet, folder: Path, only_plain: bool = False
    ) -> None:
        """`folder` belongs to the base's file and may hold what earlier runs computed."""
        self._base, self._feed, self._dataset = base, feed, dataset
        self._samples = Samples(dataset, base.spec.width)
        digest = hashlib.sha256(base.model.SerializeToString(deterministic=True)).hexdigest()
        self._folder = folder / f"{base.spec.width}-{digest[:16]}"
        self._shapes = [(c, base.spec.height // s, base.spec.width // s) for c, s in zip(base.channels, STRIDES)]
        self._length = sum(c * h * w for c, h, w in self._shapes)
        fitting = MOST_BYTES // (2 * self._length * max(1, len(dataset.images)))
        self.variants = 1 if only_plain else int(np.clip(fitting, len(_PLACINGS), VARIANTS))

    def compute(self, threads: int, report: TrainReport, should_stop: ShouldStop) -> None:
        """Make the files that are missing. Raises `Cancelled`, and `TrainingError` when they cannot be written."""
        missing = self._missing()
        if not missing:
            return
        with kept_in(self._folder):
            for _ in self._computed(missing, threads, report, should_stop):
                pass

    def seconds_left(self, threads: int, images: int) -> float:
        """What `compute` will take, from computing `images` missing ones now; 0 when nothing is missing."""
        missing = self._missing()
        if not missing:
            return 0.0
        self._folder.mkdir(parents=True, exist_ok=True)
        began = monotonic()
        for _ in self._computed(missing[:images], threads, ignore, never):
            pass
        return (monotonic() - began) / len(missing[:images]) * len(missing)

    def draw(self, indices: Sequence[int], rng: np.random.Generator) -> Batch[list[Tensor]]:
        """A batch of any of their variants."""
        return self.batch([(i, int(rng.integers(self.variants))) for i in indices])

    def batch(self, chosen: Sequence[tuple[int, int]]) -> Batch[list[Tensor]]:
        """Maps of these images and variants, with the boxes (M,4) and labels (M,) in them."""
        maps = [self._read(*one) for one in chosen]
        truth = [self._samples.truth(i, self._placing(i, variant)) for i, variant in chosen]
        stacked = [torch.stack([m[level] for m in maps]).float() for level in range(len(STRIDES))]
        return stacked, [torch.from_numpy(b) for b, _ in truth], [torch.from_numpy(c) for _, c in truth]

    def _missing(self) -> list[tuple[int, int]]:
        """Image by image, so that a picture is decoded once for all its variants."""
        jobs = [(i, v) for i in range(len(self._dataset.images)) for v in range(self.variants)]
        return [job for job in jobs if not self._whole(self._file(*job))]

    def _computed(
        self, jobs: Sequence[tuple[int, int]], threads: int, report: TrainReport, should_stop: ShouldStop
    ) -> Iterator[object]:
        return look_at_all(partial(self._compute, open_graph(self._base.model)), jobs, threads, report, should_stop)

    def _compute(self, session: Session, job: tuple[int, int]) -> None:
        index, variant = job
        picture, _, _ = self._samples.placed(index, self._placing(index, variant))
        maps = half_maps(session, self._base, self._feed, picture)
        values = np.concatenate([level.reshape(-1) for level in maps])
        with writing(self._file(index, variant), durable=False) as aside:
            values.tofile(aside)

    def _read(self, index: int, variant: int) -> list[Tensor]:
        flat = torch.from_numpy(np.fromfile(self._file(index, variant), np.float16))
        parts = torch.split(flat, [c * h * w for c, h, w in self._shapes])
        return [part.view(shape) for part, shape in zip(parts, self._shapes)]

    def _whole(self, file: Path) -> bool:
        try:
            return file.stat().st_size == 2 * self._length
        except OSError:
            return False

    def _file(self, index: int, variant: int) -> Path:
        return self._folder / f"{self._key(index)}-{variant}.f16"

    def _key(self, index: int) -> str:
        image = self._dataset.images[index]
        # Not its place in the set: the images that are held back count from 0 as well, in the same folder.
        return image.key or hashlib.sha256(str(image.path).encode(errors="surrogateescape")).hexdigest()

    def _placing(self, index: int, variant: int) -> InputPlacing:
        """Of the image and variant alone, so that every run finds the same file."""
        if variant < len(_PLACINGS):
            return _PLACINGS[variant]
        seed = int.from_bytes(hashlib.sha256(self._key(index).encode()).digest()[:8], "big")
        return drawn_placing(np.random.Generator(np.random.PCG64((seed, variant))))
