"""Pictures of more than 8 bits through a window: which of their values are told apart on a screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Window = tuple[float, float]
"""The value that becomes black, and the one that becomes white."""

_LOOKED_AT = 500
"""Rows and columns of a picture that its window is guessed from."""

_TAILS = (0.5, 99.5)
"""Percentiles of the values that become black and white."""


def guessed_window(pixels: NDArray[np.uint16]) -> Window:
    """The range of most values of (H,W) or (H,W,C): a few very bright pixels must not make all else black."""
    thinned = pixels[:: max(1, len(pixels) // _LOOKED_AT), :: max(1, pixels.shape[1] // _LOOKED_AT)]
    low, high = np.percentile(thinned, _TAILS)
    return float(low), float(max(high, low + 1))


def eight_bits(pixels: NDArray[np.uint8 | np.uint16]) -> NDArray[np.uint8]:
    """(H,W,3) uint8 of what `read_for_viewing` gives: a deep picture in the window of most of its values; what lies
    outside of it is black or white."""
    if pixels.dtype == np.uint8:
        return np.asarray(pixels, dtype=np.uint8)
    low, high = guessed_window(np.asarray(pixels, dtype=np.uint16))
    table = np.clip((np.arange(65536) - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8)
    shown = table[pixels]
    return np.repeat(shown[..., None], 3, axis=2) if shown.ndim == 2 else np.asarray(shown)
