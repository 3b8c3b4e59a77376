"""A canvas on a real project, one image pixel to one pixel of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.labelling import HEIGHT, WIDTH, Desk, desk_on
from tests.ui.canvas.hand import Hand, picture
from tests.ui.conftest import wait_until

from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.labelling.session import SessionModel


@pytest.fixture
def desk(tmp_path: Path, qapp: object) -> Iterator[Desk]:
    with desk_on(tmp_path / "p") as desk:
        yield desk


@pytest.fixture
def hand(desk: Desk, qtbot: QtBot) -> Hand:
    model = SessionModel(desk.writer, desk.project.classes.all())
    view = CanvasView(model)
    qtbot.addWidget(view)
    view.resize(640, 520)
    view.show()
    wait_until(lambda: view.windowHandle().isExposed())
    model.show(desk.stored(1))
    view.set_image(picture(), WIDTH, HEIGHT)
    view.actual_size()
    return Hand(view, model, desk)
