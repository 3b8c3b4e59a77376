"""Wiring of a canvas to the window around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.canvas.tone import PLAIN
from boxwright.ui.language.translation import tr
from boxwright.ui.panels.canvas_tips import ProvenanceTips

if TYPE_CHECKING:
    from boxwright.ui.canvas.canvas import CanvasView
    from boxwright.ui.project.workspace import Workspace
    from boxwright.ui.shell.main_window import MainWindow


def wire_canvas(window: MainWindow, workspace: Workspace, canvas: CanvasView) -> None:
    status, actions, model = window.status, window.actions_map, workspace.model

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
    canvas.space_tapped.connect(window.desk.tap_space)
    workspace.outage.over.connect(window.update_actions)
    tool_changed(canvas.tool)
