"""Two clicks, four extreme points, squares, and the edge of the image that attracts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from tests.labelling import HEIGHT, WIDTH
from tests.ui.canvas.hand import CTRL, Hand

from boxwright.domain.box import Box
from boxwright.ui.labelling.box_geometry import squared

SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_two_clicks_draw_a_box_and_it_is_seen_between_them(hand: Hand) -> None:
    hand.view.draw_by = "clicks"
    hand.view.tool = "draw"
    before = hand.color_at(150, 170)
    hand.click(150, 160)
    hand.hover(190, 220)
    assert hand.color_at(150, 170) != before
    assert hand.boxes() == []
    hand.click(190, 220)
    assert hand.boxes() == [Box(150, 160, 190, 220)]
    assert hand.view.tool == "select"


def test_who_draws_by_clicks_may_drag_as_well(hand: Hand) -> None:
    hand.view.draw_by = "clicks"
    hand.draw(Box(150, 160, 190, 220))
    assert hand.boxes() == [Box(150, 160, 190, 220)]


def test_escape_between_two_clicks_draws_nothing(hand: Hand) -> None:
    hand.view.draw_by = "clicks"
    hand.view.tool = "draw"
    hand.click(150, 160)
    hand.key(Qt.Key.Key_Escape)
    hand.hover(190, 220)
    hand.click(190, 220)
    assert hand.boxes() == []
    hand.hover(210, 250)
    hand.click(210, 250)
    assert hand.boxes() == [Box(190, 220, 210, 250)], "the click after Esc was the first of a new box"


def test_the_picture_can_be_moved_between_two_clicks(hand: Hand) -> None:
    hand.view.draw_by = "clicks"
    hand.view.tool = "draw"
    hand.click(150, 160)
    hand.press(200, 200, button=Qt.MouseButton.MiddleButton)
    hand.hover(230, 200)
    hand.release(200, 200, button=Qt.MouseButton.MiddleButton)
    hand.view.zoom_by(2)
    hand.hover(190, 220)
    hand.click(190, 220)
    assert hand.boxes() == [Box(150, 160, 190, 220)]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (2, 0, 3, 1)])
def test_four_extreme_points_in_any_order_draw_the_box_around_them(hand: Hand, order: tuple[int, ...]) -> None:
    hand.view.draw_by = "points"
    hand.view.tool = "draw"
    points = [(170, 160), (190, 200), (165, 220), (150, 180)]
    for i in order[:3]:
        hand.hover(*points[i])
        hand.click(*points[i])
    assert hand.boxes() == []
    hand.click(*points[order[3]])
    assert hand.boxes() == [Box(150, 160, 190, 220)]


def test_the_points_set_so_far_are_marked(hand: Hand) -> None:
    hand.view.draw_by = "points"
    hand.view.tool = "draw"
    before = hand.color_at(171, 161)
    hand.hover(170, 160)
    hand.click(170, 160)
    hand.hover(300, 20)
    assert hand.color_at(171, 161) != before
    hand.key(Qt.Key.Key_Escape)
    assert hand.color_at(171, 161) == before


def test_backspace_takes_back_the_last_of_the_points(hand: Hand) -> None:
    hand.view.draw_by = "points"
    hand.view.tool = "draw"
    for point in ((170, 160), (300, 20)):
        hand.hover(*point)
        hand.click(*point)
    hand.key(Qt.Key.Key_Backspace)
    for point in ((190, 200), (165, 220), (150, 180)):
        hand.hover(*point)
        hand.click(*point)
    assert hand.boxes() == [Box(150, 160, 190, 220)]


def test_shift_draws_a_square(hand: Hand) -> None:
    hand.view.tool = "draw"
    hand.press(150, 160)
    hand.release(190, 180, SHIFT)
    assert hand.boxes() == [Box(150, 160, 190, 200)]


@given(*[st.integers(0, WIDTH)] * 4)
def test_a_square_is_square_and_inside_wherever_it_is_drawn(xa: int, ya: int, xb: int, yb: int) -> None:
    ya, yb = ya % HEIGHT, yb % HEIGHT
    x, y = squared(xa, ya, xb, yb, WIDTH, HEIGHT)
    assert abs(x - xa) == abs(y - ya)
    assert 0 <= x <= WIDTH
    assert 0 <= y <= HEIGHT


def test_a_corner_near_the_edge_of_the_image_jumps_to_it_but_not_with_ctrl(hand: Hand) -> None:
    hand.draw(Box(3, 200, 40, 297))
    hand.view.tool = "draw"
    hand.press(100, 200)
    hand.hover(140, 297)
    hand.release(140, 297, CTRL)
    assert hand.boxes() == [Box(0, 200, 40, HEIGHT), Box(100, 200, 140, 297)]


def test_an_edge_or_a_box_dragged_near_the_edge_of_the_image_jumps_to_it(hand: Hand) -> None:
    hand.draw(Box(100, 200, 140, 240))
    hand.drag((120, 220), (120, 276))
    assert hand.boxes() == [Box(100, 260, 140, HEIGHT)]
    hand.drag((100, 280), (4, 280))
    assert hand.boxes() == [Box(0, 260, 140, HEIGHT)]


def test_what_is_pulled_away_from_the_edge_goes_away(hand: Hand) -> None:
    hand.draw(Box(100, 200, 140, 240))
    hand.drag((120, 220), (120, 276))
    hand.drag((120, 280), (120, 276))
    assert hand.boxes() == [Box(100, 256, 140, 296)]
