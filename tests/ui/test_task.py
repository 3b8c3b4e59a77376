"""How a piece of work ends is told to whoever asked for it, however quick it was."""

from __future__ import annotations

from concurrent.futures import Future

from pytestqt.qtbot import QtBot
from tests.ui.conftest import wait_until

from boxwright.domain.errors import BoxwrightError
from boxwright.ui.project.task import BackgroundTask


def test_work_that_is_over_before_anybody_listens_is_told_all_the_same(qtbot: QtBot) -> None:
    over: Future[int] = Future()
    over.set_result(3)
    task, told = BackgroundTask("Quick"), list[object]()
    task.follow(over)
    task.finished.connect(told.append)
    wait_until(lambda: bool(told))
    assert told == [3]


def test_work_that_failed_before_anybody_listens_is_told_all_the_same(qtbot: QtBot) -> None:
    over: Future[int] = Future()
    over.set_exception(BoxwrightError("There is no room."))
    task, told = BackgroundTask("Quick"), list[str]()
    task.follow(over)
    task.failed.connect(told.append)
    wait_until(lambda: bool(told))
    assert told == ["There is no room."]
