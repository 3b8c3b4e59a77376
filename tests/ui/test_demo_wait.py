"""The demo waits as long as anything moves, and no longer."""

from __future__ import annotations

import threading

import pytest
from tests.retraining import asked, good, labelled_pool, use_puppets

from boxwright.domain.errors import BoxwrightError
from boxwright.services.project.writer import WriteQueue
from boxwright.services.retraining.run import start_retrain
from boxwright.ui.demo import wait
from boxwright.ui.recovery.problem import ProblemDialog


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """What is still for so short a time is given up."""
    monkeypatch.setattr(wait, "_STILL_LOOKS", 20)


def test_what_never_comes_is_given_up_when_nothing_moves(driver):
    assert not wait.comes(lambda: False)
    with pytest.raises(BoxwrightError, match=r"the moon did not come, and nothing is at work any more\.$"):
        wait.wait_until(lambda: False, "the moon")


def test_a_child_process_is_waited_for_while_it_lives(driver, tmp_path, monkeypatch):
    use_puppets(tmp_path / "plug-ins", monkeypatch)
    with labelled_pool(tmp_path) as project:
        queue, looks = WriteQueue(project), list[int]()
        ended: list[object] = []
        request = asked(good(tmp_path), do="wait")
        job = start_retrain(project, queue, request, lambda _: None, ended.append, ended.append)
        # It does nothing at all, and would for ever.
        assert wait.comes(lambda: bool(looks.append(1)) or len(looks) > 100)
        job.cancel()
        assert job.wait()
        assert queue.close()
    assert ended == [None]
    assert not wait.comes(lambda: False), "and the child is gone"


def test_a_thread_that_works_is_waited_for(driver):
    enough, looks = threading.Event(), []

    def work():
        while not enough.is_set():
            sum(range(1000))

    thread = threading.Thread(target=work)
    thread.start()
    assert wait.comes(lambda: bool(looks.append(1)) or len(looks) > 60)
    enough.set()
    thread.join()


def test_what_the_window_complains_of_ends_the_wait_with_its_sentence(driver):
    driver.window.show_error("No batch was drawn", "The disk is full; make room.")
    with pytest.raises(BoxwrightError, match=r"waited for the batch: The disk is full; make room\.$"):
        wait.wait_until(lambda: False, "the batch")
    for dialog in driver.window.findChildren(ProblemDialog):
        dialog.reject()
