"""Report of a played demo: the work it took and what it gained, as text for people and JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from boxwright.config.atomic import atomic_write
from boxwright.domain.annotation import Origin
from boxwright.domain.box import Box
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.evaluation.coco import measure
from boxwright.evaluation.coco_entries import entry_of
from boxwright.services.demo.truth import FILE
from boxwright.services.project.project import Project
from boxwright.services.retraining.evaluate import evaluate_project

_ORIGINS = (Origin.ACCEPTED, Origin.ADJUSTED, Origin.RELABELED, Origin.DRAWN)
_COUNTS = (*(origin.value for origin in _ORIGINS), "deleted", "edits")


@dataclass
class Lap:
    """Part of the story.

    A part of the story: `edits` by hand until each image was accepted, by image id, with the pre-labels of the
    detector `model_id`.
    """

    model_id: int
    edits: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Played:
    """Played demo, as the report tells it.

    `laps` in their order. `seconds`: of the whole run in the window. `note`: why it ended before its time.
    """

    laps: Sequence[Lap]
    screenshots: Sequence[Path]
    export: Path
    seconds: float
    note: str = ""


def write_report(project: Project, played: Played, out: Path) -> dict[str, Any]:
    """Write `summary.json` and `summary.txt` into `out`; returns the same, with the text under `text`."""
    truth = orjson.loads((project.folder / FILE).read_bytes())
    done = [image_id for lap in played.laps for image_id in lap.edits]
    by_lap = [[_row(project, i, n, lap.edits[i]) for i in lap.edits] for n, lap in enumerate(played.laps)]
    rounds = [_lap(project, lap, rows) for lap, rows in zip(played.laps, by_lap, strict=True)]
    per_image = [row for rows in by_lap for row in rows]
    summary: dict[str, Any] = {
        "rounds": rounds,
        "images": len(per_image),
        **{key: sum(row[key] for row in per_image) for key in _COUNTS},
        "edits_per_image": _per_image(per_image),
        "ap50": {
            "prelabels_of_these_images": _ap50(project, truth, done, False),
            "after_correction": _ap50(project, truth, done, True),
        },
        "validation_images": rounds[0]["validation_images"] if rounds else 0,
        "project": project.folder.name,
        "seconds": round(played.seconds, 1),
        "note": played.note,
        "export": played.export.name,
        "screenshots": [path.name for path in played.screenshots],
        "per_image": per_image,
    }
    text = _text(summary)
    atomic_write(out / "summary.json", orjson.dumps(summary, option=orjson.OPT_INDENT_2) + b"\n")
    atomic_write(out / "summary.txt", text.encode() + b"\n")
    return {**summary, "text": text}


def clear_report(out: Path) -> None:
    """Take away the summary and the screenshots of an earlier run. Raises OSError."""
    summary = out / "summary.json"
    try:
        names = orjson.loads(summary.read_bytes())["screenshots"]
    except (OSError, ValueError, KeyError, TypeError):
        return
    for name in names:
        # The name only: a file elsewhere has no business here.
        (out / Path(str(name)).name).unlink(missing_ok=True)
    summary.unlink()
    summary.with_suffix(".txt").unlink(missing_ok=True)


def _lap(project: Project, lap: Lap, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """A detector on the validation split, and what its pre-labels cost the person."""
    model = project.models.get(lap.model_id)
    measured = evaluate_project(project, model, "cpu")
    boxes = sum(row[origin] for row in rows for origin in _ORIGINS)
    return {
        "detector": model.name,
        "AP50": round(float(measured.metrics.ap50), 4),
        "AP": round(float(measured.metrics.ap), 4),
        "fixes_per_image": round(float(measured.fixes_per_image or 0.0), 2),
        "validation_images": measured.images,
        "images": len(rows),
        "boxes": boxes,
        **{key: sum(row[key] for row in rows) for key in _COUNTS},
        "edits_per_image": _per_image(rows),
        "edits_per_box": round(sum(map(_edited, rows)) / max(1, boxes), 3),
    }


def _edited(row: Mapping[str, Any]) -> int:
    """Boxes that a person drew, moved, gave another class or rejected on an image, as the ledger of rounds counts."""
    return int(row["adjusted"] + row["relabeled"] + row["drawn"] + row["deleted"])


def _per_image(rows: Sequence[Mapping[str, Any]]) -> float:
    return round(sum(map(_edited, rows)) / max(1, len(rows)), 2)


def _row(project: Project, image_id: int, number: int, hand: int) -> dict[str, Any]:
    labels = project.labels.load(image_id)
    origins = [a.origin for a in labels.annotations.values()]
    counts = {origin.value: origins.count(origin) for origin in _ORIGINS}
    deleted = sum(standing is Standing.REJECTED for standing in labels.standings.values())
    return {"image": project.images.get(image_id).path, "round": number, **counts, "deleted": deleted, "edits": hand}


def _ap50(project: Project, truth: Mapping[str, Any], image_ids: Sequence[int], corrected: bool) -> float:
    """Of the pre-labels of these images, or of a person's boxes, against `truth`; -1 without any true box."""
    numbers = {image["file_name"]: image["id"] for image in truth["images"]}
    categories = {category["name"]: category["id"] for category in truth["categories"]}
    names = {c.id: c.name for c in project.classes.all()}
    results = []
    kept = set()
    for image_id in image_ids:
        number = numbers[Path(project.images.get(image_id).path).name]
        kept.add(number)
        for class_id, box, score in _boxes(project.labels.load(image_id), corrected):
            results.append(entry_of(number, categories[names[class_id]], box, score))
    these = {
        **truth,
        "images": [image for image in truth["images"] if image["id"] in kept],
        "annotations": [one for one in truth["annotations"] if one["image_id"] in kept],
    }
    return round(measure(these, results).ap50, 4)


