"""Average precision as COCO defines it, computed by hotcoco. Nothing else imports that library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The order of the twelve numbers that every COCO evaluation prints.
SUMMARY = ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl")
MAX_DETECTIONS = 100


@dataclass(frozen=True)
class ClassMetrics:
    """Average precision of one class.

    0..1; None for a class without a single true box. `boxes`: how many true ones there are.
    """

    ap: float | None
    ap50: float | None
    boxes: int


@dataclass(frozen=True)
class Metrics:
    """Average precision of a set of results.

    `summary`: the numbers named in `SUMMARY`, 0..1, -1 where there is nothing to measure. `per_class` by name.
    """

    summary: Mapping[str, float]
    per_class: Mapping[str, ClassMetrics]

    @property
    def ap(self) -> float:
        """Mean over classes and over the IoU thresholds 0.50, 0.55 … 0.95, 0..1."""
        return self.summary["AP"]

    @property
    def ap50(self) -> float:
        """Mean over classes at IoU 0.50, 0..1."""
        return self.summary["AP50"]

    def to_json(self) -> dict[str, Any]:
        """The twelve figures by name, and `per_class`: name -> AP, AP50, boxes."""
        classes = {name: {"AP": m.ap, "AP50": m.ap50, "boxes": m.boxes} for name, m in self.per_class.items()}
        return {**self.summary, "per_class": classes}


def measure(truth: Mapping[str, Any], results: Sequence[Mapping[str, Any]]) -> Metrics:
    """AP of COCO `results` (image_id, category_id, bbox xywh pixels, score) against a COCO `truth` dictionary.

    At most `MAX_DETECTIONS` boxes of an image count, the best first, as everywhere with COCO.
    """
    import hotcoco

    expected = hotcoco.COCO(dict(truth))
    evaluator = hotcoco.COCOeval(expected, expected.load_res([dict(r) for r in results]), "bbox")
    evaluator.evaluate()
    evaluator.accumulate()
    evaluator.summary_lines()
    assert evaluator.eval is not None
    summary = {name: float(value) for name, value in zip(SUMMARY, evaluator.stats)}
    precision = np.asarray(evaluator.eval["precision"])
    names = {category["id"]: str(category["name"]) for category in truth["categories"]}
    counts = dict.fromkeys(names, 0)
    for annotation in truth["annotations"]:
        if not annotation.get("iscrowd"):
            counts[annotation["category_id"]] = counts.get(annotation["category_id"], 0) + 1
    per_class = {
        names[id_]: ClassMetrics(_mean(precision[:, :, k, 0, -1]), _mean(precision[0, :, k, 0, -1]), counts[id_])
        for k, id_ in enumerate(evaluator.params.catIds)
    }
    return Metrics(summary, per_class)


def _mean(precision: NDArray[np.float64]) -> float | None:
    """Over the recall steps that have a value; -1 marks those without."""
    valid = precision[precision > -1]
    return float(valid.mean()) if valid.size else None
