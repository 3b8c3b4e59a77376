"""AP with pycocotools as the judge."""

from __future__ import annotations

import contextlib
import io
from typing import Any, cast

import numpy as np
import pytest
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from boxwright.evaluation.coco import SUMMARY, measure


def scene(seed: int) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Images with true boxes, some of them crowds or tiny, and results around them: near, far, double, wrong class."""
    rng = np.random.default_rng(seed)
    images = [{"id": int(i), "width": 640, "height": 480} for i in rng.permutation(40)[:12] + 1]
    categories = [{"id": i, "name": f"class {i}"} for i in (0, 3, 7, 90)]
    truth: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for image in images:
        for _ in range(rng.integers(0, 9)):
            size = rng.choice((12, 60, 200)) * rng.uniform(0.5, 1.5, 2)
            box = [*rng.uniform((0, 0), (400, 250)), *size]
            kind = int(rng.choice((0, 3, 7)))
            crowd = int(rng.random() < 0.1)
            truth.append({"id": len(truth) + 1, "image_id": image["id"], "category_id": kind, "iscrowd": crowd})
            truth[-1] |= {"bbox": [float(v) for v in box], "area": float(size.prod())}
            for _ in range(rng.integers(0, 4)):
                moved = np.array(box) + rng.normal(0, rng.choice((1, 8, 30)), 4)
                moved[2:] = np.maximum(moved[2:], 1)
                other = int(rng.choice((kind, kind, kind, 90)))
                results.append({"image_id": image["id"], "category_id": other, "score": float(rng.random())})
                results[-1]["bbox"] = [float(v) for v in moved]
    return {"images": images, "categories": categories, "annotations": truth}, results


def judged(truth: dict[str, Any], results: list[dict[str, Any]]) -> COCOeval:
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = cast(Any, truth)
        coco.createIndex()
        evaluator = COCOeval(coco, coco.loadRes([dict(r) for r in results]), "bbox")
        evaluator.evaluate()
        evaluator.accumulate()
        evaluator.summarize()
    return evaluator


@pytest.mark.parametrize("seed", range(12))
def test_all_twelve_figures_equal_the_judge_s(seed: int) -> None:
    truth, results = scene(seed)
    ours, theirs = measure(truth, results), judged(truth, results)
    np.testing.assert_allclose([ours.summary[name] for name in SUMMARY], theirs.stats, atol=1e-10)


@pytest.mark.parametrize("seed", range(4))
def test_each_class_equals_the_judge_s_precision(seed: int) -> None:
    truth, results = scene(seed)
    ours, precision = measure(truth, results), judged(truth, results).eval["precision"]
    for k, category in enumerate(truth["categories"]):
        metrics = ours.per_class[category["name"]]
        for value, theirs in ((metrics.ap, precision[:, :, k, 0, -1]), (metrics.ap50, precision[0, :, k, 0, -1])):
            valid = theirs[theirs > -1]
            assert value == (pytest.approx(valid.mean(), abs=1e-10) if valid.size else None)
        own = [a for a in truth["annotations"] if a["category_id"] == category["id"] and not a["iscrowd"]]
        assert metrics.boxes == len(own)


def test_a_perfect_detector_and_a_blind_one() -> None:
    truth, _ = scene(1)
    perfect = [
        {k: a[k] for k in ("image_id", "category_id", "bbox")} | {"score": 0.9}
        for a in truth["annotations"]
        if not a["iscrowd"]
    ]
    assert (measure(truth, perfect).ap, measure(truth, perfect).ap50) == (1.0, 1.0)
    assert (measure(truth, []).ap, measure(truth, []).ap50) == (0.0, 0.0)


def test_a_class_is_measured_with_more_than_ten_boxes_on_an_image() -> None:
    truth, _ = scene(1)
    image = truth["images"][0]["id"]
    boxes = [[20.0 * n, 20.0 * n, 15.0, 15.0] for n in range(14)]
    truth["annotations"] = [
        {"id": n, "image_id": image, "category_id": 3, "bbox": box, "area": 225.0, "iscrowd": 0}
        for n, box in enumerate(boxes, start=1)
    ]
    found = measure(truth, [{"image_id": image, "category_id": 3, "bbox": box, "score": 0.9} for box in boxes])
    assert (found.per_class["class 3"].ap, found.per_class["class 3"].ap50) == (1.0, 1.0)


def test_the_form_for_programs_names_every_class() -> None:
    truth, results = scene(2)
    report = measure(truth, results).to_json()
    assert {"AP", "AP50", "per_class"} <= report.keys()
    assert set(report["per_class"]) == {"class 0", "class 3", "class 7", "class 90"}
    assert report["per_class"]["class 90"] == {"AP": None, "AP50": None, "boxes": 0}
    own = measure(truth, results).per_class["class 3"]
    assert report["per_class"]["class 3"] == {"AP": own.ap, "AP50": own.ap50, "boxes": own.boxes}
