"""Words for a format, for what would be exported, and for what was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.config.disk import size_words
from boxwright.domain.messages import plural
from boxwright.ui.language.translation import tr, translate

if TYPE_CHECKING:
    from boxwright.formats.base import Capabilities
    from boxwright.services.exporting.plan import ExportResult
    from boxwright.services.exporting.preview import ExportPreview


def format_words(can: Capabilities) -> str:
    """What the format keeps, in a line."""
    kept = [
        (tr("splits"), can.splits),
        (tr("class numbers"), can.class_ids),
        (tr("confirmed-empty images"), can.empty_images),
        (tr("marks ({0})").format(", ".join(tr(flag) for flag in sorted(can.flags))), bool(can.flags)),
        (tr("attributes"), bool(can.attributes)),
        (tr("tags"), can.tags),
        (tr("notes"), can.notes),
        (tr("who made a box"), can.provenance),
        (tr("folders"), can.folders),
    ]
    names = ", ".join(name for name, holds in kept if holds)
    accuracy = f"{can.accuracy:.6f}".rstrip("0")
    return tr("Keeps {0}; corners to {1} px.").format(names, accuracy)


def count_words(seen: ExportPreview) -> str:
    """What would be exported, or why nothing would, and what people have begun that would be left out."""
    if seen.nothing:
        return translate(seen.nothing)
    left = f" {translate(seen.left)}" if seen.left else ""
    return _holds(seen) + left


def _holds(seen: ExportPreview) -> str:
    count = seen.count
    splits = ", ".join(tr("{0:,} {1}").format(number, tr(str(split))) for split, number in count.splits)
    unlabeled = count.images - count.labeled
    parts = [translate(plural("1 box", "{0:,} boxes", count.boxes))]
    if count.empty:
        parts.append(tr("{0:,} confirmed empty").format(count.empty))
    if unlabeled:
        parts.append(tr("{0:,} not labelled").format(unlabeled))
    images = translate(plural("1 image", "{0:,} images", count.images))
    return f"{images} ({splits}): {', '.join(parts)}."


def room_words(seen: ExportPreview) -> str:
    """What the copies take of the disk; empty where nothing is copied."""
    if not seen.needed:
        return ""
    if seen.free is None:
        return tr("Copies take {0}.").format(size_words(seen.needed))
    return tr("Copies take {0}, {1} are free there.").format(size_words(seen.needed), size_words(seen.free))


def result_words(result: ExportResult) -> str:
    lines = [
        tr("{0:,} images with {1:,} boxes are in {2}.").format(result.images, result.boxes, result.out),
        tr("{0:,} of them are confirmed empty.").format(result.empty),
    ]
    if result.new is not None:
        lines.append(
            tr("{0:,} images are new, {1:,} changed, {2:,} are no longer in it.").format(
                result.new, result.changed, result.gone
            )
        )
    return "\n".join([*lines, *map(translate, result.notes)])
