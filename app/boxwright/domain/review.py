"""Review of findings: take the detector's word, or keep what is there. Nothing else changes anything."""

from __future__ import annotations

from boxwright.domain.annotation import Annotation, accepted
from boxwright.domain.edits import Edit, EditKind, KeptChange, StandingChange, change, combined, delete, reject, take
from boxwright.domain.finding import Disagreement, Finding
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.domain.prediction import Prediction


def open_findings(labels: ImageLabels) -> list[Finding]:
    """Those nobody has decided yet, as the boxes are now, the largest disagreement first."""
    found = [f for f in labels.present_findings if f.kind is not Disagreement.NONE and _is_open(labels, f)]
    return sorted(found, key=lambda finding: (-finding.weight, finding.id))


def fix(labels: ImageLabels, finding: Finding) -> Edit:
    """Do what the detector says: add its box, delete the person's, or give that the detector's place or class."""
    if finding.prediction_id is None:
        return combined(EditKind.DELETE_BOX, [delete([labels.annotations[finding.uid or ""]])])
    prediction = labels.predictions[finding.prediction_id]
    if finding.uid is None:
        return take(prediction)
    kind = EditKind.CHANGE_CLASS if finding.kind is Disagreement.NAMED else EditKind.MOVE_BOX
    return settle(labels, prediction, stand_in(labels, prediction), kind)


def keep(labels: ImageLabels, finding: Finding) -> Edit:
    """The person was right: the finding does not come again."""
    if finding.prediction_id is None:
        return Edit(EditKind.KEEP_BOX, kept=(KeptChange(finding.id, False, True),))
    return combined(EditKind.KEEP_BOX, [reject([labels.predictions[finding.prediction_id]])])


def stand_in(labels: ImageLabels, prediction: Prediction) -> Annotation:
    """What stands for a pre-label once a person takes it: a new box, or the one it disputes with the place or the class
    of the pre-label."""
    own = labels.annotations.get(labels.disputed.get(prediction.id, ""))
    if own is None:
        return accepted(prediction)
    if own.class_id != prediction.class_id:
        return own.with_class(prediction.class_id)
    return own.with_box(prediction.box)


def settle(labels: ImageLabels, prediction: Prediction, after: Annotation, kind: EditKind) -> Edit:
    """Take a pre-label as `after`, which is its `stand_in` or that one changed."""
    own = labels.annotations.get(after.uid)
    if own is None:
        return take(prediction, after, kind)
    taken = Edit(kind, standings=(StandingChange(prediction.id, Standing.OPEN, Standing.TAKEN),))
    return combined(kind, [change(own, after, kind), taken])


def _is_open(labels: ImageLabels, finding: Finding) -> bool:
    if finding.prediction_id is None:
        return finding.id not in labels.kept
    return finding.prediction_id in labels.predictions and labels.standing(finding.prediction_id) is Standing.OPEN
