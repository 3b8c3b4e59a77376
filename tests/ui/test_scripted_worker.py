"""A scripted annotator at the window, on pictures that are drawn for it: real keys, clicks and drags make the database
say what the truth says, and pre-labels save it work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.true_labels import Truth, faults
from tests.ui.conftest import Driver

from boxwright.config import paths
from boxwright.domain.annotation import Origin
from boxwright.domain.image import ImageState
from boxwright.domain.pairing import MATCHED, WELL_PLACED
from boxwright.domain.progress import ignore
from boxwright.services.batches.next_batch import NextRequest, next_batch
from boxwright.services.demo import make_demo
from boxwright.services.demo.shapes import CLASSES
from boxwright.services.demo.truth import FILE, read_truth
from boxwright.services.detectors.admission import add_model
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project
from boxwright.ui.demo.tally import Correction, HandMove, WorkTally
from boxwright.ui.demo.worker import PlayedWorker

IMAGES = 3


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("worker") / "demo"
    make_demo(folder, ignore, pictures=8, ready=False).close()
    return folder


@pytest.fixture
def begun(pictures: Path, tmp_path: Path) -> Callable[[bool], Path]:
    """Makes a project of the pictures, with pre-labels or without."""

    def make(pre_labels: bool) -> Path:
        folder = tmp_path / f"project-{pre_labels}"
        with Project.create(folder, CLASSES) as project:
            add_folders(project, [pictures / "pictures"])
            if pre_labels:
                prelabel(project, add_model(project, paths.models() / "starter.onnx"), "cpu")
            next_batch(project, NextRequest(IMAGES, "random", seed=5))
        return folder

    return make


def work(driver: Driver, folder: Path, truth: Truth) -> WorkTally:
    """Correct the batch."""
    driver.open(folder)
    worker = PlayedWorker(driver.canvas, truth, WELL_PLACED, MATCHED)
    for row in range(IMAGES):
        driver.shown(row)
        record = driver.workspace.record
        assert record is not None
        worker.correct(record.file)
        worker.accept()
    driver.until(lambda: driver.workspace.queue.next_open(-1) is None)
    driver.saved()
    return worker.tally


def origins(folder: Path) -> set[Origin]:
    """Where the labels on disk came from."""
    with Project.open(folder, read_only=True) as project:
        done = project.images.ids(state=ImageState.LABELED).tolist()
        assert len(done) == IMAGES
        return {a.origin for i in done for a in project.labels.load(i).annotations.values()}


def test_correcting_and_drawing_both_end_in_the_truth_and_correcting_takes_less(
    driver: Driver, begun: Callable[[bool], Path], pictures: Path
) -> None:
    truth = read_truth(pictures / FILE)
    scratch, pre_labelled = begun(False), begun(True)
    drawing = work(driver, scratch, truth)
    assert origins(scratch) == {Origin.DRAWN}
    correcting = work(driver, pre_labelled, truth)
    assert not faults(scratch, truth) + faults(pre_labelled, truth)
    assert {Origin.ACCEPTED, Origin.DRAWN} < origins(pre_labelled), "something was accepted, something not"
    assert correcting.judged[Correction.IMAGE] == drawing.judged[Correction.IMAGE] == IMAGES
    assert correcting.acts[Correction.MISSING, HandMove.DRAG] == correcting.judged[Correction.MISSING]
    assert correcting.judged[Correction.PUT] + correcting.judged[Correction.OFFERED], (
        "what the detector guesses is a click away"
    )
    assert sum(map(correcting.seconds, Correction)) < sum(map(drawing.seconds, Correction))


def test_extreme_points_are_four_clicks_a_box(driver: Driver, begun: Callable[[bool], Path], pictures: Path) -> None:
    truth = read_truth(pictures / FILE)
    folder = begun(False)
    driver.window.change_setting(draw_by="points")
    drawing = work(driver, folder, truth)
    assert not faults(folder, truth)
    assert drawing.acts[Correction.MISSING, HandMove.CLICK] == 4 * drawing.judged[Correction.MISSING]
    assert not drawing.acts[Correction.MISSING, HandMove.DRAG]
