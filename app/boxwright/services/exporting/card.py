"""Details of an export's manifest, and a page for people beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from boxwright import __version__
from boxwright.domain.image_filter import ImageFilter
from boxwright.formats.base import Format
from boxwright.formats.dataset import Dataset
from boxwright.formats.manifest import MANIFEST
from boxwright.formats.staging import ImageMode
from boxwright.services.project.project import Project

if TYPE_CHECKING:
    from boxwright.services.exporting.plan import ExportResult

README = "README.md"


def options_of(project: Project, image_mode: ImageMode, chosen: ImageFilter) -> dict[str, Any]:
    """What an export was asked for, as its manifest has it."""
    names = {known.id: known.name for known in project.classes.all()}
    return {
        "images": str(image_mode),
        "unlabeled": chosen.unlabeled,
        "begun": chosen.takes_begun,
        "splits": sorted(map(str, chosen.splits)),
        "classes": [names[id_] for id_ in sorted(chosen.class_ids)],
        "batches": sorted(chosen.batches),
        "tags": sorted(chosen.tags),
        "annotators": sorted(chosen.annotators),
    }


def details(
    project: Project,
    image_mode: ImageMode,
    chosen: ImageFilter,
    dataset: Dataset,
    result: ExportResult,
) -> dict[str, Any]:
    """JSON types only. No time of day: the same project gives the same bytes. `labels_of` is when the newest label
    was made."""
    model = project.models.active()
    return {
        "project": {"name": project.folder.name, "labels_of": project.selection.newest_change(chosen)},
        "options": options_of(project, image_mode, chosen),
        "classes": [
            {"index": index, "id": known.id, "name": known.name} for index, known in enumerate(dataset.classes)
        ],
        "counts": {"images": result.images, "labeled": result.labeled, "boxes": result.boxes, "empty": result.empty},
        "splits": dict(result.splits),
        "detector": None
        if model is None
        else {"name": model.name, "sha256": model.sha256, "layout": model.card.layout, "figures": dict(model.metrics)},
        "renamed": dict(result.renamed),
    }


def readme(writer: Format, known: Mapping[str, Any]) -> str:
    """The page: what is in the export, and how it came to be."""
    counts, project, detector = known["counts"], known["project"], known["detector"]
    splits = ", ".join(f"{count} {split}" for split, count in known["splits"].items())
    lines = [
        f"# {_plain(project['name'])}",
        "",
        f"Exported by Boxwright {__version__} as {writer.name}: {writer.title}.",
        "",
        f"- {counts['images']} images ({splits})",
        f"- {counts['labeled']} of them labelled, {counts['empty']} confirmed empty",
        f"- {counts['boxes']} boxes in {len(known['classes'])} classes",
        f"- newest label: {project['labels_of'] or 'not known'}",
        f"- chosen: {_chosen(known['options'])}",
        f"- image files: {_IMAGES[known['options']['images']]}",
        f"- detector: {_detector(detector)}",
        "",
        "| index | id | class |",
        "|---|---|---|",
        *(f"| {item['index']} | {item['id']} | {_plain(item['name'])} |" for item in known["classes"]),
        "",
        f"`{MANIFEST}` (JSON) lists every image with its split, and every file with its SHA-256. To check them:",
        "",
        "    boxwright export --verify FOLDER",
        "",
    ]
    return "\n".join(lines)


_IMAGES = {"copy": "copied", "link": "linked to", "none": "left where they are"}


def _chosen(options: Mapping[str, Any]) -> str:
    begun = " and begun" if options.get("begun") else ""
    parts = ["labelled and unlabelled images" if options["unlabeled"] else f"labelled{begun} images"]
    narrowed = [key for key in ("splits", "classes", "batches", "tags", "annotators") if options[key]]
    parts += [f"{key}: {', '.join(_plain(str(value)) for value in options[key])}" for key in narrowed]
    return "; ".join(parts)


def _detector(detector: Mapping[str, Any] | None) -> str:
    if detector is None:
        return "none"
    figures = ", ".join(
        f"{name} {value:.3f}" if isinstance(value, float) else f"{name} {value}"
        for name, value in sorted(detector["figures"].items())
    )
    return f"{_plain(detector['name'])}, SHA-256 {detector['sha256']}" + (f", measured {figures}" if figures else "")


def _plain(text: str) -> str:
    """A name from a file is data: no line breaks, and nothing that Markdown or HTML would act on."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return "".join(f"\\{c}" if c in "\\`*_[]|#" else {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(c, c) for c in clean)
