"""Review of findings: take the detector's word, or keep what is there. Nothing else changes anything."""

from __future__ import annotations

from boxwright.domain.annotation import Annotation, accepted
from boxwright.domain.edits import Edit, KeptChange, StandingChange, change, combined, delete, reject, take
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
        return combined("Delete box", [delete([labels.annotations[finding.uid or ""]])])
    prediction = labels.predictions[finding.prediction_id]
    if finding.uid is None:
        return take(prediction)
    name = "Change class" if finding.kind is Disagreement.NAMED else "Move box"
    return settle(labels, prediction, stand_in(labels, prediction), name)


def keep(labels: ImageLabels, finding: Finding) -> Edit:
    """The person was right: the finding does not come again."""
    if finding.prediction_id is None:
        return Edit("Keep box", kept=(KeptChange(finding.id, False, True),))
    return combined("Keep box", [reject([labels.predictions[finding.prediction_id]])])


def stand_in(labels: ImageLabels, prediction: Prediction) -> Annotation:
    """What stands for a pre-label once a person takes it: a new box, or the one it disputes with the place or the class
    of the pre-label."""
    own = labels.annotations.get(labels.disputed.get(prediction.id, ""))
    if own is None:
        return accepted(prediction)
    if own.class_id != prediction.class_id:
        return own.with_class(prediction.class_id)
    return own.with_box(prediction.box)


def settle(labels: ImageLabels, prediction: Prediction, after: Annotation, name: str) -> Edit:
    """Take a pre-label as `after`, which is its `stand_in` or that one changed."""
    own = labels.annotations.get(after.uid)
    if own is None:
        return take(prediction, after, name)
    taken = Edit(name, standings=(StandingChange(prediction.id, Standing.OPEN, Standing.TAKEN),))
    return combined(name, [change(own, after, name), taken])


def _is_open(labels: ImageLabels, finding: Finding) -> bool:
    if finding.prediction_id is None:
        return finding.id not in labels.kept
    return finding.prediction_id in labels.predictions and labels.standing(finding.prediction_id) is Standing.OPEN
