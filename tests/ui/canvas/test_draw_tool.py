"""Drawing boxes with the mouse."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.labelling import HEIGHT, WIDTH
from tests.ui.canvas.hand import Hand

from boxwright.domain.annotation import Origin
from boxwright.domain.box import Box


def test_a_drag_draws_a_box_of_the_current_class(hand: Hand) -> None:
    hand.model.current_class_id = 2
    hand.draw(Box(150, 160, 190, 220))
    assert hand.boxes() == [Box(150, 160, 190, 220)]
    (annotation,) = hand.desk.stored().annotations.values()
    assert (annotation.class_id, annotation.origin) == (2, Origin.DRAWN)
    assert hand.model.selection == (("annotation", annotation.uid),)


def test_after_one_box_the_select_tool_is_back_unless_told_to_stay(hand: Hand, qtbot: QtBot) -> None:
    with qtbot.waitSignals([hand.view.tool_changed, hand.view.tool_changed]):
        hand.draw(Box(10, 110, 40, 150))
    assert hand.view.tool == "select"
    hand.view.stay_in_draw = True
    hand.draw(Box(50, 110, 90, 150))
    assert hand.view.tool == "draw"
    hand.drag((100, 110), (130, 150))
    assert len(hand.boxes()) == 3


@pytest.mark.parametrize("end", [(152, 162), (152, 220), (190, 162)])
def test_under_three_pixels_is_a_click_and_draws_nothing(hand: Hand, end: tuple[int, int]) -> None:
    hand.view.tool = "draw"
    hand.drag((150, 160), end)
    assert hand.boxes() == []
    assert hand.view.tool == "draw"


def test_a_box_drawn_over_the_edge_ends_at_the_edge(hand: Hand) -> None:
    hand.draw(Box(350, 250, 450, 350))
    assert hand.boxes() == [Box(350, 250, WIDTH, HEIGHT)]


def test_a_box_outside_of_the_image_is_none(hand: Hand) -> None:
    hand.draw(Box(410, 310, 440, 340))
    assert hand.boxes() == []


def test_escape_cancels_the_box_then_the_tool(hand: Hand) -> None:
    hand.view.tool = "draw"
    hand.press(150, 160)
    hand.hover(190, 200)
    hand.key(Qt.Key.Key_Escape)
    hand.release(190, 200)
    assert hand.boxes() == []
    assert hand.view.tool == "draw"
    hand.key(Qt.Key.Key_Escape)
    assert hand.view.tool == "select"


def test_without_a_class_a_person_is_told_what_is_missing(hand: Hand, qtbot: QtBot) -> None:
    hand.model.classes = []
    hand.view.tool = "draw"
    with qtbot.waitSignal(hand.model.message) as said:
        hand.drag((150, 160), (190, 220))
    assert "class first" in said.args[0]
    assert hand.boxes() == []


def test_the_crosshair_follows_the_pointer_over_the_whole_canvas(hand: Hand) -> None:
    before = hand.color_at(180, 20)
    hand.view.tool = "draw"
    assert hand.cursor == Qt.CursorShape.CrossCursor
    hand.hover(180, 170)
    assert hand.color_at(180, 20) != before
    hand.hover(190, 170)
    assert hand.color_at(180, 20) == before


def test_a_draft_is_shown_while_it_is_drawn(hand: Hand) -> None:
    before = hand.color_at(150, 170)
    hand.view.tool = "draw"
    hand.press(150, 160)
    hand.hover(190, 220)
    assert hand.color_at(150, 170) != before


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    points=st.tuples(*[st.integers(-100, 500)] * 4),
    zoom=st.floats(0.1, 20),
)
def test_whatever_is_dragged_a_box_is_inside_and_has_area(hand: Hand, points: tuple[int, ...], zoom: float) -> None:
    hand.view.actual_size()
    hand.view.zoom_by(zoom)
    xa, ya, xb, yb = points
    before = len(hand.annotations)
    hand.view.tool = "draw"
    hand.drag((xa, ya), (xb, yb))
    for annotation in hand.annotations[before:]:
        assert annotation.box.has_area
        assert annotation.box == annotation.box.clipped(WIDTH, HEIGHT)
    hand.boxes()
