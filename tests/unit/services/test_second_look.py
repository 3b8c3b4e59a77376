"""Where a detector and a person disagree, and how much each disagreement weighs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.annotation import Annotation, drawn
from boxwright.domain.box import Box
from boxwright.domain.finding import Disagreement
from boxwright.domain.marks import CROWD
from boxwright.domain.prediction import Detections, ProbKind
from boxwright.evaluation.fixes import SHOWN
from boxwright.services.prelabelling.label_check import UNSEEN_AT_MOST, compare
from boxwright.store.reviews import LabelCheckRecord

BOX, OFF, AWAY = Box(0, 0, 40, 40), Box(8, 0, 48, 40), Box(100, 100, 140, 140)
MAP = {0: 1, 1: 2}


def look(own: list[Annotation], *found: tuple[Box, float, float]) -> LabelCheckRecord:
    probs = np.array([p for _, *p in found], np.float32).reshape(-1, 2)
    boxes = np.array([b.array() for b, *_ in found], np.float32).reshape(-1, 4)
    labels = probs.argmax(1).astype(np.int64) if len(found) else np.zeros(0, np.int64)
    seen = Detections(boxes, probs.max(1, initial=0), labels, probs, ProbKind.SIGMOID, 0.9)
    return compare(1, own, seen, MAP)


def disputed(result: LabelCheckRecord) -> list[tuple[Disagreement, float, str | None]]:
    return [said for said in result.boxes if said[0] is not Disagreement.NONE]


def test_what_agrees_is_no_finding_and_is_known_for_when_a_box_changes():
    own = drawn(BOX, 1)
    result = look([own], (BOX, 0.9, 0.1))
    assert (result.boxes, result.unseen) == (((Disagreement.NONE, 0.0, own.uid),), ())


def test_a_box_nobody_drew_weighs_its_score():
    ((kind, weight, uid),) = look([], (BOX, 0.9, 0.1)).boxes
    assert (kind, uid) == (Disagreement.MISSING, None)
    assert weight == pytest.approx(0.9)


def test_another_class_weighs_what_the_detector_prefers_it_by():
    own = drawn(BOX, 2)
    ((kind, weight, uid),) = look([own], (BOX, 0.9, 0.3)).boxes
    assert (kind, uid) == (Disagreement.NAMED, own.uid)
    assert weight == pytest.approx(0.6)


def test_a_badly_placed_box_weighs_what_it_does_not_share():
    own = drawn(BOX, 1)
    ((kind, weight, uid),) = look([own], (OFF, 0.9, 0.1)).boxes
    assert (kind, uid) == (Disagreement.MISPLACED, own.uid)
    assert weight == pytest.approx((1 - BOX.iou(OFF)) * 0.9)


def test_a_box_that_is_not_seen_weighs_less_where_the_detector_half_sees_it():
    own = drawn(BOX, 1)
    assert look([own]).unseen == ((own.uid, UNSEEN_AT_MOST),)
    ((uid, weight),) = look([own], (BOX, 0.2, 0.1)).unseen
    assert (uid, weight) == (own.uid, pytest.approx(UNSEEN_AT_MOST * 0.8))
    assert look([own], (BOX, 0.2, 0.1)).boxes == (), "below the scores that are shown nothing is claimed"


def test_a_box_that_scores_what_is_shown_claims_something():
    assert [said[0] for said in look([], (BOX, SHOWN, 0.1), (AWAY, SHOWN - 1e-6, 0.1)).boxes] == [Disagreement.MISSING]


def test_a_box_that_is_half_covered_is_half_seen():
    own = drawn(BOX, 1)
    ((_, weight),) = look([own], (Box(0, 0, 40, 20), 0.2, 0.1)).unseen
    assert weight == pytest.approx(UNSEEN_AT_MOST * 0.8)


def test_in_a_crowd_nothing_is_missing_and_nothing_extra():
    crowd = drawn(Box(0, 0, 200, 200), 1).with_flag(CROWD)
    result = look([crowd], (AWAY, 0.9, 0.1))
    assert (disputed(result), result.unseen) == ([], ())


boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), *(st.integers(0, 60),) * 2, *(st.integers(4, 50),) * 2)
found = st.lists(st.tuples(boxes, st.floats(0.05, 1), st.floats(0.05, 1)), max_size=5)


@given(st.lists(st.tuples(boxes, st.integers(1, 2)), max_size=5), found)
def test_each_box_is_in_one_finding_at_most_and_weights_are_shares(own, seen):
    annotations = [drawn(box, class_id) for box, class_id in own]
    result = look(annotations, *seen)
    uids = [uid for _, _, uid in result.boxes if uid] + [uid for uid, _ in result.unseen]
    assert set(uids) == {a.uid for a in annotations}
    assert len(uids) == len(set(uids))
    assert len(result.boxes) == len(result.detections)
    assert all(0 <= weight <= 1 for _, weight, _ in result.boxes)
    assert all(0 <= weight <= UNSEEN_AT_MOST for _, weight in result.unseen)
    assert (result.detections.scores >= 0.25).all()


@given(st.lists(st.tuples(boxes, st.integers(1, 2)), max_size=4))
def test_a_detector_that_says_the_same_disagrees_with_nothing(own):
    unique = dict(own)
    annotations = [drawn(box, class_id) for box, class_id in unique.items()]
    seen = [(box, 0.9 if c == 1 else 0.1, 0.9 if c == 2 else 0.1) for box, c in unique.items()]
    result = look(annotations, *seen)
    assert (disputed(result), result.unseen) == ([], ())
