"""What a person does with a finding: take the detector's word, or keep what is there. Nothing else changes anything."""

from __future__ import annotations

from boxwright.domain.edits import Edit, KeptChange, StandingChange, change, combined, delete, reject, take
from boxwright.domain.finding import Disagreement, Finding
from boxwright.domain.labels import ImageLabels, Standing


def open_findings(labels: ImageLabels) -> list[Finding]:
    """Those nobody has decided yet, the largest disagreement first. One whose box the person has deleted meanwhile is
    `MISSING` where the detector still has its own, and gone otherwise."""
    found = []
    for finding in labels.findings:
        gone = finding.uid is not None and finding.uid not in labels.annotations
        if finding.prediction_id is None:
            if not gone and finding.id not in labels.kept:
                found.append(finding)
        elif _is_open(labels, finding.prediction_id):
            found.append(_without_box(finding) if gone else finding)
    return sorted(found, key=lambda finding: (-finding.weight, finding.id))


def fix(labels: ImageLabels, finding: Finding) -> Edit:
    """Do what the detector says: add its box, delete the person's, or give that the detector's place or class."""
    if finding.prediction_id is None:
        return combined("Delete box", [delete([labels.annotations[finding.uid or ""]])])
    prediction = labels.predictions[finding.prediction_id]
    if finding.uid is None:
        return take(prediction)
    own = labels.annotations[finding.uid]
    named = finding.kind is Disagreement.NAMED
    after = own.with_class(prediction.class_id) if named else own.with_box(prediction.box)
    name = "Change class" if named else "Move box"
    taken = Edit(name, standings=(StandingChange(prediction.id, Standing.OPEN, Standing.TAKEN),))
    return combined(name, [change(own, after, name), taken])


def keep(labels: ImageLabels, finding: Finding) -> Edit:
    """The person was right: the finding does not come again."""
    if finding.prediction_id is None:
        return Edit("Keep box", kept=(KeptChange(finding.id, False, True),))
    return combined("Keep box", [reject([labels.predictions[finding.prediction_id]])])


def _is_open(labels: ImageLabels, prediction_id: int) -> bool:
    return prediction_id in labels.predictions and labels.standing(prediction_id) is Standing.OPEN


def _without_box(finding: Finding) -> Finding:
    return Finding(finding.id, Disagreement.MISSING, finding.weight, finding.prediction_id, None)
