"""While a person draws, the detector completes a box from the corner under the pointer."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from tests.ui.canvas.hand import Hand

from boxwright.domain.annotation import Origin
from boxwright.domain.box import Box
from boxwright.domain.labels import Standing
from boxwright.ui.labelling import commands
from boxwright.ui.labelling.box_keys import Key

SURE, HIDDEN = Box(40, 40, 120, 100), Box(300, 200, 340, 240)
SURE_KEY: Key = ("prediction", 1)


def offered(hand: Hand, x: float, y: float) -> Box | None:
    hand.view.tool = "draw"
    hand.hover(200, 270)  # a pointer that is there already does not move
    hand.hover(x, y)
    guess = hand.view.overlay.guessed
    return guess.box if guess else None


@pytest.mark.parametrize(
    ("corner", "box"),
    [
        ((303, 198), Box(303, 198, 340, 240)),
        ((338, 203), Box(300, 203, 338, 240)),
        ((296, 242), Box(296, 200, 340, 242)),
        ((340, 240), HIDDEN),
    ],
)
def test_a_click_at_a_corner_takes_what_the_detector_was_not_sure_of(
    hand: Hand, corner: tuple[int, int], box: Box
) -> None:
    ground = hand.color_at(320, 220)
    assert offered(hand, *corner) == box
    assert hand.color_at(320, 220) != ground, "it is seen before it is taken"
    hand.click(*corner)
    assert hand.boxes() == [box]
    (made,) = hand.annotations
    assert (made.class_id, made.prediction_id) == (3, 4)
    assert made.origin is (Origin.ACCEPTED if box == HIDDEN else Origin.ADJUSTED)
    assert hand.model.selection == (("annotation", made.uid),)
    assert hand.view.tool == "select"
    assert hand.view.overlay.guessed is None


def test_a_click_puts_the_corner_of_a_badly_placed_pre_label_right_in_one_step(hand: Hand) -> None:
    assert offered(hand, 50, 44) == Box(50, 44, 120, 100)
    hand.click(50, 44)
    assert hand.boxes() == [Box(50, 44, 120, 100)]
    assert hand.labels.standing(1) is Standing.TAKEN
    hand.model.undo()
    assert hand.boxes() == []
    assert hand.labels.standing(1) is Standing.OPEN


def test_a_drag_from_there_draws_ones_own_box(hand: Hand) -> None:
    hand.model.current_class_id = 2
    assert offered(hand, 303, 198)
    hand.drag((303, 198), (380, 260))
    assert hand.boxes() == [Box(303, 198, 380, 260)]
    assert [(a.class_id, a.origin) for a in hand.annotations] == [(2, Origin.DRAWN)]


@pytest.mark.parametrize("place", [(320, 220), (285, 200), (300, 185), (10, 290)])
def test_nothing_is_offered_away_from_a_corner_and_a_click_there_draws_nothing(
    hand: Hand, place: tuple[int, int]
) -> None:
    assert offered(hand, *place) is None
    hand.click(*place)
    assert hand.boxes() == []


def test_nothing_is_offered_twice(hand: Hand) -> None:
    hand.draw(Box(302, 203, 341, 240))
    assert offered(hand, 303, 198) is None, "a box of a person is there"
    hand.model.undo()
    assert offered(hand, 303, 198)
    hand.model.select([SURE_KEY])
    commands.reject_or_delete_selected(hand.model)
    assert offered(hand, 40, 40) is None, "it was rejected"


def test_what_is_offered_follows_the_boxes_under_a_pointer_that_stands_still(hand: Hand) -> None:
    hand.view.stay_in_draw = True
    assert offered(hand, 303, 198)
    hand.click(303, 198)
    assert hand.view.overlay.guessed is None
    hand.model.undo()
    assert hand.view.overlay.guessed is not None
    hand.model.show(None)
    assert hand.view.overlay.guessed is None
    assert not hand.view.take_guess()


def test_the_offer_ends_where_drawing_does(hand: Hand) -> None:
    assert offered(hand, 303, 198)
    hand.key(Qt.Key.Key_Escape)
    assert hand.view.overlay.guessed is None
    hand.click(303, 198)
    assert hand.boxes() == []
    hand.view.set_boxes_hidden(True)
    assert offered(hand, 303, 198) is None
    hand.view.set_boxes_hidden(False)
    hand.view.offer_guesses = False
    assert offered(hand, 302, 198) is None


def test_between_two_clicks_one_draws_oneself(hand: Hand) -> None:
    hand.view.draw_by = "clicks"
    assert offered(hand, 303, 198)
    hand.click(303, 198)
    assert hand.boxes() == []
    hand.click(380, 260)
    assert hand.boxes() == [Box(303, 198, 380, 260)]


def test_how_to_take_it_is_said_once(hand: Hand) -> None:
    said: list[str] = []
    hand.model.message.connect(said.append)
    offered(hand, 303, 198)
    offered(hand, 10, 290)
    offered(hand, 303, 198)
    assert len(said) == 1
    assert "Click" in said[0]
