"""Rows of the table of actions: the panels around the image."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.actions.action import VIEW, Action, Run, in_project

if TYPE_CHECKING:
    from boxwright.ui.actions.desk import Desk


def _toggled(name: str) -> Run:
    def toggle(desk: Desk) -> None:
        dock = desk.area.docks[name]
        dock.setVisible(dock.isHidden())

    return toggle


PANELS = (
    Action("view.queue", "Panel: queue", VIEW, ("F9",), in_project, _toggled("queue"), separated=True,
           checkable=True),
    Action("view.boxes", "Panel: boxes and classes", VIEW, ("Shift+F9",), in_project, _toggled("boxes"),
           checkable=True),
    Action("view.panels_back", "Panels back to their places", VIEW, (), in_project, lambda d: d.area.put_back()),
    Action("view.next_panel", "Keyboard to the next panel", VIEW, ("Ctrl+Tab",), in_project,
           lambda d: d.area.focus_next(True)),
    Action("view.previous_panel", "Keyboard to the panel before", VIEW, ("Ctrl+Shift+Tab",), in_project,
           lambda d: d.area.focus_next(False)),
)  # fmt: skip
