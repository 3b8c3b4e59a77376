"""Expectation of a training: what a person should know of it beforehand, with what it gave when it was tried."""

from __future__ import annotations

from boxwright.domain.messages import Message
from boxwright.services.retraining.default import WITHOUT_ONE


def expectation(trainer: str) -> str:
    """For `scratch`; empty for any other. The trials are in docs/guide/no-detector.md."""
    if trainer != WITHOUT_ONE:
        return ""
    return Message(
        "Expect little of a first detector from nothing: on photographs of an aquarium AP50 was 0.09 with 24 images "
        "and the effort quick, 0.19 with 64 and twice as long, and 0.20 with these from a general detector and quick "
        "(each tried once). More images and a longer training help; a detector to start from, whatever it knows, saves "
        "both."
    )
