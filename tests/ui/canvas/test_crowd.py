"""Very many boxes: quick while the picture moves, whole when it stands."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from tests.labelling import HEIGHT, WIDTH
from tests.ui.canvas.hand import Hand
from tests.ui.conftest import wait_until

from boxwright.domain import edits
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind
from boxwright.ui.canvas.box_painter import COARSE_FROM


def crowd(hand: Hand, count: int) -> None:
    rng = np.random.default_rng(3)
    corners = rng.integers((0, 0), (WIDTH - 20, HEIGHT - 20), (count, 2)).tolist()
    new = [drawn(Box(x, y, x + 11, y + 11), 1) for x, y in corners]
    hand.model.push(edits.combined(EditKind.DRAW_BOX, [edits.add(a) for a in new]))
    hand.model.select([])


def settled(hand: Hand, qtbot: QtBot) -> None:
    wait_until(lambda: not hand.view.box_painter.moving)


def test_tags_are_left_out_while_a_crowd_is_zoomed_and_come_back_when_it_stands(hand: Hand, qtbot: QtBot) -> None:
    crowd(hand, COARSE_FROM + 40)
    settled(hand, qtbot)
    assert hand.view.box_painter.tags
    hand.view.zoom_by(1.02)
    assert not hand.view.box_painter.tags
    coarse = hand.seen()
    settled(hand, qtbot)
    assert hand.view.box_painter.tags
    whole = hand.seen()
    assert whole != coarse
    hand.model.classes = hand.model.classes  # repaints everything
    assert hand.seen() == whole


def test_a_few_boxes_keep_their_tags_while_the_picture_moves(hand: Hand) -> None:
    hand.view.zoom_by(1.25)
    assert len(hand.view.box_painter.tags) == 3


def test_a_crowd_keeps_the_tags_there_is_room_for(hand: Hand, qtbot: QtBot) -> None:
    crowd(hand, 400)
    settled(hand, qtbot)
    tags = hand.view.box_painter.tags
    assert 0 < len(tags) < 400
    places = list(tags.values())
    assert not any(a.intersects(b) for i, a in enumerate(places) for b in places[:i])


@pytest.mark.parametrize("line", [1, 2, 5])
def test_a_line_of_any_width_hides_one_pixel_of_what_is_judged(hand: Hand, line: int) -> None:
    hand.model.threshold = 1.0
    bare = hand.color_at(150, 150)
    hand.draw(Box(100, 100, 200, 200))
    hand.model.select([])
    hand.view.set_line_width(line)
    hand.hover(300, 20)
    hand.hover(10, 10)
    picture = hand.seen()
    row = [picture.pixelColor(hand.on_screen(x, 150)) for x in range(90, 110)]
    drawn_at = [x for x, color in zip(range(90, 110), row) if color != bare]
    casing = 1
    assert drawn_at == list(range(100 - (line - 1) - casing, 101 + casing))
