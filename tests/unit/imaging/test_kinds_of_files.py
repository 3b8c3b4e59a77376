"""Every kind of file that a folder may hold is read properly or marked with a short reason."""

from __future__ import annotations

import contextlib
import io
import os
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from boxwright.imaging.probe import probe
from boxwright.imaging.read import ImageReadError, read_image
from boxwright.imaging.thumbnail import thumbnail_jpeg

RAMP = np.linspace(0, 255, 64 * 48).reshape(48, 64).astype(np.uint8)
COLOR = np.dstack([RAMP, RAMP // 2, RAMP // 3])


def saved(path: Path, image: Image.Image, kind: str | None = None, **options: Any) -> Path:
    image.save(path, kind, **options)
    return path


def jpeg_bytes() -> bytes:
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG")
    return buffer.getvalue()


def in_mode(mode: str) -> Image.Image:
    return Image.fromarray(RAMP.astype(np.uint16) * 200) if mode == "I;16" else Image.fromarray(COLOR).convert(mode)


def savable() -> list[tuple[str, str]]:
    """Every (mode, suffix) that Pillow can write."""
    found = []
    for mode in ("1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I;16", "I", "F"):
        for suffix, kind in Image.registered_extensions().items():
            if suffix in (".png", ".jpg", ".tif", ".bmp", ".gif", ".webp", ".ppm"):
                with contextlib.suppress(OSError, KeyError, ValueError):
                    in_mode(mode).save(io.BytesIO(), kind)
                    found.append((mode, suffix))
    return found


@pytest.mark.parametrize(("mode", "suffix"), savable())
def test_every_mode_is_read_as_three_channels(tmp_path: Path, mode: str, suffix: str) -> None:
    path = saved(tmp_path / f"x{suffix}", in_mode(mode))
    found = probe(path)
    assert (found.width, found.height, found.problem) == (64, 48, None)
    pixels = read_image(path)
    assert pixels.shape == (48, 64, 3)
    assert pixels.dtype == np.uint8
    assert pixels.std() > 10, "the ramp is still there"


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_twelve_bits_in_sixteen_are_not_black(tmp_path: Path, suffix: str) -> None:
    deep = (RAMP.astype(np.uint16) * 16)[..., None].repeat(3, axis=2)
    import cv2

    (tmp_path / f"x{suffix}").write_bytes(cv2.imencode(suffix, deep)[1].tobytes())
    pixels = read_image(tmp_path / f"x{suffix}")
    assert (pixels.min(), pixels.max()) == (0, 255)


def test_cmyk_looks_as_pillow_shows_it(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.jpg", Image.new("CMYK", (40, 30), (255, 0, 0, 0)))
    expected = np.asarray(Image.open(path).convert("RGB"), dtype=int)[0, 0, ::-1]
    assert np.abs(read_image(path)[0, 0] - expected).max() <= 2


@pytest.mark.parametrize("suffix", [".png", ".webp", ".tif"])
def test_see_through_pixels_are_white(tmp_path: Path, suffix: str) -> None:
    pixels = np.zeros((20, 20, 4), np.uint8)
    pixels[:, 10:] = (0, 0, 255, 255)
    options: dict[str, Any] = {"lossless": True} if suffix == ".webp" else {}
    path = saved(tmp_path / f"x{suffix}", Image.fromarray(pixels), **options)
    read = read_image(path)
    assert read[5, 2].tolist() == [255, 255, 255]
    assert read[5, 15].tolist() == [255, 0, 0]


def test_a_palette_with_a_transparent_entry_is_white_there(tmp_path: Path) -> None:
    image = Image.new("P", (20, 20), 1)
    image.putpalette([10, 20, 30, 200, 0, 0])
    image.paste(0, (0, 0, 10, 20))
    read = read_image(saved(tmp_path / "x.png", image, transparency=1))
    assert read[5, 15].tolist() == [255, 255, 255]
    assert read[5, 5].tolist() == [30, 20, 10]


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_an_animation_shows_its_first_frame(tmp_path: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (32, 24), color) for color in ("red", "blue", "lime")]
    path = saved(tmp_path / f"x{suffix}", frames[0], save_all=True, append_images=frames[1:])
    assert probe(path).problem is None
    blue, green, red = read_image(path)[10, 10].tolist()
    assert red > 200
    assert max(blue, green) < 60


def test_the_content_counts_not_the_name(tmp_path: Path) -> None:
    path = saved(tmp_path / "really_a_jpeg.png", Image.fromarray(COLOR), "JPEG")
    assert probe(path).problem is None
    assert read_image(path).shape == (48, 64, 3)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp", ".gif", ".webp", ".tif", ".ppm", ".jp2", ".avif"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_cut_file_is_marked(tmp_path: Path, suffix: str, share: float) -> None:
    noise = np.random.default_rng(2).integers(0, 255, (200, 300, 3), dtype=np.uint8)
    path = saved(tmp_path / f"x{suffix}", Image.fromarray(noise))
    assert probe(path).problem is None
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    found = probe(path)
    assert found.problem in ("truncated", "damaged", "not an image")
    assert (found.width, found.height) == (0, 0)
    assert found.content_hash


def test_a_cut_jpeg_with_a_whole_thumbnail_inside_is_marked(tmp_path: Path) -> None:
    """The thumbnail's own end marker must not pass for the end of the image."""
    thumbnail = b"\xff\xe1" + struct.pack(">H", 2 + 6 + 2) + b"Exif\0\0" + b"\xff\xd9"
    content = jpeg_bytes()
    path = tmp_path / "x.jpg"
    path.write_bytes(content[:2] + thumbnail + content[2 : len(content) // 2])
    assert probe(path).problem == "truncated"


def test_bytes_behind_the_end_of_a_jpeg_are_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "x.jpg"
    path.write_bytes(jpeg_bytes() + b"appended by a camera")
    assert probe(path).problem is None


def bomb_png(width: int, height: int) -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


def test_a_pixel_bomb_is_not_decoded(tmp_path: Path) -> None:
    path = tmp_path / "x.png"
    path.write_bytes(bomb_png(60_000, 60_000))
    assert probe(path).problem == "too large (60000 x 60000 pixels)"
    with pytest.raises(ImageReadError, match="too large"):
        read_image(path, max_side=64)


def test_files_that_are_no_images_have_a_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").touch()
    (tmp_path / "text.jpg").write_text("hello")
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "broken.jpg").symlink_to(tmp_path / "nowhere.jpg")
    os.mkfifo(tmp_path / "pipe.jpg")
    reasons = {
        "empty.jpg": "empty file",
        "text.jpg": "not an image",
        "folder.jpg": "is a folder",
        "broken.jpg": "broken link",
        "pipe.jpg": "not a regular file",
        "gone.jpg": "file is missing",
    }
    assert {name: probe(tmp_path / name).problem for name in reasons} == reasons
    for name in reasons:
        with pytest.raises(ImageReadError, match=name):
            read_image(tmp_path / name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_file_without_the_right_to_read_has_a_reason(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.png", Image.fromarray(COLOR))
    path.chmod(0)
    code = (
        "import os, pathlib; from boxwright.imaging.probe import probe; os.seteuid(65534); "
        f"print(probe(pathlib.Path({str(path)!r})).problem)"
    )
    for folder in path.parents[:3]:
        folder.chmod(0o755)
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "permission denied"


def test_the_hash_is_that_of_the_whole_file(tmp_path: Path) -> None:
    from hashlib import blake2b

    large = jpeg_bytes() + b"\0" * (9 << 20) + b"end"
    for name, content in (("small.jpg", jpeg_bytes()), ("large.jpg", large)):
        (tmp_path / name).write_bytes(content)
        assert probe(tmp_path / name).content_hash == blake2b(content, digest_size=16).hexdigest()


def test_a_thumbnail_is_a_small_upright_jpeg(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    path = saved(tmp_path / "x.jpg", Image.new("RGB", (1000, 500), "red"), exif=exif)
    small = Image.open(io.BytesIO(thumbnail_jpeg(path)))
    assert (small.format, small.size) == ("JPEG", (64, 128))


def test_a_small_image_is_not_blown_up(tmp_path: Path) -> None:
    path = saved(tmp_path / "x.png", Image.new("RGB", (10, 6), "red"))
    assert Image.open(io.BytesIO(thumbnail_jpeg(path))).size == (10, 6)
