"""Images that arrive later: judged once, by the pool's own scores and the budget."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.colours import Colour, make_pool, shades, write_pictures

from boxwright.domain.batch import Slot
from boxwright.domain.edits import confirm_empty
from boxwright.domain.errors import ModelError, SettingError
from boxwright.sampling.stream import passing
from boxwright.services.batches.next_batch import NextRequest, next_batch
from boxwright.services.batches.stream import Arrivals, end_stream, queue_arrivals, set_stream, stream_of, take_in
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project

COUNT = 40
GREY: Colour = (200, 199, 199)
RED: Colour = (200, 1, 0)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A pool from sure to unsure with a stream of nothing but uncertain images."""
    with make_pool(tmp_path, shades(COUNT)) as made:
        set_stream(made, random_share=0.0, budget=0.1, score="entropy", aggregate="max", seed=1)
        take_in(made, "cpu")
        yield made


def arrive(project: Project, tmp_path: Path, name: str, *colours: Colour) -> Arrivals:
    """Pictures come into the folder and are taken in."""
    write_pictures(tmp_path / "pictures", {f"{name}/{i:03}.png": colour for i, colour in enumerate(colours)})
    return take_in(project, "cpu")[1]


def test_what_was_there_is_the_pool_and_nothing_of_it_is_queued(project: Project) -> None:
    assert project.batches.count() == 0
    assert queue_arrivals(project) == Arrivals()


def test_unusual_arrivals_pass_and_usual_ones_do_not(project: Project, tmp_path: Path) -> None:
    found = arrive(project, tmp_path, "monday", (200, 199, 198), RED)
    assert (found.looked_at, found.queued) == (2, 1)
    assert found.batch is not None
    (item,) = found.batch.items
    assert item.slot is Slot.UNCERTAIN and item.score is not None and item.prediction_id is not None
    assert project.images.get(item.image_id).path.endswith("monday/000.png")


def test_none_is_judged_twice_nor_queued_when_a_batch_had_it(project: Project, tmp_path: Path) -> None:
    arrive(project, tmp_path, "monday", RED)
    assert take_in(project, "cpu")[1].looked_at == 0
    write_pictures(tmp_path / "pictures", {"tuesday/000.png": (200, 198, 199)})
    assert take_in(project, "cpu")[1].queued == 1
    drawn = {item.image_id for batch in project.batches.all() for item in batch.items}
    assert take_in(project, "cpu")[1] == Arrivals()
    assert {item.image_id for batch in project.batches.all() for item in batch.items} == drawn


def test_they_join_the_batch_at_hand_and_otherwise_make_one(project: Project, tmp_path: Path) -> None:
    batch = next_batch(project, NextRequest(2, seed=1))
    found = arrive(project, tmp_path, "monday", (200, 199, 197))
    assert found.batch is not None and found.batch.id == batch.id
    assert found.batch.items[:2] == batch.items
    assert [item.rank for item in found.batch.items] == [0, 1, 2]
    assert project.batches.latest() == found.batch
    for item in found.batch.items:
        project.labels.apply(item.image_id, confirm_empty(project.labels.load(item.image_id)))
    later = arrive(project, tmp_path, "tuesday", (200, 197, 199))
    assert later.batch is not None and later.batch.id == batch.id + 1


def test_they_do_not_join_a_batch_that_another_detector_drew(project: Project, tmp_path: Path) -> None:
    drawn = next_batch(project, NextRequest(3))
    old = project.models.active()
    assert old is not None
    copy = project.folder / "models" / "second.onnx"
    copy.write_bytes((project.folder / old.file).read_bytes())
    new = project.models.add("second", "models/second.onnx", "1" * 64, old.card, old.class_map)
    project.models.activate(new.id)
    found = arrive(project, tmp_path, "monday", (200, 199, 198))
    assert found.batch is not None and found.batch.id != drawn.id
    assert (drawn.model_id, found.batch.model_id) == (old.id, new.id)


def test_an_arrival_without_a_score_waits_for_one(project: Project, tmp_path: Path) -> None:
    from boxwright.services.images.scan import add_folders

    write_pictures(tmp_path / "pictures", {"monday/000.png": (200, 198, 197)})
    add_folders(project, [tmp_path / "pictures"])
    assert queue_arrivals(project) == Arrivals(waiting=1)
    model = project.models.active()
    assert model is not None
    prelabel(project, model, "cpu")
    assert queue_arrivals(project).queued == 1
    assert queue_arrivals(project).looked_at == 0


def test_a_pool_without_enough_scores_says_so_and_keeps_the_arrivals(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(5)) as project:
        set_stream(project, random_share=0.0)
        take_in(project, "cpu")
        found = arrive(project, tmp_path, "monday", GREY)
        assert "Only 5 images of the pool have a score" in found.note
        assert (found.queued, found.waiting) == (0, 1)


def test_how_it_is_set_is_kept_and_can_be_ended(project: Project, tmp_path: Path) -> None:
    before = stream_of(project)
    assert before is not None and (before.budget, before.random_share, before.seed) == (0.1, 0.0, 1)
    assert set_stream(project, budget=0.3).random_share == 0.0
    end_stream(project)
    assert stream_of(project) is None
    assert queue_arrivals(project) == Arrivals()
    for wrong in ({"budget": 0.0}, {"random_share": 1.5}, {"score": "luck"}):
        with pytest.raises(SettingError):
            set_stream(project, **wrong)


def test_without_a_detector_it_says_what_to_do(tmp_path: Path) -> None:
    with Project.create(tmp_path / "empty") as project, pytest.raises(ModelError, match="add one"):
        set_stream(project)
        take_in(project, "cpu")


@given(st.integers(0, 1000), st.sampled_from([0.05, 0.1, 0.3, 1.0]), st.floats(0, 1), st.booleans())
def test_arrivals_like_the_pool_keep_to_the_budget(seed: int, budget: float, random_share: float, tied: bool) -> None:
    """Also where all scores are one of four."""
    scores = np.random.default_rng(seed).random(3000)
    if tied:
        scores = np.round(scores * 3) / 3
    found = passing(scores[:1000], scores[1000:], budget, random_share, generator(seed))
    assert len(set(found.indices.tolist())) == len(found.indices)
    # Four and a half standard deviations of a share that is told from a thousand scores.
    assert abs(len(found.indices) / 2000 - budget) < 0.08
    assert abs(found.slots.count(Slot.RANDOM) / 2000 - budget * random_share) < 0.05
    again = passing(scores[:1000], scores[1000:], budget, random_share, generator(seed))
    assert found.indices.tolist() == again.indices.tolist()


def test_a_pool_of_equal_scores_lets_the_budget_through_and_surprises_all() -> None:
    pool = np.full(100, 0.5)
    assert len(passing(pool, np.full(1000, 0.5), 0.1, 0.0, generator()).indices) == pytest.approx(100, abs=40)
    assert len(passing(pool, np.full(1000, 0.6), 0.1, 0.0, generator()).indices) == 1000
    assert len(passing(pool, np.full(1000, 0.4), 0.1, 0.0, generator()).indices) == 0
    assert len(passing(pool, np.zeros(0), 0.1, 0.5, generator()).indices) == 0
