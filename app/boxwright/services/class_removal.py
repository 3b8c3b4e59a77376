"""Taking a class away, after a copy of what there is."""

from __future__ import annotations

from boxwright.services.backups import Why, before
from boxwright.services.project import Project


def remove_class(project: Project, class_id: int) -> None:
    """Raises ProjectError, with the count, while a box has the class; ReadOnlyProject."""
    project.require_writable()
    before(project, Why.CLASSES)
    project.classes.remove(class_id)
