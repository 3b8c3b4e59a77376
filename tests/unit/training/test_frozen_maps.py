"""Looking at many pictures on threads: in order, little ahead, stopped at once, and told where they cannot be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from boxwright.domain.errors import Cancelled, TrainingError
from boxwright.domain.progress import Progress, ignore, never
from boxwright.training.protocol import Epoch, LogLine

pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("onnx", reason="training needs the extra 'train'")

from boxwright.training.nets.frozen_maps import kept_in, look_at_all

JOBS = list(range(50))


@pytest.mark.parametrize("threads", [1, 3])
def test_each_job_comes_in_its_order_and_is_told_after_it_was_taken(threads: int) -> None:
    taken: list[int] = []
    told: list[tuple[int, int, int]] = []

    def report(event: Progress | Epoch | LogLine) -> None:
        assert isinstance(event, Progress)
        told.append((event.done, event.total, len(taken)))

    for job, found in look_at_all(lambda job: job * job, JOBS, threads, report, never):
        assert found == job * job
        taken.append(job)
    assert taken == JOBS
    assert told == [(done, 50, done) for done in range(1, 51)]


def test_what_is_not_taken_is_looked_at_little_ahead() -> None:
    looked: list[int] = []
    for job, _ in look_at_all(looked.append, JOBS, 2, ignore, never):
        if job == 9:
            break
    assert len(looked) <= 10 + 2 * 2 + 2


def test_a_stop_ends_it_and_an_error_of_a_look_comes_out() -> None:
    seen: list[int] = []
    with pytest.raises(Cancelled):
        seen += (job for job, _ in look_at_all(str, JOBS, 2, ignore, lambda: True))
    assert seen == []
    with pytest.raises(ZeroDivisionError):
        list(look_at_all(lambda job: 1 // (job - 3), JOBS, 2, ignore, never))
    assert list(look_at_all(str, [], 2, ignore, never)) == []


def test_a_folder_that_cannot_be_made_or_written_is_told(tmp_path: Path) -> None:
    with kept_in(tmp_path / "a" / "b"):
        (tmp_path / "a" / "b" / "file").touch()
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match="could not be stored"), kept_in(tmp_path / "file" / "b"):
        pytest.fail("there is no such folder")
    with pytest.raises(TrainingError, match="could not be stored"), kept_in(tmp_path / "a"):
        (tmp_path / "none" / "file").touch()
