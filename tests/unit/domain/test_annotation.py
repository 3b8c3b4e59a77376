from __future__ import annotations

import numpy as np

from boxwright.domain.annotation import Origin, accepted, drawn
from boxwright.domain.box import Box
from boxwright.domain.prediction import Prediction, ProbKind

BOX = Box(10, 10, 50, 40)
PREDICTION = Prediction(
    id=7,
    model_id=1,
    box=BOX,
    class_id=3,
    label=0,
    score=0.8,
    probs=np.array([0.8, 0.1], dtype=np.float32),
    kind=ProbKind.SIGMOID,
)


def test_an_accepted_pre_label_remembers_where_it_came_from() -> None:
    annotation = accepted(PREDICTION)
    assert (annotation.class_id, annotation.box, annotation.origin) == (3, BOX, Origin.ACCEPTED)
    assert (annotation.prediction_id, annotation.source_box, annotation.source_class_id) == (7, BOX, 3)


def test_the_origin_follows_the_distance_from_the_pre_label() -> None:
    annotation = accepted(PREDICTION)
    moved = annotation.with_box(BOX.moved(1, 0))
    assert moved.origin is Origin.ADJUSTED
    assert moved.with_class(4).origin is Origin.RELABELED
    assert moved.with_class(4).with_class(3).origin is Origin.ADJUSTED
    assert moved.with_box(BOX) == annotation


def test_a_drawn_box_stays_drawn() -> None:
    annotation = drawn(BOX, 1).with_box(BOX.moved(5, 5)).with_class(2)
    assert annotation.origin is Origin.DRAWN
    assert annotation.prediction_id is None


def test_every_new_annotation_has_its_own_uid() -> None:
    assert len({drawn(BOX, 1).uid, drawn(BOX, 1).uid, accepted(PREDICTION).uid, accepted(PREDICTION).uid}) == 4
