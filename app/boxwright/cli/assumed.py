"""Notes of what a detector's file does not say and was taken as usual, with the options that say it."""

from __future__ import annotations

from boxwright.domain.card import DetectorCard

_OPTIONS = {
    "normalisation": "--scale, --mean, --std",
    "channel order": "--channels",
    "resize rule": "--resize",
    "number of the first class": "--first-label",
    "box units": "--option normalised=",
    "box order": "--option boxes=",
    "order of a row": "--option order=",
    "place in the cell": "--option offset=",
    "distance units": "--option distances=",
    "anchors": "--option anchors=",
}


def assumed(card: DetectorCard) -> list[str]:
    """The points that neither the file nor a person said."""
    return [point for point in card.notes.get("assumed", "").split(", ") if point]


def assumed_text(card: DetectorCard) -> str:
    """A line about them, "" when everything was told."""
    points = assumed(card)
    if not points:
        return ""
    listed = ", ".join(f"{p} ({_OPTIONS[p]})" if p in _OPTIONS else p for p in points)
    return f"The file does not say this, so that the usual was taken: {listed}."
