"""Pictures of more than 8 bits keep them for whoever looks at them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from boxwright.imaging.read import read_for_viewing, read_image
from boxwright.imaging.thumbnail import thumbnail_jpeg

RAMP = np.linspace(0, 4095, 64 * 48).reshape(48, 64).astype(np.uint16)


def encoded(path: Path, pixels: NDArray[np.uint16]) -> Path:
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())
    return path


@pytest.mark.parametrize("suffix", [".png", ".tif"])
@pytest.mark.parametrize("channels", [1, 3])
def test_every_value_is_kept(tmp_path: Path, suffix: str, channels: int) -> None:
    written = RAMP if channels == 1 else np.dstack([RAMP, RAMP // 2, RAMP // 3])
    seen = read_for_viewing(encoded(tmp_path / f"x{suffix}", written))
    assert seen.dtype == np.uint16
    assert np.array_equal(seen, written)


def test_what_a_detector_gets_is_stretched_as_before(tmp_path: Path) -> None:
    pixels = read_image(encoded(tmp_path / "x.png", RAMP))
    assert (pixels.dtype, pixels.min(), pixels.max()) == (np.uint8, 0, 255)


def test_fractions_are_spread_over_sixteen_bits(tmp_path: Path) -> None:
    Image.fromarray(np.linspace(-1, 1, 64 * 48, dtype=np.float32).reshape(48, 64)).save(tmp_path / "x.tif")
    seen = read_for_viewing(tmp_path / "x.tif")
    assert (seen.dtype, seen.min(), seen.max()) == (np.uint16, 0, 65535)
    assert (np.diff(seen.astype(int).ravel()) >= 0).all()


def test_a_large_one_is_reduced_as_others_are(tmp_path: Path) -> None:
    large = np.kron(RAMP, np.ones((4, 4), dtype=np.uint16))
    seen = read_for_viewing(encoded(tmp_path / "x.png", large), max_side=64)
    assert (seen.dtype, seen.shape) == (np.uint16, (48, 64))
    assert np.array_equal(seen, RAMP)


def test_an_ordinary_picture_is_read_as_ever(tmp_path: Path) -> None:
    Image.fromarray(np.dstack([RAMP >> 4] * 3).astype(np.uint8)).save(tmp_path / "x.jpg")
    assert np.array_equal(read_for_viewing(tmp_path / "x.jpg"), read_image(tmp_path / "x.jpg"))


@pytest.mark.parametrize("channels", [1, 3])
def test_a_few_bright_pixels_do_not_make_a_preview_black(tmp_path: Path, channels: int) -> None:
    deep = RAMP if channels == 1 else np.dstack([RAMP] * 3)
    deep = deep.copy()
    deep[0, 0] = 65535
    preview = cv2.imdecode(
        np.frombuffer(thumbnail_jpeg(encoded(tmp_path / "x.png", deep)), np.uint8), cv2.IMREAD_GRAYSCALE
    )
    assert int(preview[24, 32]) == pytest.approx(128, abs=8)
    assert preview[46, 50] > 240
