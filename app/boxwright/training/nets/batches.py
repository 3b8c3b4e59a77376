"""Batches of pictures to learn from, fed the way that a network's input wants them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.training.augment import InputPlacing, Samples
from boxwright.training.nets.course import Batch, BatchSource
from boxwright.training.protocol import TrainingSet
from boxwright.training.sampling_order import repeat_factors

# An (S,S,3) uint8 BGR picture as the network's input tensor, without its batch axis.
ToTensor = Callable[[NDArray[np.uint8]], Array]


def boxes_per_image(dataset: TrainingSet) -> float:
    """A head's class scores begin at what this says is likely."""
    return sum(len(image.labels) for image in dataset.images) / len(dataset.images)


def pictures(dataset: TrainingSet, size: int, to_tensor: ToTensor) -> BatchSource[torch.Tensor]:
    """Pictures of `size` pixels, drawn anew each time: flipped, scaled, moved, recoloured."""
    samples = Samples(dataset, size)

    def draw(indices: Sequence[int], rng: np.random.Generator) -> Batch[torch.Tensor]:
        drawn = [samples.draw(i, rng) for i in indices]
        return _stacked([to_tensor(p) for p, _, _ in drawn]), *_truths([(b, c) for _, b, c in drawn])

    return BatchSource(draw, factors_of(dataset))


def plain_picture(samples: Samples, index: int, to_tensor: ToTensor) -> torch.Tensor:
    """One image as inference sees it, as a batch of one."""
    return _stacked([to_tensor(samples.placed(index, InputPlacing())[0])])


def factors_of(dataset: TrainingSet) -> NDArray[np.float64]:
    """(N,) how often each image is shown; see `repeat_factors`."""
    return repeat_factors([image.labels for image in dataset.images], len(dataset.classes))


def _stacked(tensors: Sequence[Array]) -> torch.Tensor:
    return torch.from_numpy(np.stack(tensors))


def _truths(
    found: Sequence[tuple[NDArray[np.float32], NDArray[np.int64]]],
) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    return [torch.from_numpy(boxes) for boxes, _ in found], [torch.from_numpy(labels) for _, labels in found]
