"""Zoom, pan, the Space key, menus, and what is painted."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QPalette, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot
from tests.labelling import HEIGHT, WIDTH
from tests.ui.canvas.hand import Hand

from boxwright.domain.box import Box
from boxwright.domain.classes import LabelClass
from boxwright.domain.image import ImageState
from boxwright.ui.labelling import commands


def wheel(hand: Hand, x: float, y: float, notches: float, keys: Qt.KeyboardModifier) -> None:
    point = QPointF(hand.on_screen(x, y))
    event = QWheelEvent(
        point,
        hand.view.viewport().mapToGlobal(point),
        QPoint(),
        QPoint(0, int(notches * 120)),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(hand.view.viewport(), event)


def send_key(hand: Hand, kind: QEvent.Type, time: int, repeat: bool = False) -> None:
    event = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", repeat)
    event.setTimestamp(time)
    QApplication.sendEvent(hand.view, event)


@pytest.mark.parametrize("notches", [1, 3, -2, 0.25])
def test_ctrl_wheel_zooms_and_the_pixel_under_the_pointer_stays(hand: Hand, notches: float) -> None:
    before = hand.on_screen(120, 90)
    wheel(hand, 120, 90, notches, Qt.KeyboardModifier.ControlModifier)
    assert hand.view.zoom == pytest.approx(1.25**notches)
    moved = hand.on_screen(120, 90) - before
    assert max(abs(moved.x()), abs(moved.y())) <= 1


def test_zooming_in_and_out_many_times_does_not_drift(hand: Hand) -> None:
    before = hand.on_screen(120, 90)
    for notches in [1] * 12 + [-1] * 12:
        wheel(hand, 120, 90, notches, Qt.KeyboardModifier.ControlModifier)
    moved = hand.on_screen(120, 90) - before
    assert hand.view.zoom == pytest.approx(1.0)
    assert max(abs(moved.x()), abs(moved.y())) <= 3


def test_the_zoom_is_told_and_has_limits(hand: Hand, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hand.view.zoom_changed) as told:
        hand.view.zoom_by(2)
    assert told.args[0] == pytest.approx(2.0)
    hand.view.zoom_by(1e9)
    assert hand.view.zoom == 256
    hand.view.zoom_by(1e-9)
    assert hand.view.zoom == pytest.approx(0.01)


def test_fit_shows_the_whole_image_and_keeps_it_when_the_window_changes(hand: Hand) -> None:
    hand.view.zoom_by(5)
    hand.view.fit()
    for size in ((640, 520), (900, 400)):
        hand.view.resize(*size)
        top_left, bottom_right = hand.on_screen(0, 0), hand.on_screen(WIDTH, HEIGHT)
        assert hand.view.viewport().rect().contains(top_left)
        assert hand.view.viewport().rect().contains(bottom_right)
        margins = top_left.x(), hand.view.viewport().width() - bottom_right.x()
        assert abs(margins[0] - margins[1]) <= 4


def test_another_image_is_fitted_and_its_full_picture_does_not_move_it(hand: Hand) -> None:
    hand.view.zoom_by(4)
    hand.model.show(hand.desk.stored(2))
    fitted = hand.view.zoom
    assert fitted < 4
    hand.view.zoom_by(2)
    image = hand.seen().scaled(WIDTH, HEIGHT)
    hand.view.set_image(image.scaled(WIDTH // 4, HEIGHT // 4), WIDTH, HEIGHT)
    hand.view.set_image(image, WIDTH, HEIGHT)
    assert hand.view.zoom == pytest.approx(2 * fitted)


def test_a_preview_covers_the_whole_image(hand: Hand) -> None:
    hand.model.threshold = 1.0
    hand.view.set_image(None, WIDTH, HEIGHT)
    ground = hand.color_at(395, 295)
    preview = hand.seen().scaled(40, 30)
    preview.fill(QColor("red"))
    hand.view.set_image(preview, WIDTH, HEIGHT)
    assert hand.color_at(395, 295) == QColor("red") != ground
    assert hand.color_at(WIDTH + 5, 100) != QColor("red")


def test_the_wheel_scrolls_only_an_image_that_does_not_fit(hand: Hand) -> None:
    before = hand.on_screen(0, 0)
    wheel(hand, 100, 100, -1, Qt.KeyboardModifier.NoModifier)
    assert hand.on_screen(0, 0) == before
    hand.view.zoom_by(4)
    before = hand.on_screen(0, 0)
    wheel(hand, 200, 150, -1, Qt.KeyboardModifier.NoModifier)
    assert hand.on_screen(0, 0).y() < before.y()
    wheel(hand, 200, 150, -1, Qt.KeyboardModifier.ShiftModifier)
    assert hand.on_screen(0, 0).x() < before.x()


@pytest.mark.parametrize("how", ["middle", "space", "tool"])
def test_three_ways_to_pan(hand: Hand, how: str) -> None:
    before = hand.on_screen(0, 0)
    button = Qt.MouseButton.MiddleButton if how == "middle" else Qt.MouseButton.LeftButton
    if how == "space":
        QTest.keyPress(hand.view, Qt.Key.Key_Space)
        assert hand.cursor == Qt.CursorShape.OpenHandCursor
    if how == "tool":
        hand.view.tool = "pan"
    start = hand.on_screen(80, 70)
    QTest.mousePress(hand.view.viewport(), button, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(hand.view.viewport(), start + QPoint(30, 20))
    QTest.mouseRelease(hand.view.viewport(), button, Qt.KeyboardModifier.NoModifier, start + QPoint(30, 20))
    if how == "space":
        QTest.keyRelease(hand.view, Qt.Key.Key_Space)
    assert hand.on_screen(0, 0) - before == QPoint(30, 20)
    assert hand.boxes() == []
    assert hand.model.selection == ()


def test_a_tap_on_space_is_told_and_a_hold_is_not(hand: Hand, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hand.view.space_tapped):
        hand.key(Qt.Key.Key_Space)
    with qtbot.assertNotEmitted(hand.view.space_tapped):
        send_key(hand, QEvent.Type.KeyPress, 10_000)
        send_key(hand, QEvent.Type.KeyPress, 10_500, repeat=True)
        send_key(hand, QEvent.Type.KeyRelease, 10_900)
        QTest.keyPress(hand.view, Qt.Key.Key_Space)
        hand.drag((100, 20), (130, 30))
        QTest.keyRelease(hand.view, Qt.Key.Key_Space)


@pytest.mark.parametrize("key", [Qt.Key.Key_Space, Qt.Key.Key_Escape])
def test_keys_with_a_meaning_of_their_own_reach_the_canvas_before_a_shortcut(hand: Hand, key: Qt.Key) -> None:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier)
    event.ignore()
    QApplication.sendEvent(hand.view, event)
    assert event.isAccepted()


def test_the_pointer_is_told_only_inside_the_image(hand: Hand, qtbot: QtBot) -> None:
    with qtbot.waitSignal(hand.view.pointer_moved) as told:
        hand.hover(30, 40)
    assert told.args == pytest.approx([30, 40], abs=1)
    with qtbot.assertNotEmitted(hand.view.pointer_moved):
        hand.hover(-10, 40)


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_right_click_offers_the_classes_as_plain_text(hand: Hand, qtbot: QtBot) -> None:
    hand.model.classes = [
        LabelClass(1, "a&b <b>bold</b>", "#ff0000", 0),
        LabelClass(2, "shark", "#00ff00", 1),
    ]
    point = hand.on_screen(80, 70)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, hand.view.viewport().mapToGlobal(point))
    QApplication.sendEvent(hand.view.viewport(), event)
    (menu,) = hand.view.findChildren(QMenu)
    texts = [action.text() for action in menu.actions()]
    assert "a&&b <b>bold</b>\t1" in texts
    next(action for action in menu.actions() if action.text().startswith("shark")).trigger()
    menu.close()
    (annotation,) = hand.desk.stored().annotations.values()
    assert annotation.class_id == 2


@pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
def test_a_right_click_marks_and_locks_without_the_keyboard(hand: Hand) -> None:
    def choose(text: str) -> None:
        point = hand.on_screen(80, 70)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, hand.view.viewport().mapToGlobal(point))
        QApplication.sendEvent(hand.view.viewport(), event)
        menu = hand.view.findChildren(QMenu)[-1]
        next(action for action in menu.actions() if action.text() == text).trigger()
        menu.close()

    choose("Occluded")
    assert [a.flags for a in hand.annotations] == [{"occluded"}]
    choose("Lock or unlock")
    assert hand.model.is_locked(hand.model.selection[0])


def test_a_prelabel_looks_different_from_what_was_confirmed_in_shape_not_only_colour(hand: Hand) -> None:
    def edge() -> set[str]:
        image = hand.seen()
        start = hand.on_screen(200, 50)
        return {image.pixelColor(start.x() - 1, start.y() + i).name() for i in range(20, 60)}

    assert len(edge()) > 1
    hand.model.select([("prediction", 2)])
    commands.accept_selected(hand.model)
    hand.model.select([])
    hand.view.viewport().repaint()
    assert len(edge()) == 1


def test_an_undone_box_leaves_no_trace_on_screen(hand: Hand) -> None:
    hand.model.select([])
    before = hand.seen()
    hand.draw(Box(150, 160, 190, 220))
    assert hand.seen() != before
    hand.model.undo()
    hand.model.select([])
    hand.hover(600, 500)
    QTest.mouseMove(hand.view.viewport(), QPoint(2, 2))
    assert hand.seen() == before


def test_what_was_repainted_in_parts_always_equals_what_is_painted_anew(hand: Hand) -> None:
    def step(name: str) -> None:
        in_parts = hand.seen()
        hand.model.classes = hand.model.classes  # repaints everything and interrupts nothing
        assert hand.seen() == in_parts, name

    hand.draw(Box(100, 120, 180, 170))
    step("draw")
    hand.press(140, 145)
    hand.hover(160, 160)
    step("at the start of a drag")
    hand.hover(240, 200)
    step("in the middle of a drag")
    hand.release(240, 200)
    step("drag")
    hand.model.select([])
    step("let go")
    hand.hover(240, 200)
    step("hover")
    hand.model.select([("prediction", 3)])
    commands.set_class(hand.model, 2)
    step("change class")
    commands.nudge(hand.model, 40, -20)
    step("nudge")
    hand.model.select([])
    hand.model.undo()
    hand.model.undo()
    step("undo")
    hand.model.select([("prediction", 1)])
    commands.reject_or_delete_selected(hand.model)
    step("reject")
    commands.select_all(hand.model)
    step("select all")
    hand.view.tool = "draw"
    hand.press(20, 20)
    hand.hover(60, 80)
    step("in the middle of drawing")
    hand.hover(30, 40)
    step("drawing smaller")
    hand.key(Qt.Key.Key_Escape)
    step("cancel")


def test_the_ground_follows_a_dark_theme(hand: Hand) -> None:
    light = hand.color_at(-10, -10)
    palette = QPalette(hand.view.palette())
    palette.setColor(QPalette.ColorRole.Window, QColor("#202020"))
    hand.view.setPalette(palette)
    assert hand.color_at(-10, -10).lightness() < light.lightness()


def test_without_an_image_nothing_can_go_wrong(hand: Hand) -> None:
    hand.model.show(None)
    hand.view.set_image(None, 0, 0)
    hand.draw(Box(1, 1, 50, 50))
    hand.click(10, 10)
    hand.key(Qt.Key.Key_Space)
    hand.view.fit()
    hand.view.grab()
    for command in (commands.accept_all, commands.duplicate, commands.paste, commands.next_doubtful):
        command(hand.model)
    assert hand.desk.stored(1).state is ImageState.UNLABELED
