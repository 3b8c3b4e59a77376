"""The small map of a large image, and the crosshair."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.labelling import HEIGHT, WIDTH
from tests.ui.canvas.hand import Hand

from boxwright.domain.box import Box
from boxwright.ui.labelling import commands

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def zoomed(hand: Hand) -> Hand:
    hand.view.minimap.set_wanted(True)
    hand.view.zoom_by(6)
    return hand


def middle(hand: Hand) -> tuple[float, float]:
    inverse, _ = hand.view.viewportTransform().inverted()
    point = inverse.map(hand.view.viewport().rect().center())
    return point.x(), point.y()


def test_the_map_is_there_only_while_the_image_is_larger_than_the_view(hand: Hand) -> None:
    hand.view.minimap.set_wanted(True)
    assert not hand.view.minimap.isVisible()
    hand.view.zoom_by(6)
    assert hand.view.minimap.isVisible()
    hand.view.fit()
    assert not hand.view.minimap.isVisible()


def test_who_does_not_want_the_map_has_none(zoomed: Hand) -> None:
    zoomed.view.minimap.set_wanted(False)
    assert not zoomed.view.minimap.isVisible()


@pytest.mark.parametrize("share", [(0.2, 0.3), (0.8, 0.6)])
def test_a_click_on_the_map_goes_there(zoomed: Hand, share: tuple[float, float]) -> None:
    minimap = zoomed.view.minimap
    at = QPoint(round(minimap.width() * share[0]), round(minimap.height() * share[1]))
    QTest.mouseClick(minimap, LEFT, Qt.KeyboardModifier.NoModifier, at)
    assert middle(zoomed) == pytest.approx((WIDTH * share[0], HEIGHT * share[1]), abs=4)
    assert zoomed.model.selection == ()


def test_the_map_shows_the_image_and_the_part_in_sight(zoomed: Hand) -> None:
    minimap = zoomed.view.minimap
    QTest.mouseClick(minimap, LEFT, Qt.KeyboardModifier.NoModifier, QPoint(40, 40))
    QApplication.processEvents()
    picture = minimap.grab().toImage()
    assert picture.pixelColor(minimap.width() - 8, minimap.height() - 8).name() == "#406080"
    assert picture.pixelColor(40, 40).name() != "#406080"


def test_the_crosshair_can_stay_in_every_tool_and_goes_with_the_pointer(hand: Hand) -> None:
    bare = hand.color_at(180, 20)
    hand.hover(180, 170)
    assert hand.color_at(180, 20) == bare
    hand.view.set_crosshair(True)
    hand.hover(190, 160)
    assert hand.color_at(190, 20) != bare
    assert hand.color_at(180, 20) == bare
    hand.view.set_crosshair(False)
    assert hand.color_at(190, 20) == bare


def test_the_map_makes_way_for_the_selected_box(zoomed: Hand) -> None:
    minimap = zoomed.view.minimap
    inverse, _ = zoomed.view.viewportTransform().inverted()
    corner = inverse.mapRect(QRectF(minimap.geometry()))
    box = Box(*(float(round(v)) for v in (corner.left(), corner.top(), corner.right(), corner.bottom())))
    before = minimap.geometry()
    commands.draw(zoomed.model, box)
    assert minimap.isVisible()
    assert not minimap.geometry().intersects(before)
    zoomed.model.select([])
    assert minimap.geometry() == before
