"""`probe` and `read_image` on the same files: every orientation, mode and format, against Pillow as the judge."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from boxwright.imaging.probe import probe
from boxwright.imaging.read import read_image

FORMATS = {"JPEG": ".jpg", "PNG": ".png", "WEBP": ".webp", "TIFF": ".tif", "MPO": ".jpg", "AVIF": ".avif"}


def corners(width: int, height: int) -> Image.Image:
    """Four quarters of different colours, so that every turn and mirror looks different."""
    pixels = np.zeros((height, width, 3), np.uint8)
    top, left = height // 2, width // 2
    pixels[:top, :left] = (220, 30, 30)
    pixels[:top, left:] = (30, 200, 30)
    pixels[top:, :left] = (30, 30, 220)
    pixels[top:, left:] = (230, 230, 40)
    return Image.fromarray(pixels)


def oriented(path: Path, image: Image.Image, kind: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image.save(path, kind, exif=exif)


def quarters(pixels: np.ndarray) -> np.ndarray:
    """The colour in the middle of each quarter of an (H,W,3) image."""
    height, width = pixels.shape[:2]
    rows, columns = (height // 4, -(height // 4) - 1), (width // 4, -(width // 4) - 1)
    return np.array([pixels[r, c] for r in rows for c in columns], dtype=int)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", FORMATS)
def test_pixels_are_upright_in_every_format_and_orientation(tmp_path: Path, kind: str, orientation: int) -> None:
    path = tmp_path / f"x{FORMATS[kind]}"
    oriented(path, corners(96, 64), kind, orientation)
    upright = ImageOps.exif_transpose(Image.open(path)).convert("RGB")

    found = probe(path)
    assert (found.width, found.height, found.problem) == (*upright.size, None)
    pixels = read_image(path)
    assert pixels.shape == (found.height, found.width, 3)
    assert np.abs(quarters(pixels)[:, ::-1] - quarters(np.asarray(upright))).max() < 20


@given(
    kind=st.sampled_from(sorted(FORMATS)),
    orientation=st.integers(1, 8),
    width=st.integers(8, 200),
    height=st.integers(8, 200),
    max_side=st.none() | st.integers(1, 250),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_a_reduced_image_keeps_shape_and_turn(
    tmp_path: Path, kind: str, orientation: int, width: int, height: int, max_side: int | None
) -> None:
    path = tmp_path / f"x{FORMATS[kind]}"
    oriented(path, corners(width, height), kind, orientation)
    found, pixels = probe(path), read_image(path, max_side)
    assert found.problem is None
    if max_side is None:
        assert pixels.shape == (found.height, found.width, 3)
    else:
        assert max(pixels.shape[:2]) >= min(max_side, max(width, height))
        factor = next(f for f in (1, 2, 4, 8) if -(-found.width // f) == pixels.shape[1])
        assert pixels.shape[0] == -(-found.height // factor)
    assert pixels.flags.c_contiguous
    assert pixels.dtype == np.uint8


def test_a_large_jpeg_is_decoded_small(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    oriented(path, corners(4000, 3000), "JPEG", 6)
    assert read_image(path, max_side=600).shape == (1000, 750, 3)
    assert read_image(path, max_side=500).shape == (500, 375, 3)


def test_a_photograph_has_the_pixels_that_pillow_sees(data_dir: Path) -> None:
    path = next((data_dir / "coco-val128" / "images").glob("*.jpg"))
    expected = np.asarray(Image.open(path).convert("RGB"), dtype=int)[..., ::-1]
    assert np.abs(read_image(path) - expected).mean() < 1.5


def deep_tiff(values: np.ndarray, orientation: int) -> bytes:
    """An uncompressed TIFF of 16-bit RGB (H,W,3), which Pillow does not write."""
    height, width, _ = values.shape
    data = values.astype("<u2").tobytes()
    bits_at = 8 + len(data)
    tags = [
        (256, 3, 1, width), (257, 3, 1, height), (258, 3, 3, bits_at), (259, 3, 1, 1), (262, 3, 1, 2), (273, 4, 1, 8),
        (274, 3, 1, orientation), (277, 3, 1, 3), (278, 3, 1, height), (279, 4, 1, len(data)),
    ]  # fmt: skip
    directory = (
        struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0)
    )
    return b"II*\0" + struct.pack("<I", bits_at + 6) + data + struct.pack("<3H", 16, 16, 16) + directory


@pytest.mark.parametrize("max_side", [None, 20])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_sixteen_bit_colour_tiff_is_upright(tmp_path: Path, orientation: int, max_side: int | None) -> None:
    stored = np.asarray(corners(96, 64))
    path = tmp_path / "x.tif"
    path.write_bytes(deep_tiff(stored.astype(np.uint16) * 257, orientation))
    exif = Image.Exif()
    exif[0x0112] = orientation
    plain = Image.fromarray(stored)
    plain.info["exif"] = exif.tobytes()
    upright = np.asarray(ImageOps.exif_transpose(plain))
    found = probe(path)
    assert (found.height, found.width, found.problem) == (*upright.shape[:2], None)
    pixels = read_image(path, max_side)
    assert pixels.shape[0] * found.width == pixels.shape[1] * found.height
    # Stretched to the whole range, so colours are a little off.
    assert np.abs(quarters(pixels)[:, ::-1] - quarters(upright)).max() < 45
