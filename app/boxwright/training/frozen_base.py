"""Detectors that learn in seconds: a small head on what a frozen base saw of a set of images, once for all.

For comparing many trainings on the same images, as an experiment does. A detector to work with comes from a `Trainer`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.progress import ShouldStop, never
from boxwright.training.checks import check_trainable
from boxwright.training.pace import Pace
from boxwright.training.protocol import BaseModel, Raw, TrainingImage, TrainingSet, TrainReport

if TYPE_CHECKING:
    import torch

    from boxwright.training.nets.point_head import PointHead

# Names and values of a head's parameters.
Weights = Mapping[str, NDArray[np.float32]]
# Images that the head answers for at a time.
_TOGETHER = 4


class FrozenBase:
    """Detectors that share one frozen base.

    `dataset` names every image that will ever be learnt from or looked at; they are told by their place in it.
    """

    def __init__(self, base: BaseModel, dataset: TrainingSet, folder: Path, size: int | None = None) -> None:
        """`folder` keeps what the base sees. `size`: side of the square input, a multiple of 32; None for the base's
        own. Raises `TrainingError` when the base offers no features, or there is nothing to learn."""
        check_trainable(dataset)
        from boxwright.training.nets.base_graph import at_size, read_base
        from boxwright.training.nets.map_files import FeatureMapFiles

        own = replace(base.card.input, resize="letterbox")
        graph = at_size(read_base(base.onnx, own), size or max(own.width, own.height))
        self._bank = FeatureMapFiles(graph, base.feed, dataset, folder)
        self._classes = len(dataset.classes)

    @property
    def images(self) -> tuple[TrainingImage, ...]:
        return self._bank.images

    @property
    def size(self) -> int:
        """Side of the square input in pixels."""
        return self._bank.size

    def look(self, threads: int, report: TrainReport, should_stop: ShouldStop) -> None:
        """Run the base on every image it has not seen. Raises `Cancelled`, and the next call goes on, and
        `TrainingError`."""
        self._bank.compute(threads, report, should_stop)

    def train(
        self,
        learnt: Sequence[int],
        pace: Pace,
        seed: int,
        start: Weights | None = None,
        should_stop: ShouldStop = never,
    ) -> Weights:
        """A head for the images `learnt`, new or going on from `start`, on one core. The same arguments give the same
        weights on the same machine. Raises `Cancelled` and `TrainingError`."""
        import torch

        from boxwright.training.nets.point_fit import new_head, teach

        torch.set_num_threads(1)
        torch.manual_seed(seed)
        head = new_head(self._bank, learnt, self._classes)
        if start is not None:
            head.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in start.items()})
        taught = teach(head, self._bank, learnt, self._classes, pace, seed, should_stop)
        return {name: value.numpy() for name, value in taught.state_dict().items()}

    def detect(self, weights: Weights, shown: Sequence[int], floor: float, most: int = 1000) -> Iterator[Raw]:
        """For each image of `shown`, before any suppression: the `most` best boxes that score at least `floor` (0..1),
        (N,4) float32 xyxy pixels of the image, and (N,C) float32 class scores, best first."""
        import torch

        from boxwright.training.nets.point_head import boxes_of, middles

        torch.set_num_threads(1)
        head = self._head(weights)
        points, strides = middles(self.size)
        for start in range(0, len(shown), _TOGETHER):
            part = list(shown[start : start + _TOGETHER])
            with torch.inference_mode():
                logits, reach = (self._by_image(answer, len(part)) for answer in head(self._bank.plain(part)))
            for index, scores, sides in zip(part, logits.sigmoid(), reach):
                best = scores.amax(1)
                kept = torch.nonzero(best >= floor)[:, 0]
                kept = kept[best[kept].argsort(descending=True, stable=True)[:most]]
                boxes = boxes_of(sides[kept], points[kept], strides[kept]).numpy()
                yield self._placed(self.images[index], boxes), scores[kept].numpy()

    def pooled(self, shown: Sequence[int]) -> NDArray[np.float32]:
        """(N,D) mean of each channel over the cells of the three maps, map by map: what the images look like to the
        base as a whole."""
        rows = [np.concatenate([level.mean(0).numpy() for level in self._bank.plain([index])]) for index in shown]
        return np.asarray(rows, dtype=np.float32)

    def _head(self, weights: Weights) -> PointHead:
        import torch

        from boxwright.training.nets.point_fit import new_head

        head = new_head(self._bank, range(1), self._classes)
        head.load_state_dict({name: torch.from_numpy(np.array(value)) for name, value in weights.items()})
        head.eval()
        return head

    def _by_image(self, answers: torch.Tensor, count: int) -> torch.Tensor:
        """Map by map (R,N) as (count,A,N)."""
        import torch

        levels = torch.split(answers, [cells * count for cells in self._bank.cells])
        return torch.cat([level.view(count, -1, level.shape[-1]) for level in levels], 1)

    def _placed(self, image: TrainingImage, boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        """From the letterbox to the pixels of the image, clipped to it."""
        scale = self.size / max(image.width, image.height)
        offset = np.array([(self.size - side * scale) / 2 for side in (image.width, image.height)] * 2)
        limit = np.array([image.width, image.height] * 2)
        return np.asarray(np.clip((boxes - offset) / scale, 0, limit), dtype=np.float32)
