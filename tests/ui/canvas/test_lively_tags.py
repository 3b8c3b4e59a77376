"""The name of a hovered or selected box stands beside it whenever there is a place in sight."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect
from tests.ui.canvas.hand import Hand

from boxwright.domain.box import Box
from boxwright.ui.canvas.tags import place_one

VIEW = QRect(0, 0, 640, 480)
WIDTH, HEIGHT = 60, 14
ROOM = 4
"""Pixels more than the tag: the gap between it and its box, and the box's own line."""


@given(st.integers(-700, 700), st.integers(-500, 500), st.integers(1, 1500), st.integers(1, 1100))
def test_a_tag_is_in_sight_and_beside_its_box_when_a_side_has_room(x: int, y: int, width: int, height: int) -> None:
    rect = QRect(x, y, width, height)
    if not rect.intersects(VIEW):
        return
    tag = place_one(rect, WIDTH, HEIGHT, VIEW)
    assert VIEW.contains(tag)
    above, below = rect.top() - VIEW.top(), VIEW.bottom() - rect.bottom()
    left, right = rect.left() - VIEW.left(), VIEW.right() - rect.right()
    if max(above, below) >= HEIGHT + ROOM or max(left, right) >= WIDTH + ROOM:
        assert not tag.intersects(rect)


def test_the_tag_of_a_high_box_stands_at_its_side(hand: Hand) -> None:
    hand.draw(Box(100, 0, 160, 300))
    hand.view.zoom_by(1.8)
    rect = hand.view.scenery.rect_of(Box(100, 0, 160, 300))
    tag = hand.view.scenery.tag_place(rect, "fish")
    assert not tag.intersects(rect)
    assert hand.view.viewport().rect().contains(tag)
