"""What a screen reader is told: every control of every window and dialog has a name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSlider,
    QAbstractSpinBox,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QWidget,
)

from boxwright.ui.actions.table import ACTIONS

CONTROLS = (
    QAbstractButton, QAbstractItemView, QAbstractSlider, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit,
    QProgressBar,
)  # fmt: skip
# They open a dialog of the system, or none.
NO_SHEET = {"project.open", "project.rescue", "project.add_images", "project.demo", "retrain.watch"}
SHEETS = [
    a.id for a in ACTIONS if (a.text.endswith("…") or a.id in ("help.shortcuts", "help.about")) and a.id not in NO_SHEET
]


def controls(window: QWidget) -> Iterator[QWidget]:
    """What a person can act on; the parts that Qt makes a control of are left out."""
    for widget in window.findChildren(QWidget):
        inner = isinstance(widget.parent(), (QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit))
        elsewhere = isinstance(widget.window(), QMenu) or widget.window() is not window
        # What a button will say comes with what it will be for.
        waiting = isinstance(widget, QAbstractButton) and not widget.isVisibleTo(window)
        if (
            isinstance(widget, CONTROLS)
            and not isinstance(widget, (QScrollBar, QHeaderView))
            and not (inner or elsewhere or waiting)
        ):
            yield widget


def nameless(window: QWidget) -> list[str]:
    found = []
    for widget in controls(window):
        name = QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        if not name.strip() and not widget.objectName().startswith("qt_"):
            owner = next((type(w).__name__ for w in parents(widget) if "boxwright" in type(w).__module__), "")
            found.append(f"{type(widget).__name__} in {owner}")
    return found


def parents(widget: QWidget) -> Iterator[QWidget]:
    above = widget.parentWidget()
    while above is not None:
        yield above
        above = above.parentWidget()


def test_every_control_of_the_window_has_a_name(opened) -> None:
    found = nameless(opened.window)
    assert found == [], ", ".join(found)


@pytest.mark.parametrize("action_id", SHEETS)
def test_every_control_of_a_dialog_has_a_name(opened, action_id) -> None:
    opened.key(Qt.Key.Key_Tab)
    action = opened.window.live_actions[action_id]
    action.setEnabled(True)
    action.trigger()
    dialog = opened.dialog()
    found = nameless(dialog)
    dialog.reject()
    assert found == [], ", ".join(found)
