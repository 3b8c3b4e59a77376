"""Edits on their way to the disk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from boxwright.domain.edits import Edit

if TYPE_CHECKING:
    from boxwright.services.project.project import Project


@dataclass(frozen=True, slots=True)
class LabelEdit:
    """Edit of one image for the queue that writes: on screen already, so it is never given up."""

    image_id: int
    edit: Edit

    def __call__(self, project: Project) -> None:
        project.labels.apply(self.image_id, self.edit)
