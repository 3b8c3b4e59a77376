"""The colours of classes are told apart, whatever kind of colour vision a person has."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from boxwright.domain.classes import PALETTE

# Machado, Oliveira & Fernandes (2009), severity 1.0, for linear sRGB.
VISIONS = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
    "tritanopia": ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900)),
}
TO_XYZ = np.array(
    ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
)
WHITE = np.array((0.95047, 1.0, 1.08883))


def cielab(color: str, vision: str) -> NDArray[np.float64]:
    """CIE 1976 L*a*b* (D65) of `#rrggbb` as it is seen."""
    srgb = np.array([int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(VISIONS[vision]) @ linear, 0, 1)
    ratio = TO_XYZ @ seen / WHITE
    x, y, z = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.array((116 * y - 16, 500 * (x - y), 200 * (y - z)))


@pytest.mark.parametrize("vision", VISIONS)
@pytest.mark.parametrize(("count", "least"), [(12, 16.0), (len(PALETTE), 12.0)])
def test_no_two_colours_look_alike(vision: str, count: int, least: float) -> None:
    seen = [cielab(color, vision) for color in PALETTE[:count]]
    distances = {
        (PALETTE[i], PALETTE[j]): float(np.linalg.norm(seen[i] - seen[j]))
        for i, j in itertools.combinations(range(count), 2)
    }
    assert {pair: round(d, 1) for pair, d in distances.items() if d < least} == {}
