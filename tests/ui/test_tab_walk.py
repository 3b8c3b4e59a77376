"""Tab leads to every control of the window and of each dialog, and a person sees where the keyboard is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QDialog,
    QDockWidget,
    QProgressBar,
    QRadioButton,
    QToolBar,
    QWidget,
)
from tests.presence import present
from tests.ui.conftest import Driver
from tests.ui.test_review import look_again, pool, show_list
from tests.ui.test_screen_reader import SHEETS, controls

from boxwright.ui.look.theme import apply_theme

__all__ = ["pool"]

CONTROL = Qt.KeyboardModifier.ControlModifier
LONGEST = 90


@pytest.fixture(autouse=True)
def dressed(qapp: QApplication) -> None:
    """As the program looks."""
    apply_theme(qapp, "light")


def tab_from(first: QWidget) -> list[QWidget]:
    """Everything that Tab comes by, from `first` round to where it was before. Each looks otherwise with the keyboard
    than without."""
    first.setFocus(Qt.FocusReason.TabFocusReason)
    # What a press of Tab tells the styles.
    first.window().setAttribute(Qt.WidgetAttribute.WA_KeyboardFocusChange)
    seen: list[QWidget] = []
    alike: list[str] = []
    for _ in range(LONGEST):
        now = QApplication.focusWidget()
        assert now is not None, f"the keyboard is nowhere after {seen[-1:]}"
        if now in seen:
            break
        seen.append(now)
        QApplication.processEvents()
        before = picture(now)
        QTest.keyClick(now, Qt.Key.Key_Tab)
        QApplication.processEvents()
        if not now.hasFocus() and now.isVisible() and picture(now) == before:
            alike.append(called(now))
    assert alike == [], "nobody sees that these have the keyboard"
    return seen


def called(widget: QWidget) -> str:
    text = widget.text() if isinstance(widget, QAbstractButton) else ""
    return f"{type(widget).__name__} “{widget.accessibleName() or text or widget.objectName()}”"


def wanted(window: QWidget) -> Iterator[QWidget]:
    """What a person acts on now. The tool bar repeats the menus, panels are shown and hidden by actions, and a list
    under a search field is walked from the field."""
    for widget in controls(window):
        searched = isinstance(widget, QAbstractItemView) and widget.focusPolicy() is Qt.FocusPolicy.NoFocus
        elsewhere = isinstance(widget, QProgressBar) or isinstance(widget.parent(), (QToolBar, QDockWidget))
        if widget.isVisible() and widget.isEnabled() and not searched and not elsewhere:
            yield widget


def reached(widget: QWidget, seen: list[QWidget]) -> bool:
    """One of several radio buttons is enough: the arrow keys lead to the others."""
    if isinstance(widget, QRadioButton):
        return any(isinstance(other, QRadioButton) and other.parent() is widget.parent() for other in seen)
    return widget in seen or any(widget.isAncestorOf(other) for other in seen)


def missed(window: QWidget, seen: list[QWidget]) -> list[str]:
    return [called(widget) for widget in wanted(window) if not reached(widget, seen)]


def picture(widget: QWidget) -> QImage:
    """With what is around it: some styles draw the frame of the focus outside."""
    whole = widget.window()
    place = widget.rect().translated(widget.mapTo(whole, widget.rect().topLeft())).adjusted(-3, -3, 3, 3)
    return whole.grab(place).toImage()


def test_tab_leads_through_the_window_and_the_keyboard_is_seen(opened: Driver) -> None:
    area = present(opened.window.opened).area
    seen = tab_from(area.queue_panel.source)
    assert missed(opened.window, seen) == []


def test_from_the_image_where_tab_goes_from_box_to_box_another_key_leads_on(opened: Driver) -> None:
    opened.canvas.setFocus()
    opened.key(Qt.Key.Key_Tab)
    assert opened.canvas.hasFocus()
    stops = set()
    for _ in range(4):
        opened.key(Qt.Key.Key_Tab, CONTROL)
        stops.add(QApplication.focusWidget())
    assert len(stops) == 4 and opened.canvas in stops


def test_the_list_to_review_and_its_line_are_reached(driver: Driver, pool: Path) -> None:
    look_again(pool)
    driver.open(pool)
    show_list(driver)
    seen = tab_from(present(driver.window.opened).area.queue_panel.source)
    assert present(driver.window.opened).area.queue_panel.finding_view in seen
    driver.canvas.setFocus()
    driver.key(Qt.Key.Key_Tab, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert present(driver.window.opened).area.queue_panel.finding_view.hasFocus()
    assert missed(present(driver.window.opened).area.queue_panel, seen) == []


def test_tab_leads_through_the_gallery_and_the_keyboard_is_seen(opened: Driver) -> None:
    opened.key(Qt.Key.Key_G, CONTROL)
    page = present(opened.window.opened).gallery.page
    opened.until(lambda: len(page.grid.ids) == 6)
    opened.key(Qt.Key.Key_A, CONTROL)
    seen = tab_from(page.filters.search)
    assert missed(page, seen) == []


def test_tab_leads_through_the_start_page_and_the_keyboard_is_seen(driver: Driver) -> None:
    page = driver.window.start_page
    seen = tab_from(page.recent)
    assert missed(page, seen) == []


@pytest.mark.parametrize("action_id", SHEETS)
def test_tab_leads_through_a_dialog_and_the_keyboard_is_seen(opened: Driver, action_id: str) -> None:
    opened.key(Qt.Key.Key_Tab)
    action = opened.window.live_actions[action_id]
    action.setEnabled(True)
    action.trigger()
    dialog = opened.dialog()
    # Some fill themselves from the pool: asked in order, so an answer to this one says that theirs is there.
    told: list[int] = []
    opened.workspace.reader.ask(lambda project: 1, told.append)
    opened.until(lambda: bool(told))
    first = QApplication.focusWidget()
    assert first is not None and dialog.isAncestorOf(first), "nothing has the keyboard"
    seen = tab_from(first)
    problems = missed(dialog, seen)
    assert isinstance(dialog, QDialog)
    dialog.reject()
    assert problems == []
