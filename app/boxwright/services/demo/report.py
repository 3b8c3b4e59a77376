"""What a played demo run came to: the work it took and what it gained, as text for people and JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from boxwright.config.atomic import atomic_write
from boxwright.domain.annotation import Origin
from boxwright.domain.box import Box
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.evaluation.coco import measure
from boxwright.services.demo.truth import FILE
from boxwright.services.project import Project

_ORIGINS = (Origin.ACCEPTED, Origin.ADJUSTED, Origin.RELABELED, Origin.DRAWN)


@dataclass(frozen=True)
class Played:
    """`edits`: image id -> edits by hand until it was accepted. `seconds`: of the whole run in the window."""

    edits: Mapping[int, int]
    screenshots: Sequence[Path]
    export: Path
    seconds: float


def write_report(project: Project, played: Played, out: Path) -> dict[str, Any]:
    """Write `summary.json` and `summary.txt` into `out`; returns the same, with the text under `text`."""
    rows = [_row(project, image_id, edits) for image_id, edits in played.edits.items()]
    totals = {key: sum(row[key] for row in rows) for key in (*(o.value for o in _ORIGINS), "deleted", "edits")}
    done = list(played.edits)
    summary: dict[str, Any] = {
        "images": len(rows),
        **totals,
        "edits_per_image": round(totals["edits"] / max(1, len(rows)), 2),
        "ap50": {
            "prelabels_of_pool": _ap50(project, project.predictions.predicted_ids(_model(project)).tolist(), False),
            "prelabels_of_these_images": _ap50(project, done, False),
            "after_correction": _ap50(project, done, True),
        },
        "seconds": round(played.seconds, 1),
        "export": played.export.name,
        "screenshots": [path.name for path in played.screenshots],
        "per_image": rows,
    }
    text = _text(summary)
    atomic_write(out / "summary.json", orjson.dumps(summary, option=orjson.OPT_INDENT_2) + b"\n")
    atomic_write(out / "summary.txt", text.encode() + b"\n")
    return {**summary, "text": text}


def _row(project: Project, image_id: int, edits: int) -> dict[str, Any]:
    labels = project.labels.load(image_id)
    origins = [a.origin for a in labels.annotations.values()]
    counts = {origin.value: origins.count(origin) for origin in _ORIGINS}
    deleted = sum(standing is Standing.REJECTED for standing in labels.standings.values())
    return {"image": project.images.get(image_id).path, **counts, "deleted": deleted, "edits": edits}


def _model(project: Project) -> int:
    model = project.models.active()
    assert model is not None
    return model.id


def _ap50(project: Project, image_ids: Sequence[int], corrected: bool) -> float:
    """Of the detector's boxes on these images, or of a person's, against the truth file; -1 without any true box."""
    truth = orjson.loads((project.folder / FILE).read_bytes())
    numbers = {image["file_name"]: image["id"] for image in truth["images"]}
    categories = {category["name"]: category["id"] for category in truth["categories"]}
    names = {c.id: c.name for c in project.classes.all()}
    results = []
    kept = set()
    for image_id in image_ids:
        number = numbers[Path(project.images.get(image_id).path).name]
        kept.add(number)
        for class_id, box, score in _boxes(project.labels.load(image_id), corrected):
            results.append(
                {"image_id": number, "category_id": categories[names[class_id]], "score": score,
                 "bbox": [box.x1, box.y1, box.width, box.height]}
            )  # fmt: skip
    truth["images"] = [image for image in truth["images"] if image["id"] in kept]
    truth["annotations"] = [one for one in truth["annotations"] if one["image_id"] in kept]
    return round(measure(truth, results).ap50, 4)


def _boxes(labels: ImageLabels, corrected: bool) -> Iterable[tuple[int, Box, float]]:
    if corrected:
        return ((a.class_id, a.box, 1.0) for a in labels.annotations.values())
    return ((p.class_id, p.box, p.score) for p in labels.predictions.values())


def _text(summary: Mapping[str, Any]) -> str:
    ap50 = summary["ap50"]
    return "\n".join(
        (
            f"{summary['images']} images corrected through the window in {summary['seconds']:.0f} s.",
            f"Boxes: {summary['accepted']} accepted as they were, {summary['adjusted']} adjusted, "
            f"{summary['relabeled']} given another class, {summary['drawn']} drawn; {summary['deleted']} rejected.",
            f"Edits by hand: {summary['edits']}, {summary['edits_per_image']} per image.",
            f"AP50 against the truth: {ap50['prelabels_of_these_images']:.3f} before, "
            f"{ap50['after_correction']:.3f} after correction ({ap50['prelabels_of_pool']:.3f} over the whole pool).",
            f"Left beside this summary: {summary['export']}/ and {len(summary['screenshots'])} screenshots.",
        )
    )
