"""A box a person stands behind, and where it came from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import uuid4

from boxwright.domain.box import Box
from boxwright.domain.prediction import Prediction


class Origin(StrEnum):
    ACCEPTED = "accepted"
    ADJUSTED = "adjusted"
    RELABELED = "relabeled"
    DRAWN = "drawn"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Annotation:
    """`uid` is stable across undo and restarts. `prediction_id`, `source_box` and `source_class_id` are those of the
    pre-label it was made from, None when a person drew it."""

    uid: str
    class_id: int
    box: Box
    origin: Origin = Origin.DRAWN
    prediction_id: int | None = None
    source_box: Box | None = None
    source_class_id: int | None = None

    def with_box(self, box: Box) -> Annotation:
        return replace(self, box=box)._reconsidered()

    def with_class(self, class_id: int) -> Annotation:
        return replace(self, class_id=class_id)._reconsidered()

    def _reconsidered(self) -> Annotation:
        """The origin that follows from how far it is now from its pre-label; a class change outweighs a move."""
        if self.prediction_id is None:
            return self
        if self.class_id != self.source_class_id:
            return replace(self, origin=Origin.RELABELED)
        return replace(self, origin=Origin.ACCEPTED if self.box == self.source_box else Origin.ADJUSTED)


def drawn(box: Box, class_id: int) -> Annotation:
    """A new annotation without a pre-label behind it."""
    return Annotation(uid=uuid4().hex, class_id=class_id, box=box)


def accepted(prediction: Prediction) -> Annotation:
    """A new annotation that takes `prediction` as it is."""
    return Annotation(
        uid=uuid4().hex,
        class_id=prediction.class_id,
        box=prediction.box,
        origin=Origin.ACCEPTED,
        prediction_id=prediction.id,
        source_box=prediction.box,
        source_class_id=prediction.class_id,
    )
