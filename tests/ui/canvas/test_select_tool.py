"""Selecting, moving and resizing with the mouse."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from tests.ui.canvas.hand import Hand

from boxwright.domain.annotation import Origin
from boxwright.domain.box import Box
from boxwright.domain.labels import Standing
from boxwright.services.project.project import Project
from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.labelling.session import SessionModel

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
SURE, TORN = ("prediction", 1), ("prediction", 2)


def test_a_click_selects_and_a_click_beside_it_lets_go(hand: Hand) -> None:
    hand.click(80, 70)
    assert hand.model.selection == (SURE,)
    hand.click(180, 20)
    assert hand.model.selection == ()
    assert hand.boxes() == []


def test_the_smaller_of_two_boxes_is_on_top(hand: Hand) -> None:
    hand.draw(Box(20, 20, 380, 280))
    hand.draw(Box(170, 170, 190, 190))
    large, small = hand.model.visible_keys()[:2]
    hand.click(180, 180)
    assert hand.model.selection == (small,)
    hand.click(180, 180, ALT)
    assert hand.model.selection == (large,)
    hand.click(180, 180, ALT)
    assert hand.model.selection == (small,)


# Edges and corners of a selected box reach 7 pixels outwards and at most as far inwards.
SELECTED = Box(150, 150, 250, 250)
ROUND_IT = [
    Box(252, 180, 262, 190), Box(138, 180, 148, 190), Box(190, 252, 200, 262), Box(190, 138, 200, 148),
    Box(252, 252, 262, 262), Box(145, 195, 155, 205), Box(245, 245, 255, 255), Box(244, 190, 250, 196),
    Box(198, 148, 204, 154), Box(251, 150, 254, 153),
]  # fmt: skip


@pytest.mark.parametrize("small", ROUND_IT)
def test_a_click_in_a_small_box_selects_it_wherever_the_selected_box_has_its_edges(hand: Hand, small: Box) -> None:
    hand.draw(SELECTED)
    hand.draw(small)
    large, other = hand.model.visible_keys()[:2]
    hand.model.select([large])
    hand.click((small.x1 + small.x2) / 2, (small.y1 + small.y2) / 2)
    assert hand.model.selection == (other,)
    assert hand.boxes() == [SELECTED, small]


@pytest.mark.parametrize("small", ROUND_IT[5:9])
def test_alt_click_goes_round_a_stack_also_at_the_edge_of_the_selected_box(hand: Hand, small: Box) -> None:
    hand.model.threshold = 1.0
    hand.draw(SELECTED)
    hand.draw(small)
    large, other = hand.model.visible_keys()[:2]
    x, y = (max(small.x1, SELECTED.x1) + 1, (small.y1 + small.y2) / 2)
    y = max(y, SELECTED.y1 + 1)
    hand.click(x, y)
    assert hand.model.selection == (other,)
    for expected in (large, other, large):
        hand.click(x, y, ALT)
        assert hand.model.selection == (expected,)
    assert hand.boxes() == [SELECTED, small]


@pytest.mark.parametrize("small", ROUND_IT)
def test_a_drag_from_an_edge_of_the_selected_box_resizes_it_whatever_lies_there(hand: Hand, small: Box) -> None:
    hand.draw(SELECTED)
    hand.draw(small)
    large = hand.model.visible_keys()[0]
    hand.model.select([large])
    hand.drag((250, 220), (280, 220))
    assert hand.boxes() == [Box(150, 150, 280, 250), small]
    assert hand.model.selection == (large,)


def test_the_menu_of_a_right_click_is_about_the_box_under_it(hand: Hand) -> None:
    hand.model.threshold = 1.0
    small, beside = Box(180, 180, 200, 200), Box(20, 20, 60, 60)
    for box in (SELECTED, small, beside):
        hand.draw(box)
    large, inner, other = hand.model.visible_keys()

    def pick(x: float, y: float) -> tuple[object, ...]:
        place = QPointF(hand.on_screen(x, y))
        assert hand.view._select_tool.pick(hand.view._pointer_at(place, Qt.KeyboardModifier.NoModifier))
        return hand.model.selection

    hand.click(220, 220)
    assert pick(190, 190) == (inner,), "not the large box that was selected elsewhere"
    hand.click(190, 190, ALT)
    assert hand.model.selection == (large,)
    assert pick(190, 190) == (large,), "what Alt+click went down to"
    assert pick(195, 195) == (inner,)
    hand.model.select([large, other])
    assert pick(190, 190) == (large, other)
    assert pick(220, 220) == (large, other)


def test_a_click_on_a_handle_with_nothing_under_it_lets_the_box_be(hand: Hand) -> None:
    hand.draw(SELECTED)
    before = hand.model.selection
    hand.click(255, 255)
    hand.click(255, 255, ALT)
    assert hand.model.selection == before
    assert hand.boxes() == [SELECTED]


def test_a_tiny_box_can_be_hit_from_beside_it(hand: Hand) -> None:
    hand.draw(Box(200, 200, 204, 204))
    hand.click(180, 20)
    hand.click(206, 205)
    assert hand.model.selection == tuple(hand.model.visible_keys()[:1])


def test_ctrl_click_adds_and_takes_away(hand: Hand) -> None:
    hand.click(80, 70)
    hand.click(250, 100, CTRL)
    assert hand.model.selection == (SURE, TORN)
    hand.click(80, 70, CTRL)
    assert hand.model.selection == (TORN,)


def test_a_rubber_band_selects_what_lies_in_it(hand: Hand) -> None:
    hand.drag((20, 20), (320, 160))
    assert set(hand.model.selection) == {SURE, TORN}
    hand.drag((20, 170), (180, 290), CTRL)
    assert set(hand.model.selection) == {SURE, TORN, ("prediction", 3)}
    assert hand.boxes() == []


def test_a_dragged_annotation_moves_in_one_step(hand: Hand) -> None:
    hand.draw(Box(100, 200, 140, 240))
    hand.drag((120, 220), (150, 200))
    assert hand.boxes() == [Box(130, 180, 170, 220)]
    assert [hand.model.undo_stack.text(i) for i in range(2)] == ["Draw box", "Move box"]
    hand.model.undo()
    assert hand.boxes() == [Box(100, 200, 140, 240)]


def test_a_dragged_prelabel_becomes_an_adjusted_annotation(hand: Hand) -> None:
    hand.drag((80, 70), (90, 90))
    assert hand.boxes() == [Box(50, 60, 130, 120)]
    (annotation,) = hand.desk.stored().annotations.values()
    assert (annotation.origin, annotation.source_box) == (Origin.ADJUSTED, Box(40, 40, 120, 100))
    assert hand.desk.stored().standings == {1: Standing.TAKEN}
    assert hand.model.undo_stack.count() == 1
    assert hand.model.selection == (("annotation", annotation.uid),)
    hand.model.undo()
    assert hand.boxes() == []
    assert hand.model.visible_predictions()[0].id == 1


def test_nothing_is_written_before_the_button_is_released(hand: Hand) -> None:
    hand.press(80, 70)
    hand.hover(100, 100)
    assert hand.boxes() == []
    hand.release(100, 100)
    assert hand.boxes() == [Box(60, 70, 140, 130)]


def test_a_drag_that_ends_where_it_began_is_no_edit(hand: Hand) -> None:
    hand.press(80, 70)
    hand.hover(120, 120)
    hand.hover(80, 70)
    hand.release(80, 70)
    assert hand.model.undo_stack.count() == 0
    assert hand.boxes() == []


def test_a_hand_that_trembles_by_two_pixels_does_not_move_a_box(hand: Hand) -> None:
    hand.drag((80, 70), (82, 72))
    assert hand.boxes() == []
    assert hand.model.selection == (SURE,)


def test_escape_puts_a_dragged_box_back(hand: Hand) -> None:
    hand.press(80, 70)
    hand.hover(120, 120)
    hand.key(Qt.Key.Key_Escape)
    hand.release(120, 120)
    assert hand.boxes() == []
    assert hand.model.selection == (SURE,)


@pytest.mark.parametrize(
    ("grip", "moved"),
    [
        ((100, 100), Box(90, 80, 200, 200)),
        ((150, 100), Box(100, 80, 200, 200)),
        ((200, 100), Box(100, 80, 190, 200)),
        ((200, 150), Box(100, 100, 190, 200)),
        ((200, 200), Box(100, 100, 190, 180)),
        ((150, 200), Box(100, 100, 200, 180)),
        ((100, 200), Box(90, 100, 200, 180)),
        ((100, 150), Box(90, 100, 200, 200)),
    ],
)
def test_each_of_the_eight_handles_moves_its_own_edges(hand: Hand, grip: tuple[int, int], moved: Box) -> None:
    hand.draw(Box(100, 100, 200, 200))
    hand.drag(grip, (grip[0] - 10, grip[1] - 20))
    assert hand.boxes() == [moved]


def test_a_handle_dragged_over_the_other_side_turns_the_box_round(hand: Hand) -> None:
    hand.draw(Box(100, 100, 200, 200))
    hand.drag((200, 150), (60, 150))
    assert hand.boxes() == [Box(60, 100, 100, 200)]


def test_a_box_cannot_be_pushed_out_of_the_image(hand: Hand) -> None:
    hand.draw(Box(300, 200, 360, 260))
    hand.drag((330, 230), (600, 500))
    assert hand.boxes() == [Box(340, 240, 400, 300)]
    hand.drag((340, 240), (-50, -50))
    assert hand.boxes() == [Box(0, 0, 400, 300)]


def test_several_selected_boxes_move_together(hand: Hand) -> None:
    hand.draw(Box(100, 160, 120, 180))
    hand.draw(Box(150, 160, 190, 200))
    hand.model.select(hand.model.visible_keys()[:2])
    hand.drag((170, 180), (150, 170))
    assert hand.boxes() == [Box(80, 150, 100, 170), Box(130, 150, 170, 190)]
    assert hand.model.undo_stack.count() == 3


def test_the_pointer_says_what_a_press_would_do(hand: Hand) -> None:
    hand.hover(180, 20)
    assert hand.cursor == Qt.CursorShape.ArrowCursor
    hand.hover(80, 70)
    assert hand.cursor == Qt.CursorShape.PointingHandCursor
    hand.click(80, 70)
    assert hand.cursor == Qt.CursorShape.SizeAllCursor
    hand.hover(40, 40)
    assert hand.cursor == Qt.CursorShape.SizeFDiagCursor
    hand.hover(120, 70)
    assert hand.cursor == Qt.CursorShape.SizeHorCursor


def test_hidden_boxes_are_not_painted_and_cannot_be_hit(hand: Hand) -> None:
    bare = hand.color_at(180, 20)
    assert hand.color_at(40, 70) != bare
    hand.view.set_boxes_hidden(True)
    assert hand.color_at(40, 70) == bare
    hand.click(80, 70)
    assert hand.model.selection == ()
    hand.view.set_boxes_hidden(False)
    assert hand.color_at(40, 70) != bare


def test_a_read_only_project_can_be_looked_at_with_the_mouse(hand: Hand, qtbot: QtBot) -> None:
    with Project.open(hand.desk.project.folder) as second:
        model = SessionModel(None, second.classes.all(), second.read_only_reason)
        view = CanvasView(model)
        qtbot.addWidget(view)
        view.resize(640, 520)
        view.show()
        model.show(second.labels.load(1))
        view.actual_size()
        other = Hand(view, model, hand.desk)
        with qtbot.waitSignal(model.message):
            other.drag((80, 70), (120, 120))
        assert model.selection == (SURE,)
        assert other.boxes() == []
        other.draw(Box(10, 10, 90, 90))
        assert other.boxes() == []


def test_an_edit_from_elsewhere_ends_the_gesture_under_way(hand: Hand) -> None:
    hand.press(80, 70)
    hand.hover(120, 120)
    hand.model.show(hand.desk.stored(2))
    hand.release(120, 120)
    assert hand.boxes() == []
    QTest.mouseMove(hand.view.viewport(), hand.on_screen(10, 10))
    assert hand.model.undo_stack.count() == 0
