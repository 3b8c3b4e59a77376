"""All that is known of one image's boxes at a moment: what a person confirmed and what the detector still offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from boxwright.domain.annotation import Annotation
from boxwright.domain.finding import Finding
from boxwright.domain.image import ImageState
from boxwright.domain.marks import NO_MARKS, ImageMarks
from boxwright.domain.prediction import Prediction


class Standing(StrEnum):
    """What a person did with a pre-label: nothing yet, took it (as it was or changed), or rejected it."""

    OPEN = "open"
    TAKEN = "taken"
    REJECTED = "rejected"


@dataclass(frozen=True)
class ImageLabels:
    """`annotations` by uid in the order they were made; `predictions` by id, best score first; `standings` only of
    those no longer open. `marks`: tags and note of the image. `findings`: where a detector that looked again disagreed
    with the annotations; `kept`: ids of those about a box that the detector does not see and the person stands by."""

    image_id: int
    width: int
    height: int
    state: ImageState = ImageState.UNLABELED
    skip_reason: str | None = None
    annotations: Mapping[str, Annotation] = field(default_factory=dict)
    predictions: Mapping[int, Prediction] = field(default_factory=dict)
    standings: Mapping[int, Standing] = field(default_factory=dict)
    marks: ImageMarks = NO_MARKS
    findings: tuple[Finding, ...] = ()
    kept: frozenset[int] = frozenset()

    def standing(self, prediction_id: int) -> Standing:
        return self.standings.get(prediction_id, Standing.OPEN)

    def open_predictions(self, min_score: float = 0.0) -> list[Prediction]:
        """Pre-labels nobody has judged yet with a score of at least `min_score`, best first."""
        return [p for p in self.predictions.values() if self.standing(p.id) is Standing.OPEN and p.score >= min_score]

    @property
    def disputed(self) -> frozenset[int]:
        """Open pre-labels that are about an annotation: to take one as a box of its own would double that."""
        disputes = ((f.prediction_id, f.uid) for f in self.findings)
        return frozenset(id_ for id_, uid in disputes if id_ is not None and uid in self.annotations)

    @property
    def confirmed_empty(self) -> bool:
        return self.state is ImageState.LABELED and not self.annotations
