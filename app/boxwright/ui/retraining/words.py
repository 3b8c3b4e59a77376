"""Words for what retraining needs, does and did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.domain.messages import N_, plural
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.task import duration_words

if TYPE_CHECKING:
    from boxwright.evaluation.learning_curve import CurveFit
    from boxwright.services.retraining.facts import TrainingFacts
    from boxwright.services.retraining.result import Figures

EFFORTS = {
    "quick": (N_("Quick"), N_("Enough for most rounds.")),
    "thorough": (N_("Thorough"), N_("A few times as long, for a better detector.")),
    "full": (N_("Full"), N_("For the last round, overnight or on a GPU.")),
}
MEASURING = N_("measuring this machine…")
# The ledger tells nothing about the future from fewer points.
ROUNDS_NEEDED = 3


def estimate_words(seconds: float | None) -> str:
    return tr("cannot be told") if seconds is None else tr("about {0}").format(duration_words(seconds))


def facts_words(facts: TrainingFacts) -> str:
    boxes = sum(facts.boxes.values())
    words = tr("{0}, {1:,} of them confirmed empty, with {2}.") if facts.empty else tr("{0}, with {2}.")
    count = translate(plural("1 box", "{0:,} boxes", boxes))
    images = translate(plural("1 labelled image", "{0:,} labelled images", facts.images))
    return words.format(images, facts.empty, count)


def validation_words(facts: TrainingFacts) -> str:
    if not facts.validation_images:
        return tr("It cannot be measured: no image of the validation split is labelled.")
    words = tr("It is measured on {0:,} validation images that are never trained on.")
    return words.format(facts.validation_images)


def change_words(before: Figures | None, after: Figures | None, images: int) -> str:
    """ "AP50 0.61 → 0.74 on 32 validation images; fixes per image 3.1 → 2.0"."""
    if after is None:
        return tr("not measured")
    ap50, fixes = f"{after.ap50:.2f}", f"{after.fixes_per_image:.1f}"
    if before is not None:
        ap50, fixes = f"{before.ap50:.2f} → {ap50}", f"{before.fixes_per_image:.1f} → {fixes}"
    if not images:
        return tr("AP50 {0}; fixes per image {1}").format(ap50, fixes)
    words = (
        tr("AP50 {0} on 1 validation image; fixes per image {1}")
        if images == 1
        else tr("AP50 {0} on {2:,} validation images; fixes per image {1}")
    )
    return words.format(ap50, fixes, images)


def plateau_words(fit: CurveFit | None, rounds: int, pool: int, step: float, gain: float = 0.01) -> str:
    """Where more labels stop paying, as far as it can be told. `step`: a round's share of the `pool` images, 0..1."""
    if rounds < ROUNDS_NEEDED:
        return tr("Where more labels stop paying cannot be told before three measured rounds.")
    if fit is None or fit.plateau is None:
        return tr("These rounds do not tell yet where more labels stop paying.")
    low, _, high = (round(value) for value in fit.plateau)
    if low >= pool:
        words = tr(
            "Another {0:g} % of the pool is expected to gain {1:g} mAP or more as long as there are images left to "
            "label."
        )
    elif high >= pool:
        words = tr(
            "Another {0:g} % of the pool is expected to gain less than {1:g} mAP after {2:,} labelled images or more, "
            "perhaps not in this pool at all."
        )
    elif low < high:
        words = tr(
            "Another {0:g} % of the pool is expected to gain less than {1:g} mAP after about {2:,} to {3:,} labelled "
            "images."
        )
    else:
        words = tr(
            "Another {0:g} % of the pool is expected to gain less than {1:g} mAP after about {3:,} labelled images."
        )
    return words.format(100 * step, gain, low, high)
