"""Memory of the panels' layout, kept in the project, so that each is found as it was left."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from boxwright.ui.language.translation import tr

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.panels.work_area import WorkArea
    from boxwright.ui.project.workspace import Workspace


def take_up_layout(workspace: Workspace, area: WorkArea) -> None:
    """As the project was left; as it is at first when nothing was kept or it is damaged."""
    kept = workspace.project.settings.layout
    if kept is None:
        return
    try:
        area.restore_layout(base64.b64decode(kept, validate=True))
    except binascii.Error:
        area.put_back()


def keep_layout(workspace: Workspace, area: WorkArea) -> None:
    """Written with the last edits; a project that can only be read keeps what it had."""
    text = base64.b64encode(area.layout_state()).decode()

    def keep(project: Project) -> None:
        if project.settings.layout != text:
            project.settings.layout = text

    workspace.saver.keep(tr("The places of the panels"), keep)
