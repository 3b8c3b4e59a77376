"""Figures of a detector on images that nobody picked: what it got wrong there."""

from __future__ import annotations

from dataclasses import dataclass


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


def audit_words(audit: Audit) -> str:
    """One sentence for a person: On 34 random images, which nobody picked, 'fish 3' left 2.1 (1.5 to 2.8) boxes
    to fix on each and reached AP50 0.71 (0.62 to 0.79)."""
    one = audit.images == 1
    images = "1 random image, which nobody picked" if one else f"{audit.images:,} random images, which nobody picked"
    fixes = f"{audit.fixes_per_image:.1f}{_bounds(audit.fixes_low, audit.fixes_high, 1)}"
    words = f"On {images}, '{audit.model_name}' left {fixes} boxes to fix {'on it' if one else 'on each'}"
    if audit.ap50 is not None:
        words += f" and reached AP50 {audit.ap50:.2f}{_bounds(audit.ap50_low, audit.ap50_high, 2)}"
    unsure = "" if audit.fixes_low is not None else " More random images will tell how sure that is."
    return f"{words}.{unsure}"


def _bounds(low: float | None, high: float | None, decimals: int) -> str:
    return "" if low is None or high is None else f" ({low:.{decimals}f} to {high:.{decimals}f})"
