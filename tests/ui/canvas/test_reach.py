"""Boxes that are in the way: locked ones, all but the selected, and ghosts that are hardly there."""

from __future__ import annotations

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tests.ui.canvas.hand import Hand

from boxwright.domain.annotation import Origin
from boxwright.domain.box import Box
from boxwright.ui.labelling import box_navigation, commands, mark_commands
from boxwright.ui.labelling.box_keys import Key

ALT = Qt.KeyboardModifier.AltModifier
SURE: Key = ("prediction", 1)
TORN: Key = ("prediction", 2)
LAST: Key = ("prediction", 3)
GHOST: Key = ("prediction", 4)


def lock(hand: Hand, box: Box) -> Key:
    hand.draw(box)
    (key,) = hand.model.selection
    mark_commands.toggle_lock(hand.model)
    return key


def test_a_click_goes_past_a_locked_box_to_the_larger_one_under_it(hand: Hand) -> None:
    hand.draw(Box(150, 150, 350, 290))
    (large,) = hand.model.selection
    locked = lock(hand, Box(180, 170, 240, 240))
    hand.click(210, 200)
    assert hand.model.selection == (large,)
    hand.click(210, 200, ALT)
    assert hand.model.selection == (locked,), "Alt goes through the stack to it"


def test_a_locked_box_is_not_moved_and_a_drag_on_it_is_a_rubber_band(hand: Hand) -> None:
    lock(hand, Box(10, 10, 390, 290))
    hand.model.select([])
    hand.drag((180, 20), (320, 160))
    assert hand.model.selection == (TORN,)
    assert hand.boxes() == [Box(10, 10, 390, 290)]


def test_no_command_changes_a_locked_box_and_the_person_is_told(hand: Hand, qtbot: QtBot) -> None:
    key = lock(hand, Box(150, 160, 190, 220))
    for command in (
        lambda: commands.nudge(hand.model, 1, 0),
        lambda: commands.resize(hand.model, 1, 0),
        lambda: commands.reject_or_delete_selected(hand.model),
        lambda: commands.set_class(hand.model, 3),
        lambda: mark_commands.toggle_flag(hand.model, "crowd"),
        lambda: commands.confirm_empty(hand.model),
    ):
        hand.model.select([key])
        with qtbot.waitSignal(hand.model.message) as said:
            command()
        assert "locked" in said.args[0]
    (annotation,) = hand.annotations
    assert (annotation.box, annotation.class_id, annotation.flags) == (Box(150, 160, 190, 220), 1, frozenset())
    assert len(hand.model.visible_predictions()) == 3
    mark_commands.toggle_lock(hand.model)
    commands.nudge(hand.model, 1, 0)
    assert hand.boxes() == [Box(151, 160, 191, 220)]


def test_a_lock_stays_while_other_images_are_looked_at(hand: Hand) -> None:
    key = lock(hand, Box(150, 160, 190, 220))
    hand.model.show(hand.desk.stored(2))
    hand.model.show(hand.desk.stored(1))
    assert hand.model.is_locked(key)
    mark_commands.unlock_all(hand.model)
    assert not hand.model.is_locked(key)


def test_all_but_the_selected_are_hidden_and_cannot_be_hit(hand: Hand) -> None:
    shown = hand.color_at(40, 70)
    hand.view.set_only_selected(True)
    hand.model.select([TORN])
    assert hand.color_at(40, 70) != shown
    hand.hover(80, 70)
    assert hand.cursor == Qt.CursorShape.ArrowCursor
    hand.model.select([SURE])
    assert hand.color_at(200, 75) == hand.color_at(180, 20), "the selection moves on, and what is shown with it"
    hand.model.select([])
    assert hand.color_at(40, 70) == shown, "with nothing selected all are shown"


def test_every_box_is_reached_by_key_the_smallest_first(hand: Hand) -> None:
    hand.model.select([])
    seen: list[Key] = []
    for _ in range(4):
        box_navigation.step_through_boxes(hand.model, 1)
        seen += hand.model.selection
    assert seen == [SURE, TORN, LAST, SURE]
    box_navigation.step_through_boxes(hand.model, -1)
    assert hand.model.selection == (LAST,)


def test_tab_goes_through_the_confirmed_boxes_when_no_pre_label_is_left(hand: Hand) -> None:
    commands.accept_all(hand.model)
    hand.model.select([])
    areas: list[float] = []
    for _ in range(3):
        commands.next_doubtful(hand.model)
        areas += [hand.model.box_of(key).area for key in hand.model.selection]
    assert areas == sorted(a.box.area for a in hand.annotations)
    commands.previous_doubtful(hand.model)
    assert hand.model.box_of(hand.model.selection[0]).area == areas[1]


def test_ghosts_are_faint_and_left_alone_by_whatever_is_done_to_all(hand: Hand) -> None:
    bare = hand.color_at(300, 202)
    hand.model.ghosts_shown = True
    assert hand.color_at(300, 202) != bare
    assert hand.color_at(300, 220) == bare, "only corners"
    commands.select_all(hand.model)
    assert GHOST not in hand.model.selection
    commands.accept_all(hand.model)
    assert len(hand.boxes()) == 3
    hand.model.ghosts_shown = False
    assert hand.color_at(300, 202) == bare


def test_one_key_turns_the_ghost_under_the_pointer_into_a_box(hand: Hand) -> None:
    hand.model.ghosts_shown = True
    hand.hover(320, 220)
    box_navigation.take_ghost(hand.model, hand.view.overlay.hovered)
    assert hand.boxes() == [Box(300, 200, 340, 240)]
    (annotation,) = hand.annotations
    assert (annotation.origin, annotation.prediction_id) == (Origin.ACCEPTED, 4)
    assert hand.model.selection == (("annotation", annotation.uid),)
    hand.model.undo()
    assert hand.boxes() == []


def test_without_a_mouse_the_key_shows_the_likeliest_ghost_and_then_takes_it(hand: Hand, qtbot: QtBot) -> None:
    box_navigation.take_ghost(hand.model)
    assert hand.model.selection == (GHOST,)
    assert hand.boxes() == []
    box_navigation.take_ghost(hand.model)
    assert hand.boxes() == [Box(300, 200, 340, 240)]
    hand.model.select([])
    with qtbot.waitSignal(hand.model.message) as said:
        box_navigation.take_ghost(hand.model)
    assert "just below" in said.args[0]


def test_a_ghost_can_be_clicked_named_and_rejected(hand: Hand) -> None:
    hand.model.ghosts_shown = True
    hand.click(320, 220)
    assert hand.model.selection == (GHOST,)
    commands.set_class(hand.model, 2)
    assert [a.class_id for a in hand.annotations] == [2]
    hand.model.undo()
    hand.model.select([GHOST])
    commands.reject_or_delete_selected(hand.model)
    assert hand.model.ghost_predictions() == []


def test_doubt_is_shown_by_colour(hand: Hand) -> None:
    hand.model.select([])
    plain = hand.seen()
    hand.model.by_doubt = True
    assert hand.seen() != plain
    sure, torn = (hand.view.box_painter.look_of(i)[0].solid.color().lightness() for i in (0, 1))
    assert sure < torn, "the more doubtful the lighter"
    hand.model.by_doubt = False
    assert hand.seen() == plain
