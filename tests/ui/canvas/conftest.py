"""A canvas on a real project, one image pixel to one pixel of the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from tests.labelling import HEIGHT, WIDTH, Desk, make_project
from tests.ui.canvas.hand import Hand, picture
from tests.ui.conftest import wait_until

from boxwright.services.project.label_session import LabelSession
from boxwright.services.project.writer import WriteQueue
from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.labelling.session import SessionModel


@pytest.fixture
def desk(tmp_path: Path, qapp: object) -> Iterator[Desk]:
    project = make_project(tmp_path / "p")
    desk = Desk(project, WriteQueue(project))
    yield desk
    desk.close()


@pytest.fixture
def hand(desk: Desk, qtbot: QtBot) -> Hand:
    model = SessionModel(LabelSession(desk.writer), desk.project.classes.all())
    view = CanvasView(model)
    qtbot.addWidget(view)
    view.resize(640, 520)
    view.show()
    wait_until(lambda: view.windowHandle().isExposed())
    model.show(desk.stored(1))
    view.set_image(picture(), WIDTH, HEIGHT)
    view.actual_size()
    return Hand(view, model, desk)
