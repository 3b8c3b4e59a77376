"""Preview of an export: what it would hold and what it would lose, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass

from boxwright.config.disk import free_room
from boxwright.domain.begun import NOTHING_BEGUN, Begun
from boxwright.domain.image_filter import FilterCount, ImageFilter
from boxwright.formats.losses import Holdings, losses
from boxwright.formats.manifest import read_manifest
from boxwright.formats.registry import by_name
from boxwright.formats.staging import ImageMode
from boxwright.services.exporting.plan import begun_left, nothing_fits
from boxwright.services.exporting.request import ExportRequest
from boxwright.services.project.project import Project


@dataclass(frozen=True)
class ExportPreview:
    """Preview of an export.

    `losses`: a sentence for each thing the format would not keep. `nothing`: why nothing would be exported, else
    empty. `needed` and `free`: bytes that copies take, and that are free there (None: not known). `there`: the format
    of the export that is at that place, else empty. `begun`: what fits and is begun, taken or not; `left`: what
    is left out of it, a sentence.
    """

    count: FilterCount
    losses: tuple[str, ...] = ()
    nothing: str = ""
    needed: int = 0
    free: int | None = None
    there: str = ""
    begun: Begun = NOTHING_BEGUN

    left: str = ""

    @property
    def fits(self) -> bool:
        """Whether the disk has room for the copies, as far as is known."""
        return self.free is None or self.needed <= self.free


def preview_export(project: Project, request: ExportRequest) -> ExportPreview:
    """Counted by the database; a million boxes take about a second. Raises SettingError for an unknown format."""
    known = by_name(request.format)
    count = project.selection.count(request.chosen)
    manifest = read_manifest(request.out)
    begun = project.selection.begun(request.chosen)
    nothing = "" if count.images else nothing_fits(request.chosen, project.selection.count(ImageFilter()), begun)
    return ExportPreview(
        count=count,
        losses=tuple(losses(known, _holdings(project, request, count))) if count.images else (),
        nothing=nothing,
        needed=count.bytes if request.image_mode is ImageMode.COPY else 0,
        free=free_room(request.out),
        there=manifest.format if manifest else "",
        begun=begun,
        left=begun_left(begun) if begun and not request.chosen.takes_begun else "",
    )


def _holdings(project: Project, request: ExportRequest, count: FilterCount) -> Holdings:
    classes = len(request.chosen.class_ids) or len(project.classes.all())
    return Holdings(
        boxes=count.boxes,
        flags=dict(count.flags),
        attributes=dict(count.attributes),
        provenance=count.provenance,
        signed_empty=count.signed_empty,
        tags=count.tags,
        notes=count.notes,
        unlabeled_marks=count.unlabeled_marks,
        empty=count.empty,
        unlabeled=count.images - count.labeled,
        in_folders=count.in_folders if request.image_mode is not ImageMode.NONE else 0,
        unused_classes=classes - count.classes,
        splits=dict(count.splits),
    )
