"""What retraining needs, does and did, in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.task import duration_words

if TYPE_CHECKING:
    from boxwright.evaluation.learning_curve import CurveFit
    from boxwright.services.retrain.facts import TrainingFacts
    from boxwright.services.retrain.result import Figures

EFFORTS = {
    "quick": ("Quick", "Enough for most rounds."),
    "thorough": ("Thorough", "A few times as long; sees small objects larger."),
    "full": ("Full", "For the last round, overnight or on a GPU."),
}
MEASURING = "measuring this machine…"
# The ledger tells nothing about the future from fewer points.
ROUNDS_NEEDED = 3


def estimate_words(seconds: float | None) -> str:
    return "cannot be told" if seconds is None else f"about {duration_words(seconds)}"


def facts_words(facts: TrainingFacts) -> str:
    empty = f", {facts.empty:,} of them confirmed empty" if facts.empty else ""
    boxes = sum(facts.boxes.values())
    return f"{_images(facts.images)}{empty}, with {boxes:,} {'box' if boxes == 1 else 'boxes'}."


def validation_words(facts: TrainingFacts) -> str:
    if not facts.validation_images:
        return "It cannot be measured: no image of the validation split is labelled."
    return f"It is measured on {facts.validation_images:,} validation images that are never trained on."


def change_words(before: Figures | None, after: Figures | None, images: int) -> str:
    """ "AP50 0.61 → 0.74 on 32 validation images; fixes per image 3.1 → 2.0"."""
    if after is None:
        return "not measured"
    ap50, fixes = f"{after.ap50:.2f}", f"{after.fixes_per_image:.1f}"
    if before is not None:
        ap50, fixes = f"{before.ap50:.2f} → {ap50}", f"{before.fixes_per_image:.1f} → {fixes}"
    measured = f" on {images:,} validation {'image' if images == 1 else 'images'}" if images else ""
    return f"AP50 {ap50}{measured}; fixes per image {fixes}"


def plateau_words(fit: CurveFit | None, rounds: int, pool: int, step: float, gain: float = 0.01) -> str:
    """Where more labels stop paying, as far as it can be told. `step`: a round's share of the `pool` images, 0..1."""
    if rounds < ROUNDS_NEEDED:
        return "Where more labels stop paying cannot be told before three measured rounds."
    if fit is None or fit.plateau is None:
        return "These rounds do not tell yet where more labels stop paying."
    low, _, high = (round(value) for value in fit.plateau)
    another = f"Another {100 * step:g} % of the pool is expected to gain"
    if low >= pool:
        return f"{another} {gain:g} mAP or more as long as there are images left to label."
    if high >= pool:
        return (
            f"{another} less than {gain:g} mAP after {low:,} labelled images or more, perhaps not in this pool at all."
        )
    where = f"{low:,} to {high:,}" if low < high else f"{high:,}"
    return f"{another} less than {gain:g} mAP after about {where} labelled images."


def _images(count: int) -> str:
    return f"{count:,} labelled {'image' if count == 1 else 'images'}"
