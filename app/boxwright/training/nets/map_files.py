"""Memory-mapped maps of a frozen base on a fixed set of images: written once, read by many processes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boxwright.config.onnx_runtime import Session
from boxwright.domain.progress import ShouldStop
from boxwright.training.augment import InputPlacing, Samples
from boxwright.training.nets.base_graph import BaseGraph
from boxwright.training.nets.frozen_maps import half_maps, kept_in, look_at_all
from boxwright.training.nets.head import STRIDES
from boxwright.training.nets.onnx_run import open_graph
from boxwright.training.protocol import Feed, TrainingSet, TrainReport

PLAIN = 0
# A mirrored picture doubles what is learnt from; of more variants a head on frozen features gains little.
PLACINGS = (InputPlacing(), InputPlacing(mirrored=True))
_DONE = "done.u8"

Number = TypeVar("Number", np.uint8, np.float16)


class FeatureMapFiles:
    """Files of feature maps, one for each stride.

    Item `i * len(PLACINGS) + v` is variant `v` of image `i`. Each map is a memory-mapped float16 file of one row of
    channels for each cell, item by item and row by row, because trainings on a fixed set draw single cells from it.
    `feature_cache.FeatureCache` has a file for each image instead, for sets that grow from one training to the next.
    """

    def __init__(self, base: BaseGraph, feed: Feed, dataset: TrainingSet, folder: Path) -> None:
        """`folder` may hold the banks of other bases, sizes and sets; each has a folder of its own in it."""
        self._base, self._feed, self._dataset = base, feed, dataset
        self.samples = Samples(dataset, base.spec.width)
        self.images = dataset.images
        self.size = base.spec.width
        self.channels = base.channels
        self.cells = tuple((base.spec.height // s) * (base.spec.width // s) for s in STRIDES)
        self._items = len(dataset.images) * len(PLACINGS)
        self._folder = folder / f"{base.spec.width}-{_digest(base, dataset)}"
        self._maps: list[Tensor] | None = None

    def compute(self, threads: int, report: TrainReport, should_stop: ShouldStop) -> None:
        """Fill in what is missing, which a stopped run leaves for the next. Raises `Cancelled`, and `TrainingError`
        when it cannot be written."""
        with kept_in(self._folder):
            done = self._mapped(_DONE, np.uint8, (self._items,))
            missing = np.flatnonzero(done == 0).tolist()
            if not missing:
                return
            maps, look = self._level_files(), partial(self._look, open_graph(self._base.model))
            for item, found in look_at_all(look, missing, threads, report, should_stop):
                for into, level, cells in zip(maps, found, self.cells):
                    into[item * cells : (item + 1) * cells] = level
                done[item] = 1

    def rows(self, level: int, rows: NDArray[np.int64]) -> Tensor:
        """(R,C) float32 of the map `level`: row `item * cells + cell` is what one cell of one item holds."""
        return self._opened[level].index_select(0, torch.from_numpy(rows)).float()

    def plain(self, images: Sequence[int]) -> list[Tensor]:
        """The maps of these images as they are, each (len(images) * cells, C) float32."""
        items = [index * len(PLACINGS) + PLAIN for index in images]
        return [
            torch.cat([level[item * cells : (item + 1) * cells] for item in items]).float()
            for level, cells in zip(self._opened, self.cells)
        ]

    @property
    def _opened(self) -> list[Tensor]:
        if self._maps is None:
            # Opened to be written, which nobody does: torch warns of memory that it may not write.
            self._maps = [torch.from_numpy(level) for level in self._level_files()]
        return self._maps

    def _level_files(self) -> list[NDArray[np.float16]]:
        return [
            self._mapped(f"{stride}.f16", np.float16, (self._items * cells, channels))
            for stride, cells, channels in zip(STRIDES, self.cells, self.channels)
        ]

    def _mapped(self, name: str, kind: type[Number], shape: tuple[int, ...]) -> NDArray[Number]:
        file = self._folder / name
        length = int(np.prod(shape)) * np.dtype(kind).itemsize
        if not file.exists() or file.stat().st_size != length:
            with file.open("ab") as created:
                created.truncate(length)
        return np.memmap(file, kind, "r+", shape=shape)

    def _look(self, session: Session, item: int) -> list[NDArray[np.float16]]:
        index, variant = divmod(item, len(PLACINGS))
        picture, _, _ = self.samples.placed(index, PLACINGS[variant])
        return [level.reshape(len(level), -1).T for level in half_maps(session, self._base, self._feed, picture)]


def _digest(base: BaseGraph, dataset: TrainingSet) -> str:
    told = hashlib.sha256(base.model.SerializeToString(deterministic=True))
    for image in dataset.images:
        told.update((image.key or str(image.path)).encode(errors="surrogateescape") + b"\n")
    return told.hexdigest()[:16]
