"""Features of a project's images: made while pre-labelling, each image once, whichever detector is the active one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.colours import make_pool, shades, write_detector, write_pictures

from boxwright.config import paths
from boxwright.domain.batch import Slot
from boxwright.domain.edits import confirm_empty
from boxwright.domain.model import Model
from boxwright.services.batches.next_batch import NextRequest, next_batch
from boxwright.services.detectors.admission import add_model
from boxwright.services.detectors.feature_model import feature_model, stored_features
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.job import start_prelabel
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue

COUNT = 12


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project", ["red", "green", "blue"]) as made:
        add_folders(made, [write_pictures(tmp_path / "pictures", shades(COUNT))])
        yield made


@pytest.fixture
def starter(project: Project) -> Model:
    return add_model(project, paths.models() / "starter.onnx")


def seen(project: Project) -> list[int]:
    features = stored_features(project)
    return [] if features is None else features.image_ids.tolist()


def label(project: Project, image_id: int) -> None:
    project.labels.apply(image_id, confirm_empty(project.labels.load(image_id)))


def test_pre_labelling_leaves_features_of_every_image_labelled_ones_too(project: Project, starter: Model) -> None:
    ids = project.images.ids().tolist()
    label(project, ids[3])
    result = prelabel(project, starter, "cpu")
    assert result.predicted == COUNT - 1
    assert seen(project) == ids
    features = stored_features(project)
    assert features is not None
    assert np.isfinite(features.rows).all()
    assert len(np.unique(features.rows, axis=0)) > COUNT // 2


def test_a_later_detector_looks_at_no_image_twice_and_new_images_get_features_of_the_first(
    project: Project, starter: Model, tmp_path: Path
) -> None:
    prelabel(project, starter, "cpu")
    before = stored_features(project)
    other = add_model(project, write_detector(tmp_path / "colours.onnx"))
    project.models.activate(other.id)
    prelabel(project, other, "cpu")
    assert feature_model(project) == project.models.get(starter.id)
    write_pictures(tmp_path / "pictures" / "more", [(9, 200, 9)])
    add_folders(project, [tmp_path / "pictures"])
    assert prelabel(project, other, "cpu").predicted == 1
    after = stored_features(project)
    assert before is not None and after is not None
    assert seen(project) == project.images.ids().tolist()
    assert np.array_equal(after.rows[:COUNT], before.rows)


def test_a_pool_that_was_pre_labelled_before_there_were_features_gets_them(project: Project, starter: Model) -> None:
    prelabel(project, starter, "cpu")
    project.features.keep_only(starter.id + 1)
    del project.settings.feature_model
    again = prelabel(project, starter, "cpu")
    assert (again.predicted, again.already, again.stopped) == (0, COUNT, False)
    assert seen(project) == project.images.ids().tolist()


def test_a_detector_that_offers_none_is_asked_once_and_the_samplers_say_so(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(COUNT)) as project:
        model = project.models.active()
        assert model is not None
        assert prelabel(project, model, "cpu").predicted == COUNT
        assert stored_features(project) is None
        assert prelabel(project, model, "cpu").seconds < 1
        batch = next_batch(project, NextRequest(4, sampler="uncertainty-diversity", random_share=0, seed=1))
        assert "no features" in batch.notes[0]
        assert {item.slot for item in batch.items} == {Slot.UNCERTAIN}


def test_the_samplers_by_features_use_them(project: Project, starter: Model) -> None:
    prelabel(project, starter, "cpu")
    typical = next_batch(project, NextRequest(4, sampler="typiclust", random_share=0, seed=1))
    assert {item.slot for item in typical.items} == {Slot.TYPICAL}
    hybrid = next_batch(project, NextRequest(4, sampler="hybrid", seed=1))
    assert [item.slot for item in hybrid.items].count(Slot.RANDOM) == 2
    assert hybrid.notes == ()


def test_an_image_whose_pixels_changed_is_looked_at_again(project: Project, starter: Model, tmp_path: Path) -> None:
    prelabel(project, starter, "cpu")
    before = stored_features(project)
    first = project.images.ids().tolist()[0]
    label(project, first)
    write_pictures(tmp_path / "pictures", {"000.png": (7, 7, 250)})
    add_folders(project, [tmp_path / "pictures"])
    assert first not in seen(project)
    prelabel(project, starter, "cpu")
    after = stored_features(project)
    assert before is not None and after is not None
    assert after.image_ids.tolist() == before.image_ids.tolist()
    assert not np.array_equal(after.rows[0], before.rows[0])


@pytest.mark.slow
def test_the_window_s_job_stores_the_same(project: Project, starter: Model) -> None:
    writer = WriteQueue(project)
    done: list[object] = []
    try:
        start_prelabel(project, writer, starter.id, "cpu", lambda _: None, done.append, done.append).wait()
    finally:
        writer.close()
    assert getattr(done[0], "predicted", done) == COUNT
    by_job = stored_features(project)
    project.features.keep_only(starter.id + 1)
    prelabel(project, starter, "cpu")
    here = stored_features(project)
    assert by_job is not None and here is not None
    assert np.allclose(by_job.rows, here.rows, atol=1e-2)
    assert by_job.image_ids.tolist() == project.images.ids().tolist()
