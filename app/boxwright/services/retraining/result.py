"""Result of a retraining, and what it tells while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from boxwright.domain.progress import Progress
from boxwright.services.retraining.evaluate import Evaluation
from boxwright.training.protocol import Epoch, LogLine

ClassFigures = tuple[float | None, float | None, int]


@dataclass(frozen=True)
class Figures:
    """Figures of a detector on the validation split.

    A detector on the validation split. `ap`, `ap50`: 0..1. `per_class`: name -> AP, AP50 (None for a class without
    a true box) and true boxes. `fixes_per_image`: see `boxwright.evaluation.fixes`. `images` measured on.
    """

    ap: float
    ap50: float
    per_class: Mapping[str, ClassFigures]
    fixes_per_image: float
    images: int = 0

    def to_json(self) -> dict[str, Any]:
        """As `evaluate --json` and a model's metrics name them."""
        classes = {name: {"AP": ap, "AP50": ap50, "boxes": n} for name, (ap, ap50, n) in self.per_class.items()}
        return {
            "AP": self.ap,
            "AP50": self.ap50,
            "fixes_per_image": self.fixes_per_image,
            "images": self.images,
            "per_class": classes,
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> Figures:
        """Reads also the metrics of a model that was measured with all of them."""
        classes = {name: (m["AP"], m["AP50"], int(m["boxes"])) for name, m in data["per_class"].items()}
        return Figures(data["AP"], data["AP50"], classes, data["fixes_per_image"], int(data["images"]))


def figures_of(evaluation: Evaluation) -> Figures | None:
    """None when the measured images have not a single true box: then no AP says anything."""
    if not evaluation.boxes:
        return None
    metrics = evaluation.metrics
    classes = {name: (m.ap, m.ap50, m.boxes) for name, m in metrics.per_class.items()}
    return Figures(metrics.ap, metrics.ap50, classes, evaluation.fixes_per_image or 0.0, evaluation.images)


class RetrainVerdict(StrEnum):
    """Verdict on a candidate. `ACTIVATED`: no worse than the active detector, or the first of the project. `WORSE`,
    `UNMEASURED` and `USELESS`, which finds nothing or saves nothing: kept in the project, and a person decides."""

    ACTIVATED = "activated"
    WORSE = "worse"
    UNMEASURED = "unmeasured"
    USELESS = "useless"


@dataclass(frozen=True)
class RetrainResult:
    """Result of a retraining.

    `before`: of the detector that was active, `after`: of the new one, measured on the same images now; None where
    there was none or nothing to measure on. `stages`: seconds by stage. `images`, `boxes`: trained on. `note`: a
    sentence for the person where something is not as usual, else empty. `useless`: why the new detector is of no use
    yet, as one sentence, else empty.
    """

    model_id: int
    verdict: RetrainVerdict
    before: Figures | None
    after: Figures | None
    seconds: float
    stages: Mapping[str, float]
    history: tuple[Epoch, ...]
    images: int
    boxes: int
    note: str = ""
    useless: str = ""


@dataclass(frozen=True)
class Stage:
    """Stage of a retraining that begins now, in words for a person: "training", "checking the new detector"."""

    text: str


RetrainEvent = Progress | Epoch | LogLine | Stage
