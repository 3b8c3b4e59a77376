"""The name of a hovered or selected box stands beside it whenever there is a place in sight."""

from __future__ import annotations

import numpy as np
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


places = st.tuples(st.integers(0, 600), st.integers(0, 440), st.integers(4, 60), st.integers(4, 60))


@given(places, st.lists(places, max_size=12))
def test_a_tag_covers_a_neighbour_only_when_every_place_beside_its_box_does(own, others) -> None:
    rect = QRect(*own)
    around = np.array([(x, y, x + w, y + h) for x, y, w, h in others], np.int64).reshape(-1, 4)
    tag = place_one(rect, WIDTH, HEIGHT, VIEW, around)
    assert VIEW.contains(tag) and not tag.intersects(rect)
    neighbours = [QRect(x, y, w, h) for x, y, w, h in others]
    x, y, right, foot = rect.left() - 2, rect.top(), rect.right() + 3, rect.bottom() + 1
    beside = [(x, y - 2 - HEIGHT), (x, foot + 2), (right, y), (x - WIDTH, y)]
    free = [
        spot
        for spot in (QRect(*corner, WIDTH, HEIGHT) for corner in beside)
        if VIEW.contains(spot) and not any(spot.intersects(other) for other in neighbours)
    ]
    if free:
        for other in neighbours:
            covered = tag.intersected(other)
            assert covered.width() * covered.height() <= 0.08 * other.width() * other.height()


def test_the_tag_of_a_box_under_the_pointer_leaves_its_neighbours_to_be_seen(hand: Hand) -> None:
    boxes = [Box(100, 100, 130, 120), Box(100, 84, 130, 97), Box(100, 123, 130, 140), Box(133, 100, 160, 120)]
    for box in boxes:
        hand.draw(box)
    box_painter = hand.view.box_painter
    for index in range(len(boxes)):
        tag = box_painter.tag_of(index)
        assert not any(tag.intersects(box_painter.rect_of(box)) for box in boxes), index


def test_the_tag_of_a_high_box_stands_at_its_side(hand: Hand) -> None:
    hand.draw(Box(100, 0, 160, 300))
    hand.view.zoom_by(1.8)
    rect = hand.view.box_painter.rect_of(Box(100, 0, 160, 300))
    tag = hand.view.box_painter.tag_place(rect, "fish")
    assert not tag.intersects(rect)
    assert hand.view.viewport().rect().contains(tag)
