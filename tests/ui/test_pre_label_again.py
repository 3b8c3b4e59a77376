"""A detector looks at chosen images again and one undo gives back what it replaced: a real one, in its own process."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.colours import make_pool
from tests.pools import id_of
from tests.presence import present
from tests.ui.conftest import Driver

from boxwright.domain.edits import confirm_empty
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.sampling.scores import pool_scores
from boxwright.services.project.project import Project

CONTROL = Qt.KeyboardModifier.ControlModifier
RED = (230, 10, 10)


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """Of three red pictures the detector has seen `old` and `touched`, and said something else then."""
    with make_pool(tmp_path, {f"{name}.png": RED for name in ("new", "old", "touched")}) as project:
        model = project.models.active()
        assert model is not None
        probs = np.array([[0.1, 0.4, 0.2], [0.3, 0.1, 0.1]], np.float32)
        boxes = np.array([[1, 1, 9, 9], [20, 20, 40, 40]], np.float32)
        seen = Detections(boxes, probs.max(1), probs.argmax(1), probs, ProbKind.SIGMOID, 0.4)
        ids = [id_of(project, "old.png"), id_of(project, "touched.png")]
        project.predictions.replace(model.id, [ImagePredictions(i, seen) for i in ids])
        project.scores.append(model.id, pool_scores(ids, [seen, seen], ProbKind.SIGMOID))
    return tmp_path / "project"


def on_disk(folder: Path) -> dict[str, object]:
    """What is known of each image: pre-labels with their ids, and the best score."""
    with Project.open(folder, read_only=True) as project:
        model = project.models.active()
        assert model is not None
        scores = project.scores.read(model.id)
        best = dict(zip(scores.image_ids.tolist(), scores.best_raw.round(3).tolist(), strict=True))
        found: dict[str, object] = {}
        for name in ("new", "old", "touched"):
            id_ = id_of(project, f"{name}.png")
            boxes = [(p.id, p.box, p.class_id) for p in project.predictions.of_image(id_, model.id)]
            found[name] = boxes, best.get(id_), id_ in project.predictions.predicted_ids(model.id)
        return found


def say_again(driver: Driver) -> None:
    driver.key(Qt.Key.Key_G, CONTROL)
    page = present(driver.window.opened).gallery.page
    driver.until(lambda: len(page.grid.ids) == 3)
    driver.key(Qt.Key.Key_A, CONTROL)
    driver.window.live_actions["gallery.predict"].trigger()
    driver.until(lambda: "pre-labelled with" in driver.window.status.currentMessage())


def test_undo_gives_back_what_was_replaced_and_spares_what_was_corrected_since(driver, pool):
    before = on_disk(pool)
    driver.open(pool)
    say_again(driver)
    after = on_disk(pool)
    assert all(after[name] != before[name] for name in before)
    touched = None

    def correct(project: Project) -> None:
        nonlocal touched
        touched = id_of(project, "touched.png")
        project.labels.apply(touched, confirm_empty(project.labels.load(touched)))

    driver.workspace.writer.submit(correct).result()
    QTest.keyClick(driver.window.opened.gallery.page.grid, Qt.Key.Key_Z, CONTROL)
    driver.until(lambda: "2 images have the pre-labels again" in driver.window.status.currentMessage())
    now = on_disk(pool)
    assert (now["new"], now["old"]) == (before["new"], before["old"])
    assert now["touched"] == after["touched"], "a person has corrected it since"


def test_each_look_is_a_step_of_its_own(driver, pool):
    before = on_disk(pool)
    driver.open(pool)
    say_again(driver)
    driver.window.status.say("")
    once = on_disk(pool)
    driver.window.live_actions["gallery.predict"].trigger()
    driver.until(lambda: "pre-labelled with" in driver.window.status.currentMessage())
    for expected in (once, before):
        driver.window.status.say("")
        QTest.keyClick(driver.window.opened.gallery.page.grid, Qt.Key.Key_Z, CONTROL)
        driver.until(lambda: "have the pre-labels again" in driver.window.status.currentMessage())
        assert on_disk(pool) == expected
