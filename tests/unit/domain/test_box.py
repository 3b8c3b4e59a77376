from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.box import Box, box_areas, iou_matrix

coordinate = st.floats(-5000, 5000, width=32)
side = st.floats(1, 4000, width=32)
boxes = st.builds(Box.from_corners, coordinate, coordinate, coordinate, coordinate)
whole = st.integers(0, 40)
grid_boxes = st.builds(Box.from_corners, whole, whole, whole, whole)


@given(coordinate, coordinate, coordinate, coordinate)
def test_corners_may_come_in_any_order(xa: float, ya: float, xb: float, yb: float) -> None:
    expected = Box(min(xa, xb), min(ya, yb), max(xa, xb), max(ya, yb))
    assert {Box.from_corners(*c) for c in [(xa, ya, xb, yb), (xb, yb, xa, ya), (xa, yb, xb, ya)]} == {expected}


@given(boxes, side, side)
def test_a_clipped_box_lies_inside_and_a_box_inside_is_left_alone(box: Box, width: float, height: float) -> None:
    clipped = box.clipped(width, height)
    assert 0 <= clipped.x1 <= clipped.x2 <= width
    assert 0 <= clipped.y1 <= clipped.y2 <= height
    assert clipped.clipped(width, height) == clipped


@given(st.data(), st.integers(1, 4000), st.integers(1, 4000), coordinate, coordinate)
def test_a_box_moved_inside_keeps_its_size(data: st.DataObject, width: int, height: int, dx: float, dy: float) -> None:
    xs = st.integers(0, width)
    ys = st.integers(0, height)
    box = Box.from_corners(data.draw(xs), data.draw(ys), data.draw(xs), data.draw(ys))
    moved = box.moved_inside(dx, dy, width, height)
    assert -1e-6 <= moved.x1 <= moved.x2 <= width + 1e-6
    assert -1e-6 <= moved.y1 <= moved.y2 <= height + 1e-6
    assert (moved.width, moved.height) == pytest.approx((box.width, box.height))


def test_a_move_that_fits_is_made_in_full() -> None:
    assert Box(10, 10, 20, 30).moved_inside(5, -4, 100, 100) == Box(15, 6, 25, 26)
    assert Box(10, 10, 20, 30).moved_inside(500, -400, 100, 100) == Box(90, 0, 100, 20)


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        (Box(0, 0, 1, 1), True),
        (Box(3, 3, 3, 9), False),
        (Box(9, 0, 3, 9), False),
        (Box(0, 0, math.nan, 1), False),
        (Box(0, 0, math.inf, 1), False),
    ],
)
def test_area_needs_two_finite_sides(box: Box, expected: bool) -> None:
    assert box.has_area is expected


def test_a_box_turned_inside_out_has_no_area() -> None:
    assert Box(9, 9, 3, 3).area == 0
    assert box_areas(np.array([[9, 9, 3, 3], [0, 0, 2, 3]])).tolist() == [0, 6]


@given(st.lists(grid_boxes, max_size=6), st.lists(grid_boxes, max_size=6))
def test_overlap_of_whole_boxes_equals_counting_pixels(first: list[Box], second: list[Box]) -> None:
    def pixels(box: Box) -> set[tuple[int, int]]:
        return {(x, y) for x in range(int(box.x1), int(box.x2)) for y in range(int(box.y1), int(box.y2))}

    a = np.array([b.array() for b in first]).reshape(-1, 4)
    b = np.array([b.array() for b in second]).reshape(-1, 4)
    matrix = iou_matrix(a, b)
    assert matrix.shape == (len(first), len(second))
    for i, one in enumerate(first):
        for j, other in enumerate(second):
            union = len(pixels(one) | pixels(other))
            counted = len(pixels(one) & pixels(other)) / union if union else 0.0
            assert matrix[i, j] == pytest.approx(counted)
            assert one.iou(other) == pytest.approx(other.iou(one))


def test_contains_counts_the_edges() -> None:
    box = Box(1, 1, 3, 3)
    assert box.contains(1, 3)
    assert not box.contains(0.999, 2)
