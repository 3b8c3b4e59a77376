"""What the export dialog says of a format, of what would be exported, and of what was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.services.export_room import size_words

if TYPE_CHECKING:
    from boxwright.formats.base import Capabilities
    from boxwright.services.export_plan import ExportResult
    from boxwright.services.export_preview import ExportPreview


def format_words(can: Capabilities) -> str:
    """What the format keeps, in a line."""
    kept = [
        ("splits", can.splits),
        ("class numbers", can.class_ids),
        ("confirmed-empty images", can.empty_images),
        ("marks (" + ", ".join(sorted(can.flags)) + ")", bool(can.flags)),
        ("attributes", bool(can.attributes)),
        ("tags", can.tags),
        ("notes", can.notes),
        ("who made a box", can.provenance),
        ("folders", can.folders),
    ]
    names = ", ".join(name for name, holds in kept if holds)
    accuracy = f"{can.accuracy:.6f}".rstrip("0")
    return f"Keeps {names}; corners to {accuracy} px."


def count_words(seen: ExportPreview) -> str:
    """What would be exported, or why nothing would."""
    if seen.nothing:
        return seen.nothing
    count = seen.count
    splits = ", ".join(f"{number:,} {split}" for split, number in count.splits)
    unlabeled = count.images - count.labeled
    parts = [f"{_many(count.boxes, 'box', 'boxes')}"]
    if count.empty:
        parts.append(f"{count.empty:,} confirmed empty")
    if unlabeled:
        parts.append(f"{unlabeled:,} not labelled")
    return f"{_many(count.images, 'image', 'images')} ({splits}): {', '.join(parts)}."


def room_words(seen: ExportPreview) -> str:
    """What the copies take of the disk; empty where nothing is copied."""
    if not seen.needed:
        return ""
    free = f", {size_words(seen.free)} are free there" if seen.free is not None else ""
    return f"Copies take {size_words(seen.needed)}{free}."


def result_words(result: ExportResult) -> str:
    lines = [
        f"{result.images:,} images with {result.boxes:,} boxes are in {result.out}.",
        f"{result.empty:,} of them are confirmed empty.",
    ]
    if result.new is not None:
        lines.append(f"{result.new:,} images are new, {result.changed:,} changed, {result.gone:,} are no longer in it.")
    return "\n".join([*lines, *result.notes])


def _many(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"
