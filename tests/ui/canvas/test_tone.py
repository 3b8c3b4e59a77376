"""Brightness, contrast, gamma and the window of deep pictures: for looking only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PySide6.QtGui import QColor
from tests.labelling import HEIGHT, WIDTH
from tests.ui.canvas.hand import Hand, picture

from boxwright.ui.canvas.tone import PLAIN, Tone
from boxwright.ui.look.pixels import pixels_of, to_qimage


def noise(height: int = HEIGHT, width: int = WIDTH) -> NDArray[np.uint8]:
    return np.random.default_rng(5).integers(0, 255, (height, width, 3), dtype=np.uint8)


def ramp(low: int, high: int) -> NDArray[np.uint16]:
    """From black at the left to white at the right."""
    return np.tile(np.linspace(low, high, WIDTH).astype(np.uint16), (HEIGHT, 1))


def shown(hand: Hand) -> NDArray[np.int64]:
    image = hand.seen()  # which must outlive the array over its memory
    return pixels_of(image)[..., :3].astype(np.int64)


def grey_at(hand: Hand, x: float) -> int:
    return hand.color_at(x, 20).red()


@pytest.mark.parametrize(
    ("tone", "change"),
    [(Tone(brightness=30), 1), (Tone(brightness=-30), -1), (Tone(gamma=2.0), 1), (Tone(gamma=0.5), -1)],
)
def test_a_tone_changes_what_is_seen_and_plain_brings_it_back(hand: Hand, tone: Tone, change: int) -> None:
    hand.view.set_image(picture(color="#808080"), WIDTH, HEIGHT)
    before = grey_at(hand, 180)
    hand.view.set_tone(tone)
    assert (grey_at(hand, 180) - before) * change > 0
    hand.view.set_tone(PLAIN)
    assert grey_at(hand, 180) == before


def test_contrast_pulls_light_and_dark_apart(hand: Hand) -> None:
    dark: list[int] = []
    light: list[int] = []
    for color, seen in (("#606060", dark), ("#a0a0a0", light)):
        hand.view.set_image(picture(color=color), WIDTH, HEIGHT)
        for contrast in (0, 40):
            hand.view.set_tone(Tone(contrast=contrast))
            seen.append(grey_at(hand, 180))
    assert dark[1] < dark[0] < light[0] < light[1]


def test_boxes_keep_their_colours(hand: Hand) -> None:
    style = hand.view.box_painter.style_of(1).solid.color()
    hand.view.set_tone(Tone(brightness=-80))
    line = {hand.color_at(39.4, y).name() for y in range(45, 95)}
    assert style.name() in line


@pytest.mark.parametrize("zoom", [0.37, 0.8, 1.0, 1.7, 5.0, 90.0])
def test_a_toned_picture_lies_where_the_plain_one_does(hand: Hand, zoom: float) -> None:
    hand.model.threshold = 1.0
    smooth = np.kron(noise(HEIGHT // 20, WIDTH // 20), np.ones((20, 20, 1), dtype=np.uint8))
    hand.view.set_image(to_qimage(smooth), WIDTH, HEIGHT)
    hand.view.zoom_by(zoom)
    plain = shown(hand)
    hand.view.set_tone(Tone(gamma=1.0001))
    toned = shown(hand)
    differing = (np.abs(plain - toned).max(axis=2) > 8).mean()
    assert differing < (0.03 if zoom < 1 else 0.002)


def test_a_deep_picture_is_shown_in_the_window_of_most_values(hand: Hand) -> None:
    deep = ramp(1000, 2000)
    deep[:2, :2] = 65535
    hand.view.set_image(to_qimage(deep), WIDTH, HEIGHT)
    assert grey_at(hand, 130) == pytest.approx(255 / 3, abs=8)
    assert grey_at(hand, 260) == pytest.approx(255 * 2 / 3, abs=8)
    hand.view.set_tone(Tone(window=(1900, 2000)))
    assert grey_at(hand, 180) == 0
    assert grey_at(hand, 380) == pytest.approx(255 / 2, abs=8)


def test_a_deep_picture_in_colour_keeps_its_hues(hand: Hand) -> None:
    blue_green_red = np.zeros((HEIGHT, WIDTH, 3), dtype=np.uint16)
    blue_green_red[:] = (0, 2000, 4000)
    hand.view.set_tone(Tone(window=(0, 4000)))
    hand.view.set_image(to_qimage(blue_green_red), WIDTH, HEIGHT)
    assert hand.color_at(180, 20) == QColor(255, 128, 0)


def test_a_very_large_picture_is_kept_without_the_fourth_byte(monkeypatch: pytest.MonkeyPatch, hand: Hand) -> None:
    monkeypatch.setattr("boxwright.ui.look.pixels._LARGE", 1000)
    image = to_qimage(np.full((HEIGHT, WIDTH, 3), (200, 100, 50), dtype=np.uint8))
    assert image.bytesPerLine() == 3 * WIDTH
    hand.view.set_image(image, WIDTH, HEIGHT)
    assert hand.color_at(180, 20) == QColor(50, 100, 200)
    hand.view.set_tone(Tone(brightness=100))
    assert hand.color_at(180, 20) == QColor("white"), "the tone takes this layout, too"


@given(
    st.integers(-100, 100),
    st.integers(-100, 99),
    st.floats(0.2, 5.0),
)
def test_lighter_stays_lighter_in_every_tone(brightness: int, contrast: int, gamma: float) -> None:
    shown = Tone(brightness, contrast, gamma).curve(np.linspace(0, 1, 256)).astype(int)
    assert (np.diff(shown) >= 0).all()


def test_the_plain_tone_changes_no_value() -> None:
    assert PLAIN.curve(np.arange(256) / 255).tolist() == list(range(256))
