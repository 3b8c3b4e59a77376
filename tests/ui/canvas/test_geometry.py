"""Whatever a hand does, a box stays inside the image and keeps its area."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRect, QRectF

from boxwright.domain.box import Box
from boxwright.ui.canvas import handles, tags
from boxwright.ui.labelling.box_geometry import MIN_SIDE, moved_together, offset_copy, resized_inside

WIDTH, HEIGHT = 640.0, 480.0
offsets = st.floats(-2000, 2000)


@st.composite
def boxes(draw: st.DrawFn) -> Box:
    """A box inside the image with sides of at least `MIN_SIDE`, often at its edge, with any fraction of a pixel."""
    x1 = draw(st.one_of(st.just(0.0), st.floats(0, WIDTH - MIN_SIDE)))
    y1 = draw(st.one_of(st.just(0.0), st.floats(0, HEIGHT - MIN_SIDE)))
    x2 = draw(st.one_of(st.just(WIDTH), st.just(x1 + MIN_SIDE), st.floats(x1 + MIN_SIDE, WIDTH)))
    y2 = draw(st.one_of(st.just(HEIGHT), st.just(y1 + MIN_SIDE), st.floats(y1 + MIN_SIDE, HEIGHT)))
    return Box(x1, y1, min(x2, WIDTH), min(y2, HEIGHT))


def inside(box: Box) -> bool:
    return box.has_area and box == box.clipped(WIDTH, HEIGHT)


@given(st.lists(boxes(), min_size=1, max_size=4), offsets, offsets)
def test_boxes_moved_together_stay_inside_and_keep_their_sizes(many: list[Box], dx: float, dy: float) -> None:
    moved = moved_together(dict(enumerate(many)), dx, dy, WIDTH, HEIGHT)
    for i, before in enumerate(many):
        assert inside(moved[i])
        assert (moved[i].width, moved[i].height) == pytest.approx((before.width, before.height), abs=1e-9)


@given(boxes(), st.sampled_from(handles.HANDLES), offsets, offsets)
def test_a_dragged_handle_leaves_a_box_inside_with_area(box: Box, handle: handles.Handle, dx: float, dy: float) -> None:
    after = handles.dragged(box, handle, dx, dy, WIDTH, HEIGHT)
    assert inside(after)
    assert min(after.width, after.height) >= MIN_SIDE - 1e-9
    if not handle[0]:
        assert (after.x1, after.x2) == (box.x1, box.x2)
    if not handle[1]:
        assert (after.y1, after.y2) == (box.y1, box.y2)


@pytest.mark.parametrize("dx", [-0.5, 0.5, 3.0, -1.0])
def test_a_sliver_at_the_edge_can_be_resized_but_not_out_of_the_image(dx: float) -> None:
    sliver = Box(WIDTH - 0.25, 10, WIDTH, 50)
    after = handles.dragged(sliver, (1, 0), dx, 0, WIDTH, HEIGHT)
    assert inside(after)
    assert after.width >= MIN_SIDE


@given(boxes(), offsets, offsets)
def test_resizing_by_key_leaves_a_box_inside_with_area(box: Box, dw: float, dh: float) -> None:
    after = resized_inside(box, dw, dh, WIDTH, HEIGHT)
    assert inside(after)
    assert (after.x1, after.y1) == (box.x1, box.y1)


@given(boxes(), st.floats(0, 50))
def test_a_copy_is_inside_or_none(box: Box, by: float) -> None:
    beyond = box.moved(WIDTH / 2, 0)
    for source in (box, beyond, box.moved(2 * WIDTH, 0)):
        copy = offset_copy(source, by, WIDTH, HEIGHT)
        assert copy is None or inside(copy)


@given(st.floats(1, 300), st.floats(1, 300))
def test_the_middle_of_any_box_is_free_for_moving_and_its_corners_are_for_resizing(width: float, height: float) -> None:
    rect = QRectF(100, 100, width, height)
    assert handles.at(rect, rect.center()) is None
    assert handles.at(rect, rect.topLeft()) == (-1, -1)
    assert handles.at(rect, rect.bottomRight()) == (1, 1)
    assert handles.at(rect, QPointF(0, 0)) is None


rects = st.tuples(st.integers(-50, 700), st.integers(-50, 500), st.integers(1, 200), st.integers(1, 200))


@given(st.lists(rects, max_size=30))
def test_tags_cover_neither_each_other_nor_what_is_judged(
    sizes: list[tuple[int, int, int, int]],
) -> None:
    view = QRect(0, 0, 640, 480)
    corners = np.array([(x, y, x + w, y + h) for x, y, w, h in sizes], dtype=np.int64).reshape(-1, 4)
    placed = tags.place_tags(
        corners, range(len(sizes)), np.array([(60, 14)] * len(sizes), dtype=np.int64).reshape(-1, 2), view
    )
    for i, tag in placed.items():
        assert view.contains(tag)
        assert not any(tag.intersects(other) for j, other in placed.items() if j != i)
        for x, y, w, h in sizes:
            covered = tag & QRect(x, y, w, h)
            assert covered.width() * covered.height() <= 0.08 * w * h or covered.isEmpty()


def test_with_too_many_boxes_in_sight_there_are_no_tags() -> None:
    count = tags.CROWDED + 1
    corners = np.array([(i * 30, 100, i * 30 + 24, 150) for i in range(count)], dtype=np.int64)
    view = QRect(0, 0, 30 * count, 480)
    assert tags.place_tags(corners, range(count), np.full((count, 2), (20, 9)), view) == {}
    assert len(tags.place_tags(corners[:-1], range(count - 1), np.full((count - 1, 2), (20, 9)), view)) == count - 1
