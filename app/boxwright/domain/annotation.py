"""Annotations: boxes a person stands behind, and where each came from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import uuid4

from boxwright.domain.box import Box
from boxwright.domain.marks import NO_ATTRIBUTES, NO_FLAGS, Attributes, AttributeValue
from boxwright.domain.prediction import Prediction


class Origin(StrEnum):
    """How an annotation came to be."""

    ACCEPTED = "accepted"
    ADJUSTED = "adjusted"
    RELABELED = "relabeled"
    DRAWN = "drawn"
    IMPORTED = "imported"


@dataclass(frozen=True, slots=True)
class Annotation:
    """Box a person stands behind, with its class and origin.

    `uid` is stable across undo and restarts. `prediction_id`, `source_box` and `source_class_id` are those of the
    pre-label it was made from, None when a person drew it. `flags` are of `domain.marks.FLAGS`; `attributes` are free.
    `annotator`: who made or changed it last, empty when that is not known.
    """

    uid: str
    class_id: int
    box: Box
    origin: Origin = Origin.DRAWN
    prediction_id: int | None = None
    source_box: Box | None = None
    source_class_id: int | None = None
    flags: frozenset[str] = NO_FLAGS
    attributes: Attributes = field(default_factory=lambda: NO_ATTRIBUTES, hash=False)
    annotator: str = ""

    def with_box(self, box: Box) -> Annotation:
        return replace(self, box=box)._reconsidered()

    def with_class(self, class_id: int) -> Annotation:
        return replace(self, class_id=class_id)._reconsidered()

    def with_flag(self, flag: str, on: bool = True) -> Annotation:
        """`flag` is one of `domain.marks.FLAGS`."""
        return replace(self, flags=self.flags | {flag} if on else self.flags - {flag})

    def with_attribute(self, name: str, value: AttributeValue | None) -> Annotation:
        """`value` None takes the attribute away."""
        kept = {key: known for key, known in self.attributes.items() if key != name}
        return replace(self, attributes=kept if value is None else {**kept, name: value})

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


def copied(source: Annotation, box: Box) -> Annotation:
    """A new annotation at `box` with the class, flags and attributes of `source`, and no pre-label behind it."""
    return replace(drawn(box, source.class_id), flags=source.flags, attributes=source.attributes)
