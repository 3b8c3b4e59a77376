"""From picture to input and back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.card import InputSpec, Resize
from boxwright.inference.preprocess import place, prepare

SIDES = st.integers(1, 5000)
RESIZES = st.sampled_from(("letterbox", "pad", "stretch"))


@given(SIDES, SIDES, RESIZES, st.data())
def test_a_box_comes_back_where_it_was(width: int, height: int, resize: Resize, data: st.DataObject) -> None:
    placement, _, _ = place(width, height, InputSpec(640, 480, resize=resize))
    x1, x2 = sorted(data.draw(st.tuples(*[st.floats(0, width)] * 2)))
    y1, y2 = sorted(data.draw(st.tuples(*[st.floats(0, height)] * 2)))
    scale, offset = (placement.scale_x, placement.scale_y) * 2, (placement.left, placement.top) * 2
    there = np.array([(x1, y1, x2, y2)]) * scale + offset
    np.testing.assert_allclose(placement.to_picture(there)[0], (x1, y1, x2, y2), atol=1e-3)


@given(SIDES, SIDES, RESIZES)
def test_the_whole_picture_lies_inside_the_input(width: int, height: int, resize: Resize) -> None:
    spec = InputSpec(320, 416, resize=resize)
    placement, inner_width, inner_height = place(width, height, spec)
    assert 0 <= placement.left <= spec.width - inner_width
    assert 0 <= placement.top <= spec.height - inner_height
    corners = np.array([(placement.left, placement.top, placement.left + inner_width, placement.top + inner_height)])
    np.testing.assert_allclose(placement.to_picture(corners)[0], (0, 0, width, height), rtol=1e-6)


@pytest.mark.parametrize(
    ("size", "side", "resize", "inner", "corner"),
    [
        # 100 * 64 / 150 = 42.67; of the 21 pixels left over the smaller half comes first.
        ((150, 100), 64, "letterbox", (64, 43), (0, 10)),
        ((100, 150), 64, "letterbox", (43, 64), (10, 0)),
        ((150, 100), 64, "pad", (64, 43), (0, 0)),
        # 60 * 64 / 93 = 41.29.
        ((93, 60), 64, "letterbox", (64, 41), (0, 11)),
        ((60, 93), 64, "letterbox", (41, 64), (11, 0)),
        ((150, 100), 64, "stretch", (64, 64), (0, 0)),
    ],
)
def test_the_size_in_the_input_is_rounded_to_the_nearest_and_the_way_back_knows_it(
    size: tuple[int, int], side: int, resize: Resize, inner: tuple[int, int], corner: tuple[int, int]
) -> None:
    placement, *there = place(*size, InputSpec(side, side, resize=resize))
    assert tuple(there) == inner
    assert (placement.left, placement.top) == corner
    assert (placement.scale_x, placement.scale_y) == (inner[0] / size[0], inner[1] / size[1])


def test_boxes_are_clipped_to_the_picture() -> None:
    placement, _, _ = place(200, 100, InputSpec(100, 100))
    assert placement.to_picture(np.array([(-50.0, -50.0, 500.0, 500.0)])).tolist() == [[0, 0, 200, 100]]


@pytest.mark.parametrize("resize", ["letterbox", "pad", "stretch"])
@pytest.mark.parametrize("channels", ["rgb", "bgr"])
@pytest.mark.parametrize("layout", ["nchw", "nhwc"])
@pytest.mark.parametrize("dtype", ["float32", "float16", "uint8"])
def test_pixels_follow_the_card(resize: Resize, channels: str, layout: str, dtype: str) -> None:
    """Against plain numpy, for a picture that needs no interpolation where it is not stretched."""
    picture = np.random.default_rng(0).integers(0, 256, (20, 40, 3), dtype=np.uint8)
    scale, mean, std = (
        (1.0, (0.0,) * 3, (1.0,) * 3) if dtype == "uint8" else (1 / 255, (0.1, 0.2, 0.3), (0.5, 0.6, 0.7))
    )
    spec = InputSpec(40, 30, channels, layout, dtype, resize, 99, scale, mean, std)  # type: ignore[arg-type]
    if resize == "stretch":
        whole = cv2.resize(picture, (40, 30), interpolation=cv2.INTER_LINEAR)
    else:
        whole = np.full((30, 40, 3), 99, dtype=np.uint8)
        top = 5 if resize == "letterbox" else 0
        whole[top : top + 20] = picture
    ordered = whole[..., ::-1] if channels == "rgb" else whole
    expected = ordered if dtype == "uint8" else (ordered * scale - mean) / std
    tensor = prepare(picture, spec).tensor
    assert tensor.dtype == dtype
    seen = tensor.transpose(1, 2, 0) if layout == "nchw" else tensor
    np.testing.assert_allclose(seen, expected, atol=2e-3 if dtype == "float16" else 1e-5)


def test_a_reduced_decoding_is_placed_as_the_file_itself() -> None:
    """A 1001-pixel file decoded at half size: boxes must come in the file's pixels, not twice the reduced ones."""
    spec = InputSpec(320, 320)
    whole = prepare(np.zeros((701, 1001, 3), np.uint8), spec)
    reduced = prepare(np.zeros((351, 501, 3), np.uint8), spec, (1001, 701))
    assert reduced.placement == whole.placement
    assert reduced.tensor.shape == (3, 320, 320)


def test_a_sliver_of_a_picture_keeps_at_least_a_pixel() -> None:
    prepared = prepare(np.zeros((1, 5000, 3), np.uint8), InputSpec(64, 64))
    assert prepared.tensor.shape == (3, 64, 64)
    assert prepared.placement.to_picture(np.array([(0.0, 0.0, 64.0, 64.0)])).tolist() == [[0, 0, 5000, 1]]
