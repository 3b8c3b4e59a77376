"""What augmentation does to the picture it does to the boxes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boxwright.training import augment
from boxwright.training.augment import Samples
from boxwright.training.protocol import TrainingImage, TrainingSet

SIZE = 128


def one_rectangle(width: int, height: int, box: tuple[int, int, int, int]) -> TrainingSet:
    """A dark picture with one bright rectangle."""
    image = np.full((height, width, 3), 20, np.uint8)
    image[box[1] : box[3], box[0] : box[2]] = 240
    item = TrainingImage(Path("a.png"), width, height, np.array([box], np.float32), np.array([0], np.int64))
    return TrainingSet(("thing",), (item,), lambda *_: image)


@settings(deadline=None, max_examples=60)
@given(
    width=st.integers(90, 400),
    height=st.integers(90, 400),
    left=st.integers(0, 40),
    top=st.integers(0, 40),
    seed=st.integers(0, 10_000),
)
def test_the_box_follows_the_pixels(width: int, height: int, left: int, top: int, seed: int) -> None:
    dataset = one_rectangle(width, height, (left, top, left + 50, top + 40))
    image, boxes, labels = Samples(dataset, SIZE).draw(0, np.random.Generator(np.random.PCG64(seed)))
    assert image.shape == (SIZE, SIZE, 3)
    if not len(boxes):
        return
    assert labels.tolist() == [0]
    # The filling around the picture is grey: at most 0.7 of the rectangle's brightness, however both are recoloured.
    dark = image.min(axis=2)
    ys, xs = np.nonzero(dark > 0.8 * dark.max())
    seen = (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)
    assert boxes[0] == pytest.approx(seen, abs=3)


def test_pictures_are_read_once_while_they_fit_and_again_when_they_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[Path] = []
    image = np.zeros((100, 100, 3), np.uint8)
    items = tuple(
        TrainingImage(Path(f"{i}"), 100, 100, np.zeros((0, 4), np.float32), np.zeros(0, np.int64)) for i in range(3)
    )

    def read(path: Path, _: int) -> np.ndarray:
        reads.append(path)
        return image

    rng = np.random.Generator(np.random.PCG64(0))
    samples = Samples(TrainingSet(("a",), items, read), 64)
    for index in (0, 1, 2, 0, 1, 2):
        samples.draw(index, rng)
    assert len(reads) == 3
    monkeypatch.setattr(augment, "CACHE_BYTES", 2 * image.nbytes)
    samples = Samples(TrainingSet(("a",), items, read), 64)
    for index in (0, 1, 2, 0):
        samples.draw(index, rng)
    assert len(reads) == 3 + 4


def test_a_box_that_left_the_frame_is_not_learnt() -> None:
    dataset = one_rectangle(400, 400, (0, 0, 30, 30))
    samples = Samples(dataset, SIZE)
    counts = {len(samples.draw(0, np.random.Generator(np.random.PCG64(seed)))[1]) for seed in range(60)}
    assert counts == {0, 1}
