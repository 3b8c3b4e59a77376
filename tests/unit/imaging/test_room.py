"""What decoding takes of the memory is bounded, whatever lies in the files and however many threads read them."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow

from boxwright.imaging.read import read_image
from boxwright.imaging.room import DecodingRoom

THREE_GIGABYTES = 3 << 30


@given(sizes=st.lists(st.integers(0, 150), min_size=1, max_size=12))
def test_no_more_is_taken_at_once_than_there_is_room_and_what_is_larger_is_alone(sizes: list[int]) -> None:
    room, state = DecodingRoom(100), threading.Lock()
    inside: list[int] = []
    crowds: list[list[int]] = []

    def work(size: int) -> None:
        with room.taking(size):
            with state:
                inside.append(size)
                crowds.append(list(inside))
            with state:
                inside.remove(size)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, sizes))
    assert len(crowds) == len(sizes), "everybody had a turn"
    assert all(sum(crowd) <= 100 or len([size for size in crowd if size]) == 1 for crowd in crowds)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits what a process may allocate")
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tif", ".gif"])
def test_a_small_picture_with_gigabytes_behind_it_takes_little_memory(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"film{suffix}"
    Pillow.new("RGB", (64, 48), (200, 10, 10)).save(file)
    with file.open("r+b") as grown:
        grown.truncate(THREE_GIGABYTES)
    program = (
        "import sys; from pathlib import Path; from boxwright.config.limits import limit_this_process; "
        "from boxwright.imaging.read import read_image; from boxwright.config.opencv import cv2; cv2.resize; "
        "limit_this_process(1 << 30); print(read_image(Path(sys.argv[1])).shape)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "(48, 64, 3)", done.stderr


def test_see_through_pixels_of_many_bands_are_laid_on_white_without_a_seam(tmp_path: Path) -> None:
    alpha = np.linspace(0, 255, 1500).astype(np.uint8)[:, None].repeat(1000, axis=1)
    pixels = np.dstack([np.full_like(alpha, 40), np.full_like(alpha, 90), np.full_like(alpha, 160), alpha])
    Pillow.fromarray(pixels, "RGBA").save(tmp_path / "faint.png")
    share = alpha[..., None] / 255
    wanted = np.array([160, 90, 40]) * share + 255 * (1 - share)
    assert np.abs(read_image(tmp_path / "faint.png") - wanted).max() <= 0.51


def test_a_picture_read_to_fit_is_no_larger_than_asked_for_and_never_enlarged(tmp_path: Path) -> None:
    Pillow.new("RGB", (300, 200)).save(tmp_path / "a.png")
    assert read_image(tmp_path / "a.png", 100, fit=True).shape == (67, 100, 3)
    assert read_image(tmp_path / "a.png", 1000, fit=True).shape == (200, 300, 3)
