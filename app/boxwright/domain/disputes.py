"""Disagreements of a detector with a person's boxes, as found and as they stand after each further edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.annotation import Annotation
from boxwright.domain.box import box_areas, iou_matrix
from boxwright.domain.finding import Disagreement, Finding
from boxwright.domain.marks import CROWD
from boxwright.domain.pairing import WELL_PLACED, match
from boxwright.domain.prediction import Prediction

Dispute = tuple[Disagreement, float, Annotation | None]


def disputes(
    annotations: Sequence[Annotation],
    boxes: NDArray[np.floating],
    classes: NDArray[np.integer],
    scores: NDArray[np.floating],
) -> list[Dispute]:
    """For each box of a detector what it disputes, by how much (0..1), and which annotation. boxes: (N,4) xyxy pixels;
    classes: (N,) class ids of the project; scores: (N,) 0..1. Pairs are those of `pairing.match`.

    `MISSING`: the score. `NAMED`: the score. `MISPLACED`: (1 - IoU) x score. What lies in a crowd, which is never
    compared itself, and what agrees is `NONE` and weighs 0.
    """
    own = np.array([a.box.array() for a in annotations]).reshape(-1, 4)
    own_classes = np.array([a.class_id for a in annotations], np.int64)
    crowd = np.array([CROWD in a.flags for a in annotations], bool)
    inside = _inside(boxes, own[crowd])
    single, free = np.flatnonzero(~crowd), np.flatnonzero(~inside)
    right, wrong = match(own[single], own_classes[single], boxes[free], classes[free])
    said: list[Dispute] = [
        (Disagreement.NONE, 0.0, None) if within else (Disagreement.MISSING, float(score), None)
        for within, score in zip(inside.tolist(), scores.tolist())
    ]
    overlaps = iou_matrix(own, boxes)
    for row, column in right:
        a, d = int(single[row]), int(free[column])
        iou = float(overlaps[a, d])
        said[d] = (Disagreement.NONE, 0.0, annotations[a])
        if iou < WELL_PLACED:
            said[d] = (Disagreement.MISPLACED, (1.0 - iou) * float(scores[d]), annotations[a])
    for row, column in wrong:
        d = int(free[column])
        said[d] = (Disagreement.NAMED, float(scores[d]), annotations[int(single[row])])
    return said


def reconsidered(
    findings: Iterable[Finding], annotations: Mapping[str, Annotation], predictions: Mapping[int, Prediction]
) -> tuple[Finding, ...]:
    """The same findings as the boxes are now. One whose box of the detector is not among `predictions` stays as it
    was, and so does a box of a dataset. A person's box that the detector did not see is no finding any more when it is
    gone, or when the person put it where the detector has one."""
    findings = tuple(findings)
    said_of = (f.prediction_id for f in findings if f.kind is not Disagreement.IMPORTED)
    looked = [predictions[id_] for id_ in said_of if id_ is not None and id_ in predictions]
    now: dict[int, Dispute] = {}
    if looked:
        said = disputes(
            list(annotations.values()),
            np.array([p.box.array() for p in looked]),
            np.array([p.class_id for p in looked], np.int64),
            np.array([p.score for p in looked]),
        )
        now = {p.id: dispute for p, dispute in zip(looked, said, strict=True)}
    seen = {own.uid for _, _, own in now.values() if own is not None}

    def at_present(finding: Finding) -> Finding:
        if finding.prediction_id is None:
            settled = finding.uid not in annotations or finding.uid in seen
            # The weight stays: undo brings the box back to where the detector does not see it.
            return replace(finding, kind=Disagreement.NONE if settled else Disagreement.EXTRA)
        if finding.prediction_id not in now:
            return finding
        kind, weight, own = now[finding.prediction_id]
        uid = own.uid if own else None
        if kind is Disagreement.NAMED and (finding.kind, finding.uid) == (kind, uid):
            # The look knew what the detector gives the person's class.
            weight = finding.weight
        return replace(finding, kind=kind, weight=weight, uid=uid)

    return tuple(at_present(finding) for finding in findings)


def _inside(boxes: NDArray[np.floating], crowds: NDArray[np.floating]) -> NDArray[np.bool_]:
    """(N,) which boxes lie for the most part in one of the crowds."""
    if not len(crowds):
        return np.zeros(len(boxes), bool)
    left_top = np.maximum(boxes[:, None, :2], crowds[None, :, :2])
    right_bottom = np.minimum(boxes[:, None, 2:], crowds[None, :, 2:])
    shared = np.clip(right_bottom - left_top, 0.0, None).prod(axis=2)
    return np.asarray((shared >= 0.5 * box_areas(boxes)[:, None]).any(axis=1))
