"""Pictures of more than 8 bits keep them for whoever looks at them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from tests.presence import present

from boxwright.imaging.read import read_for_viewing, read_image
from boxwright.imaging.thumbnail import thumbnail_jpeg
from boxwright.imaging.window import eight_bits
from boxwright.services.images.decoded import read_to_fit

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


def test_a_detector_sees_what_a_person_sees(tmp_path: Path) -> None:
    file = encoded(tmp_path / "x.png", RAMP)
    pixels = read_image(file)
    assert (pixels.dtype, pixels.min(), pixels.max()) == (np.uint8, 0, 255)
    assert np.array_equal(pixels, eight_bits(read_for_viewing(file)))
    assert np.array_equal(pixels, read_to_fit(file, None))


def saved(path: Path, values: NDArray[Any]) -> Path:
    Image.fromarray(values).save(path)
    return path


KINDS: dict[str, tuple[NDArray[Any], float]] = {
    "12 bits": (RAMP, 65535),
    "few of 16 bits": (RAMP // 40, 65535),
    "whole numbers": (RAMP.astype(np.int32) * 70_000 - 5, 2**31 - 1),
    "below zero": (RAMP.astype(np.int32) * -70_000, -(2**31) + 1),
    "fractions": (RAMP.astype(np.float32) / 4095, 1e9),
    "no value": (RAMP.astype(np.float32) / 4095, -3.4028235e38),
    "not a number": (RAMP.astype(np.float32) / 4095, np.nan),
    "endless": (RAMP.astype(np.float32) / 4095, np.inf),
}


@pytest.mark.parametrize("max_side", [None, 32])
@pytest.mark.parametrize("kind", KINDS)
def test_a_hot_pixel_changes_nothing_for_a_detector(tmp_path: Path, kind: str, max_side: int | None) -> None:
    values, wild = KINDS[kind]
    hot = values.copy()
    hot[20, 30] = wild
    suffix = ".png" if values.dtype == np.uint16 else ".tif"
    before = read_image(saved(tmp_path / f"a{suffix}", values), max_side).astype(int)
    after = read_image(saved(tmp_path / f"b{suffix}", hot), max_side).astype(int)
    assert before.max() - before.min() > 240
    assert (np.abs(after - before) > 3).sum() <= 3, "only the pixel itself may differ, in three channels"


def test_things_on_an_empty_ground_keep_their_tones(tmp_path: Path) -> None:
    """Less than the half percent that a window leaves out."""
    sparse = np.zeros((400, 400), np.uint16)
    sparse[10:30, 10:30] = np.linspace(100, 1000, 400).reshape(20, 20)
    seen = read_image(encoded(tmp_path / "x.png", sparse))[10:30, 10:30, 0]
    assert len(np.unique(seen)) > 100


@pytest.mark.parametrize("value", [0, 7, 65535])
def test_a_flat_picture_is_one_tone(tmp_path: Path, value: int) -> None:
    seen = read_image(encoded(tmp_path / "x.png", np.full((20, 20), value, np.uint16)))
    assert (seen.shape, len(np.unique(seen))) == ((20, 20, 3), 1)


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
    jpeg = thumbnail_jpeg(encoded(tmp_path / "x.png", deep))
    preview = present(cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE))
    assert int(preview[24, 32]) == pytest.approx(128, abs=8)
    assert preview[46, 50] > 240
