"""Wiring of a canvas to the window around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.canvas.tone import PLAIN
from boxwright.ui.language.translation import tr
from boxwright.ui.panels.canvas_tips import ProvenanceTips

if TYPE_CHECKING:
    from boxwright.ui.actions.context import ActionContext
    from boxwright.ui.shell.status_bar import StatusBar


def wire_canvas(opened: ActionContext, status: StatusBar) -> None:
    actions, workspace, model, canvas = opened.app.live_actions, opened.workspace, opened.model, opened.canvas

    def view_changed() -> None:
        words = "{0:.0f} %" if canvas.tone == PLAIN else tr("{0:.0f} % · picture adjusted")
        # Of no picture there is no scale.
        status.zoom.setText(words.format(canvas.zoom * 100) if canvas.seen_area() is not None else "")

    def zoomed(zoom: float) -> None:
        picture = workspace.shown_scale
        if picture is not None and zoom > picture * 1.05:
            workspace.want_full_picture()

    def tool_changed(tool: str) -> None:
        # Esc on the canvas lays the draw tool aside without an action.
        if tool != "draw":
            model.redrawn = None
        actions["tool.select"].setChecked(tool == "select")
        actions["tool.draw"].setChecked(tool == "draw")

    def tap_space() -> None:
        """The canvas tells a tap of Space from holding it, so the action with that key has no shortcut for it."""
        if model.may_edit():
            actions.press("Space")

    ProvenanceTips(canvas)
    canvas.pick_class = actions["class.pick"]
    workspace.reader.ask(lambda project: project.labels.class_counts(), model.class_use.load)
    canvas.set_only_selected(actions["view.only_selected"].isChecked())
    canvas.set_names_shown(not actions["view.no_names"].isChecked())
    model.ghosts_shown = actions["view.ghosts"].isChecked()
    model.by_doubt = actions["view.doubt"].isChecked()
    canvas.zoom_changed.connect(zoomed)
    canvas.view_changed.connect(view_changed)
    canvas.tool_changed.connect(tool_changed)
    canvas.pointer_moved.connect(lambda x, y: status.position.setText(f"{x:.0f}, {y:.0f}"))
    canvas.space_tapped.connect(tap_space)
    workspace.outage.over.connect(opened.app.update_actions)
    tool_changed(canvas.tool)
