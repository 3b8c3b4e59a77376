"""A class goes with what has it, or is merged into another; all of it comes back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.retraining import labelled_pool

from boxwright.domain.annotation import accepted, drawn
from boxwright.domain.box import Box
from boxwright.domain.classes import ClassUse
from boxwright.domain.edits import add, reject, take
from boxwright.domain.errors import ProjectError, ReadOnlyProject
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.services.project.class_removal import remove_class, undo_removal
from boxwright.services.project.project import Project

RED, GREEN, BLUE = 1, 2, 3


def sees(*labels: int) -> Detections:
    """A box of each of these classes of the detector."""
    probs = np.full((len(labels), 3), 0.1, np.float32)
    probs[range(len(labels)), labels] = 0.9
    boxes = np.array([[i, i, i + 9, i + 9] for i in range(len(labels))], np.float32)
    return Detections(boxes, probs.max(1), probs.argmax(1), probs, ProbKind.SIGMOID, 0.9)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Boxes of three classes on labelled images, and pre-labels on two more: of those of red one is taken as a green
    box, one rejected, one open."""
    with labelled_pool(tmp_path) as made:
        model = made.models.active()
        assert model is not None
        made.predictions.replace(model.id, [ImagePredictions(10, sees(0, 0, 1)), ImagePredictions(11, sees(0, 2))])
        first, second, _ = sorted(made.labels.load(10).predictions.values(), key=lambda p: p.id)
        made.labels.apply(10, take(first, replace(accepted(first), class_id=GREEN)))
        made.labels.apply(10, reject([second]))
        yield made


def everything(project: Project) -> dict[str, Any]:
    """All of it but what an undo may leave: the log and when an image was worked on."""
    rows = project.store.rows
    return {
        "classes": project.classes.all(),
        "maps": [model.class_map for model in project.models.all()],
        "predictions": rows("SELECT * FROM prediction ORDER BY id"),
        "standings": rows("SELECT * FROM standing ORDER BY 1"),
        "annotations": sorted(rows("SELECT uid, image_id, class_id, x1, x2, origin, prediction_id FROM annotation")),
        "images": rows("SELECT id, state, touched, annotator FROM image ORDER BY id"),
    }


def classes_of(project: Project) -> list[int]:
    return [a.class_id for found in project.labels.annotations(project.images.ids().tolist()).values() for a in found]


def test_what_has_a_class_is_counted(project: Project) -> None:
    assert project.removed_classes.use(RED) == ClassUse(boxes=3, images=3, pre_labels=3, pre_labelled=2)
    assert not project.removed_classes.use(project.classes.add("new").id)


def test_a_merged_class_leaves_its_boxes_pre_labels_and_detectors_to_the_other(project: Project) -> None:
    before, boxes = everything(project), len(classes_of(project))
    done = remove_class(project, RED, into=BLUE)
    assert done.words == "'red' is merged into 'blue', with what had it: 3 boxes, 3 pre-labels."
    assert [c.id for c in project.classes.all()] == [GREEN, BLUE]
    assert len(classes_of(project)) == boxes
    assert set(classes_of(project)) == {GREEN, BLUE}
    assert project.removed_classes.use(BLUE).pre_labels == 4
    model = project.models.active()
    assert model is not None and dict(model.class_map) == {0: BLUE, 1: GREEN, 2: BLUE}
    assert undo_removal(project) == "'red' is back, with what has it: 3 boxes, 3 pre-labels."
    assert everything(project) == before


def test_a_class_that_is_removed_takes_what_has_it_along_and_brings_it_back(project: Project) -> None:
    before = everything(project)
    with pytest.raises(ProjectError, match="3 boxes have the class 'red': merge it"):
        remove_class(project, RED)
    assert everything(project) == before
    remove_class(project, RED, with_boxes=True)
    assert set(classes_of(project)) == {GREEN, BLUE}
    assert project.removed_classes.use(RED) == ClassUse(0, 0, 0, 0)
    undo_removal(project)
    assert everything(project) == before


def test_removals_are_taken_back_one_by_one_also_after_the_project_was_closed(project: Project) -> None:
    before = everything(project)
    remove_class(project, RED, into=GREEN)
    between = everything(project)
    remove_class(project, GREEN, with_boxes=True)
    folder = project.folder
    project.close()
    with Project.open(folder) as again:
        undo_removal(again)
        assert everything(again) == between
        undo_removal(again)
        assert everything(again) == before
        with pytest.raises(ProjectError, match="No removal of a class"):
            undo_removal(again)


def test_what_a_person_changed_since_stays(project: Project) -> None:
    remove_class(project, RED, into=GREEN)
    project.labels.apply(1, add(drawn(Box(2, 2, 8, 8), BLUE)))
    assert undo_removal(project).endswith("Changed since and left as they are: 1 image.")
    assert sorted(a.class_id for a in project.labels.annotations([1])[1]) == [GREEN, BLUE]
    assert project.removed_classes.use(RED).boxes == 2


def test_a_number_is_never_used_again(project: Project) -> None:
    remove_class(project, BLUE, into=RED)
    assert project.classes.add("new").id > BLUE
    project.classes.add("blue")
    with pytest.raises(ProjectError, match="Another class is called 'blue' now"):
        undo_removal(project)


def test_a_class_is_not_merged_into_itself_nor_by_a_reader(project: Project) -> None:
    with pytest.raises(ProjectError, match="into itself"):
        remove_class(project, RED, into=RED)
    with Project.open(project.folder, read_only=True) as reader:
        for change in (lambda: remove_class(reader, RED, into=BLUE), lambda: undo_removal(reader)):
            with pytest.raises(ReadOnlyProject):
                change()
