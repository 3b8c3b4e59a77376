"""Context of an action while a project is open: its canvas, panels, gallery and review."""

from __future__ import annotations

from typing import Protocol

from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.gallery.place import GalleryPlace
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.panels.work_area import WorkArea
from boxwright.ui.project.context import ProjectContext
from boxwright.ui.project.review import Review


class ActionContext(ProjectContext, Protocol):
    """Context of an action. Implemented by `ui.shell.open_project.OpenProject`."""

    @property
    def area(self) -> WorkArea: ...

    @property
    def gallery(self) -> GalleryPlace: ...

    @property
    def model(self) -> SessionModel: ...

    @property
    def canvas(self) -> CanvasView: ...

    @property
    def review(self) -> Review: ...
