"""Edits on their way from memory to the disk."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from boxwright.domain.edits import Edit
from boxwright.domain.labels import ImageLabels

if TYPE_CHECKING:
    from boxwright.services.project.project import Project


@dataclass(frozen=True, slots=True)
class LabelEdit:
    """Edit of one image for the queue that writes: on screen already, so it is never given up."""

    image_id: int
    edit: Edit

    def __call__(self, project: Project) -> None:
        project.labels.apply(self.image_id, self.edit)


class EditWriter(Protocol):
    """Part of `services.project.writer.WriteQueue` that takes edits."""

    def submit(self, edit: LabelEdit, /) -> Future[None]: ...


def apply_edit(labels: ImageLabels, edit: Edit, writer: EditWriter) -> tuple[ImageLabels, Future[None]]:
    """`labels` after `edit`, and the end of the one transaction that puts it on disk: memory first, then the queue, in
    the order of the calls. What goes wrong on disk, `writer` reports."""
    return edit.apply(labels), writer.submit(LabelEdit(labels.image_id, edit))
