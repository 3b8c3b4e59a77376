"""Image embeddings: one vector an image, near for images that look alike to a detector."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ImageFeatures:
    """Embeddings of N images.

    image_ids: (N,) int64, ascending, unique. rows: (N,D) float16 or float32, finite, of any length and centre.
    """

    image_ids: NDArray[np.int64]
    rows: NDArray[np.float16] | NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.image_ids)
