"""The menu View: rows of the table of actions about the panels around the image."""

from __future__ import annotations

from boxwright.ui.actions.action import VIEW, Action, Run, in_project
from boxwright.ui.actions.context import ActionContext


def _toggled(name: str) -> Run:
    def toggle(context: ActionContext) -> None:
        dock = context.area.docks[name]
        dock.setVisible(dock.isHidden())

    return toggle


PANELS = (
    Action("view.queue", "Panel: queue", VIEW, ("F9",), in_project, _toggled("queue"), separated=True,
           checkable=True),
    Action("view.boxes", "Panel: boxes and classes", VIEW, ("Shift+F9",), in_project, _toggled("boxes"),
           checkable=True),
    Action("view.panels_back", "Panels back to their places", VIEW, (), in_project, lambda c: c.area.put_back()),
    Action("view.next_panel", "Keyboard to the next panel", VIEW, ("Ctrl+Tab",), in_project,
           lambda c: c.area.focus_next(True)),
    Action("view.previous_panel", "Keyboard to the panel before", VIEW, ("Ctrl+Shift+Tab",), in_project,
           lambda c: c.area.focus_next(False)),
)  # fmt: skip
