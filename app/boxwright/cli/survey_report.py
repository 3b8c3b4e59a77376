"""Report of a survey, for programs and for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from boxwright.services.detectors.registry import matched_classes
from boxwright.services.detectors.survey import (
    DetectorSurvey,
    guesses_words,
    looked_words,
    names_words,
    one_class_words,
)
from boxwright.services.project.project import Project


def survey_json(project: Project, found: DetectorSurvey) -> dict[str, Any]:
    """JSON types."""
    ours = {c.id: c.name for c in project.classes.all()}
    class_map = matched_classes(found.names, project.classes.all())
    return {
        "images": found.images,
        "labelled": found.labelled,
        "true_boxes": len(found.truth),
        "boxes": found.boxes,
        "faint_boxes": found.faint,
        "named": found.named(class_map),
        "placed": found.placed,
        "faintly_placed": found.faintly_placed,
        "astray": found.astray,
        "classes": [
            {
                "name": _name(found.names, f.label),
                "boxes": f.boxes,
                "images": f.images,
                "becomes": ours.get(class_map.get(f.label, 0)),
                "lies_on": ours.get(on[0]) if (on := found.lies_on(f.label)) else None,
            }
            for f in found.found
        ],
    }


def survey_text(project: Project, found: DetectorSurvey) -> str:
    """A few lines."""
    classes = project.classes.all()
    class_map = matched_classes(found.names, classes)
    told = survey_json(project, found)["classes"]
    width = max((len(row["name"]) for row in told), default=0)
    lines: list[str] = [looked_words(found)]
    for row in told:
        becomes = f"becomes {row['becomes']}" if row["becomes"] else "no class of the project"
        on = f", most often on {row['lies_on']}" if row["lies_on"] and row["lies_on"] != row["becomes"] else ""
        lines.append(f"  {row['name']:<{width}}  {row['boxes']:>4} boxes on {row['images']:>2} images  {becomes}{on}")
    if not told:
        lines.append("  It finds nothing at a score of 0.25 or more.")
    most = max(classes, key=lambda c: found.of_class(c.id), default=None)
    lines.append(f"By name:                           {names_words(found, class_map)}")
    if most is not None:
        lines.append(f"Without names, as {most.name} (--classes-as): {one_class_words(found, most.id)}")
    lines.append(f"Guesses while drawing (--guesses): {guesses_words(found)}")
    return "\n".join(lines)


def _name(names: Sequence[str], label: int) -> str:
    return names[label] if label < len(names) else str(label)
