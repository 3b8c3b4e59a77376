"""Tone window for pictures of more than 8 bits: which of their values people and detectors tell apart in 8 bits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.integer | np.floating]
"""What a picture's file holds, of any number type."""

Window = tuple[float, float]
"""The value that becomes black, and the one that becomes white."""

_LOOKED_AT = 500
"""Rows and columns of a picture that its window is guessed from."""

_TAILS = (0.5, 99.5)
"""Percentiles of the values that become black and white."""

_LARGEST_16 = 65535
_NO_VALUE = 1e30
"""What is farther from 0 says that nothing was measured there."""


def guessed_window(pixels: NDArray[np.uint16]) -> Window:
    """The range of most values of (H,W) or (H,W,C): a few very bright pixels must not make all else black."""
    low, high = _most(pixels)
    return low, max(high, low + 1)


def eight_bits(pixels: NDArray[np.uint8 | np.uint16]) -> NDArray[np.uint8]:
    """(H,W,3) uint8 of (H,W) or (H,W,3): a deep picture in the window of most of its values; what lies outside of it is
    black or white. Detectors, trainings, previews and the canvas, until a person moves the window, see this."""
    if pixels.dtype == np.uint8:
        return np.asarray(pixels, dtype=np.uint8)
    low, high = guessed_window(np.asarray(pixels, dtype=np.uint16))
    table = np.clip((np.arange(_LARGEST_16 + 1) - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8)
    shown = table[pixels]
    return np.repeat(shown[..., None], 3, axis=2) if shown.ndim == 2 else np.asarray(shown)


def sixteen_bits(values: Samples) -> NDArray[np.uint16]:
    """(H,W), (H,W,1) or (H,W,3) of any number type -> (H,W) or (H,W,3). What 16 bits do not hold is spread over them:
    the range of most values and as much again on either side, so that a single wild one takes no room from others."""
    values = values[..., 0] if values.ndim == 3 and values.shape[2] == 1 else values
    whole = np.issubdtype(values.dtype, np.integer)
    if whole and (values.dtype == np.uint16 or (values.min() >= 0 and values.max() <= _LARGEST_16)):
        return values.astype(np.uint16)
    real = values.astype(np.float32)
    measured = np.abs(real) < _NO_VALUE
    if not measured.any():
        return np.zeros(real.shape, np.uint16)
    first, last = float(real.min(where=measured, initial=np.inf)), float(real.max(where=measured, initial=-np.inf))
    low, high = _most(real)
    first, last = max(first, 2 * low - high), min(last, 2 * high - low)
    real[~measured] = first
    scale = _LARGEST_16 / (last - first) if last > first else 0.0
    return np.asarray(np.clip((real - first) * scale + 0.5, 0, _LARGEST_16), dtype=np.uint16)


def _most(values: Samples) -> Window:
    """The percentiles `_TAILS` of what was measured. Where nearly all is one value, as around a few things on an empty
    ground, those of the rest join it."""
    thinned = values[:: max(1, len(values) // _LOOKED_AT), :: max(1, values.shape[1] // _LOOKED_AT)].ravel()
    if thinned.dtype.kind == "f":
        thinned = thinned[np.abs(thinned) < _NO_VALUE]
    if not thinned.size:
        return 0.0, 0.0
    low, high = np.percentile(thinned, _TAILS)
    if high <= low and (other := thinned[thinned != low]).size:
        below, above = np.percentile(other, _TAILS)
        low, high = min(low, below), max(high, above)
    return float(low), float(high)
