"""Figures of a detector on images that nobody picked: what it got wrong there."""

from __future__ import annotations

from dataclasses import dataclass

from boxwright.domain.messages import N_, Message, joined, plural


@dataclass(frozen=True, slots=True)
class Audit:
    """Figures of one detector on the random images.

    Of the detector with this id and name, on `images` images. `fixes_per_image`: boxes to fix, >= 0; `ap50`: 0..1,
    None where these images have no box. Each with the bounds between which it lies in 95 of 100 cases, None while there
    are too few images to tell.
    """

    model_id: int
    model_name: str
    images: int
    fixes_per_image: float
    fixes_low: float | None
    fixes_high: float | None
    ap50: float | None
    ap50_low: float | None
    ap50_high: float | None


def audit_words(audit: Audit) -> Message:
    """One sentence for a person: On 34 random images, which nobody picked, 'fish 3' left 2.1 (1.5 to 2.8) boxes
    to fix on each and reached AP50 0.71 (0.62 to 0.79)."""
    images = plural("1 random image, which nobody picked", "{0:,} random images, which nobody picked", audit.images)
    left = audit.fixes_per_image, audit.fixes_low, audit.fixes_high
    fixes = _bounded("{0:.1f}", N_("{0:.1f} ({1:.1f} to {2:.1f})"), *left)
    each = Message("on it") if audit.images == 1 else Message("on each")
    words = Message("On {0}, '{1}' left {2} boxes to fix {3}.", images, audit.model_name, fixes, each)
    if audit.ap50 is not None:
        ap50 = _bounded("{0:.2f}", N_("{0:.2f} ({1:.2f} to {2:.2f})"), audit.ap50, audit.ap50_low, audit.ap50_high)
        words = Message(
            "On {0}, '{1}' left {2} boxes to fix {3} and reached AP50 {4}.",
            images, audit.model_name, fixes, each, ap50,
        )  # fmt: skip
    unsure = "" if audit.fixes_low is not None else Message("More random images will tell how sure that is.")
    return joined(" ", (words, unsure))


def _bounded(alone: str, bounded: str, figure: float, low: float | None, high: float | None) -> Message:
    return Message(alone, figure) if low is None or high is None else Message(bounded, figure, low, high)