def _boxes(labels: ImageLabels, corrected: bool) -> Iterable[tuple[int, Box, float]]:
    if corrected:
        return ((a.class_id, a.box, 1.0) for a in labels.annotations.values())
    return ((p.class_id, p.box, p.score) for p in labels.predictions.values())


def _text(summary: Mapping[str, Any]) -> str:
    ap50 = summary["ap50"]
    lines = [
        f"{summary['images']} images corrected through the window in {summary['seconds']:.0f} s.",
        f"Boxes: {summary['accepted']} accepted as they were, {summary['adjusted']} adjusted, "
        f"{summary['relabeled']} given another class, {summary['drawn']} drawn; {summary['deleted']} rejected.",
        f"AP50 of these images against the truth: {ap50['prelabels_of_these_images']:.3f} before, "
        f"{ap50['after_correction']:.3f} after correction.",
        "",
        *_table(summary),
        *([summary["note"]] if summary["note"] else []),
        "",
        f"Left beside this summary: {summary['export']}/ and {len(summary['screenshots'])} screenshots.",
    ]
    return "\n".join(lines)


def _table(summary: Mapping[str, Any]) -> Iterable[str]:
    yield (
        f"{'detector':<12}{'AP50':>7}{'AP':>7}{'fixes/image':>13}{'edits/image':>13}{'edits/box':>11}"
        f"{'images':>8}{'boxes':>7}"
    )
    for one in summary["rounds"]:
        yield (
            f"{one['detector']:<12}{one['AP50']:>7.3f}{one['AP']:>7.3f}{one['fixes_per_image']:>13.1f}"
            f"{one['edits_per_image']:>13.1f}{one['edits_per_box']:>11.2f}{one['images']:>8}{one['boxes']:>7}"
        )
    yield (
        f"AP50, AP and boxes to fix: on {summary['validation_images']} validation images, which nobody trains on. "
        "Edits: boxes drawn, moved, given another class or rejected by hand on the batch that was labelled with that "
        "detector's pre-labels; a round learns from all batches before it."
    )
