"""Check boxes and radio buttons stand out from the window in every theme, whatever their state."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QRadioButton, QStyle, QStyleOptionButton, QVBoxLayout, QWidget
from tests.ui.conftest import show
from tests.ui.screens.faults import SHARP, painted, strongest_contrast

from boxwright.ui.look.theme import apply_theme

STANDS_OUT = 3.0
"""WCAG 2.1, 1.4.11: what is needed to see a control."""


@pytest.fixture
def light_again(qapp):
    yield
    apply_theme(qapp, "light")


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
@pytest.mark.parametrize("kind", [QCheckBox, QRadioButton])
@pytest.mark.parametrize("on", [True, False])
def test_the_edge_of_a_box_to_tick_is_seen(qapp, qtbot, light_again, theme, kind, on) -> None:
    apply_theme(qapp, theme)
    page = QWidget()
    qtbot.addWidget(page)
    button = kind("Words")
    button.setChecked(on)
    QVBoxLayout(page).addWidget(button)
    page.resize(200, 60)
    show(page)
    pixels = painted(page)
    place, ground = edge_of(button), page.palette().window().color()
    # The middle of each side, from outside to its line, where neither a tick nor a dot reaches.
    across, down = place.center().x() * SHARP, place.center().y() * SHARP
    left, right, top, bottom = (
        edge * SHARP for edge in (place.left(), place.right() + 1, place.top(), place.bottom() + 1)
    )
    sides = (
        pixels[down, left - 4 : left + 4], pixels[down, right - 4 : right + 4],
        pixels[top - 4 : top + 4, across], pixels[bottom - 4 : bottom + 4, across],
    )  # fmt: skip
    assert QColor(*map(int, sides[0][0])) == ground
    for side in sides:
        assert strongest_contrast(side.reshape(1, -1, 3)) >= STANDS_OUT


def edge_of(button: QCheckBox | QRadioButton) -> QRect:
    """Of the indicator, in the parent."""
    option = QStyleOptionButton()
    button.initStyleOption(option)
    part = QStyle.SubElement.SE_CheckBoxIndicator
    if isinstance(button, QRadioButton):
        part = QStyle.SubElement.SE_RadioButtonIndicator
    return button.style().subElementRect(part, option, button).translated(button.pos())


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_a_tick_is_told_from_an_empty_box_by_more_than_its_colour(qapp, qtbot, light_again, theme) -> None:
    apply_theme(qapp, theme)
    button = QCheckBox("")
    qtbot.addWidget(button)
    button.setChecked(True)
    button.resize(17, 17)
    show(button)
    within = painted(button)[3 * SHARP : 14 * SHARP, 3 * SHARP : 12 * SHARP]
    assert strongest_contrast(within) >= STANDS_OUT
