"""Labels of one image at a moment: what a person confirmed and what the detector still offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from boxwright.domain.annotation import Annotation
from boxwright.domain.disputes import reconsidered
from boxwright.domain.finding import Disagreement, Finding
from boxwright.domain.image import ImageState
from boxwright.domain.marks import NO_MARKS, ImageMarks
from boxwright.domain.prediction import Prediction


class Standing(StrEnum):
    """Standing of a pre-label: what a person did with it, nothing yet, took it (as it was or changed), or rejected
    it."""

    OPEN = "open"
    TAKEN = "taken"
    REJECTED = "rejected"


@dataclass(frozen=True)
class ImageLabels:
    """Annotations, predictions and marks of one image.

    `annotations` by uid in the order they were made; `predictions` by id, best score first; `standings` only of
    those no longer open. `marks`: tags and note of the image. `findings`: what a detector that looked again said of the
    annotations as they were; `kept`: ids of those about a box that it does not see and the person stands by. `guesses`:
    the predictions have no class of their own: they are offered while a box is drawn, and none is a pre-label.
    """

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
    guesses: bool = False

    def standing(self, prediction_id: int) -> Standing:
        return self.standings.get(prediction_id, Standing.OPEN)

    def open_predictions(self, min_score: float = 0.0) -> list[Prediction]:
        """Pre-labels nobody has judged yet with a score of at least `min_score`, best first. Boxes of a second look
        that agree with the person's are none."""
        return [] if self.guesses else self._open(min_score)

    def open_guesses(self) -> list[Prediction]:
        """Boxes without a class that nobody has taken yet, best first."""
        return self._open() if self.guesses else []

    def _open(self, min_score: float = 0.0) -> list[Prediction]:
        return [
            p
            for p in self.predictions.values()
            if p.score >= min_score and self.standing(p.id) is Standing.OPEN and p.id not in self._agreeing
        ]

    @cached_property
    def present_findings(self) -> tuple[Finding, ...]:
        """`findings` as the annotations are now, in the same order; `NONE` where nothing is disputed any more."""
        return reconsidered(self.findings, self.annotations, self.predictions) if self.findings else ()

    @cached_property
    def disputed(self) -> Mapping[int, str]:
        """Pre-label id -> uid of the annotation that it is about: to take one as a box of its own would double that."""
        return {f.prediction_id: f.uid for f in self.present_findings if f.prediction_id and f.uid}

    @cached_property
    def _agreeing(self) -> frozenset[int]:
        said = ((f.prediction_id, f.kind) for f in self.present_findings)
        return frozenset(id_ for id_, kind in said if id_ is not None and kind is Disagreement.NONE)

    @property
    def begun(self) -> bool:
        """It holds boxes of a person, and nobody has marked it as labelled or skipped."""
        return self.state is ImageState.UNLABELED and bool(self.annotations)

    @property
    def confirmed_empty(self) -> bool:
        return self.state is ImageState.LABELED and not self.annotations
