"""Sampled cells for a `PointHead`: those about the middle of each true box, and others drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from boxwright.training.nets.map_files import PLACINGS, FeatureMapFiles
from boxwright.training.nets.point_head import middles

# Cells within so many strides of a box's middle may learn it (Tian et al. 2022, "FCOS: a simple and strong anchor-free
# object detector", centre sampling); on three maps no more than 27 do.
_RADIUS, MOST = 1.5, 27
# Cells of a picture that are drawn among all others; each stands for as many as were not drawn.
OTHERS = 64


@dataclass(frozen=True)
class CellBatch:
    """Batch of R cells, of which the first ones of each item may learn a box.

    rows: of each map, (R_l,C_l). points, strides: (R,2), (R,). weight: (R,) how many cells each stands for. boxes:
    (M,4) true boxes in input pixels, labels: (M,). table: (M,MOST) which of the R cells may learn each box, -1: none.
    """

    rows: list[Tensor]
    points: Tensor
    strides: Tensor
    weight: Tensor
    boxes: Tensor
    labels: Tensor
    table: Tensor


@dataclass(frozen=True)
class _Item:
    """`cells`: those that may learn, ascending; `table` points into them. `others`: how many cells do not."""

    cells: NDArray[np.int64]
    table: NDArray[np.int64]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]


class CellSampler:
    """Sampler of cells: draws batches from some images of a `FeatureMapFiles`."""

    def __init__(self, files: FeatureMapFiles, images: Sequence[int]) -> None:
        self._files, self._images = files, images
        points, strides = middles(files.size)
        self._points, self._strides = points.numpy(), strides.numpy()
        self._starts = np.concatenate(([0], np.cumsum(files.cells)))
        self._items: dict[int, _Item] = {}

    def draw(self, chosen: Sequence[int], rng: np.random.Generator) -> CellBatch:
        """A batch of these images, by their place among those given, each in any of its variants."""
        numbers = [self._images[i] * len(PLACINGS) + int(rng.integers(len(PLACINGS))) for i in chosen]
        items = [self._item(number) for number in numbers]
        cells, owners, weights, tables, start = [], [], [], [], 0
        everything = int(self._starts[-1])
        for number, item in zip(numbers, items):
            others = rng.integers(0, everything, OTHERS)
            others = others[~np.isin(others, item.cells, assume_unique=False)]
            cells += [item.cells, others]
            owners.append(np.full(len(item.cells) + len(others), number))
            each = (everything - len(item.cells)) / max(1, len(others))
            weights += [np.ones(len(item.cells), np.float32), np.full(len(others), each, np.float32)]
            tables.append(np.where(item.table >= 0, item.table + start, -1))
            start += len(item.cells) + len(others)
        return self._joined(np.concatenate(cells), np.concatenate(owners), np.concatenate(weights), tables, items)

    def _joined(
        self,
        cells: NDArray[np.int64],
        owners: NDArray[np.int64],
        weights: NDArray[np.float32],
        tables: Sequence[NDArray[np.int64]],
        items: Sequence[_Item],
    ) -> CellBatch:
        """Map by map, as the head gives its answers."""
        level = np.searchsorted(self._starts, cells, side="right") - 1
        order = np.argsort(level, kind="stable")
        place = np.empty(len(order) + 1, np.int64)
        place[order], place[-1] = np.arange(len(order)), -1
        rows = [
            self._files.rows(k, owners[mine] * count + cells[mine] - self._starts[k])
            for k, count in enumerate(self._files.cells)
            for mine in (np.flatnonzero(level == k),)
        ]
        return CellBatch(
            rows,
            torch.from_numpy(self._points[cells[order]]),
            torch.from_numpy(self._strides[cells[order]]),
            torch.from_numpy(weights[order]),
            torch.from_numpy(np.concatenate([item.boxes for item in items])),
            torch.from_numpy(np.concatenate([item.labels for item in items])),
            torch.from_numpy(place[np.concatenate(tables)]),
        )

    def _item(self, number: int) -> _Item:
        if number not in self._items:
            index, variant = divmod(number, len(PLACINGS))
            self._items[number] = self._candidates(*self._files.samples.truth(index, PLACINGS[variant]))
        return self._items[number]

    def _candidates(self, boxes: NDArray[np.float32], labels: NDArray[np.int64]) -> _Item:
        table = np.full((len(boxes), MOST), -1, np.int64)
        for row, box in zip(table, boxes):
            middle, half = (box[:2] + box[2:]) / 2, (box[2:] - box[:2]) / 2
            stride = self._strides[:, None]
            # A box smaller than a cell may hold no middle of one; the nearest cell must still learn it.
            reach = np.minimum(np.maximum(half, stride * 0.5), stride * _RADIUS)
            near = np.flatnonzero((np.abs(self._points - middle) <= reach).all(1))[:MOST]
            row[: len(near)] = near
        cells, inverse = np.unique(table[table >= 0], return_inverse=True)
        table[table >= 0] = inverse
        return _Item(cells.astype(np.int64), table, boxes, labels)
