"""The menu View: rows of the table of actions, and what they do: tools, boxes, zoom, tone, theme."""

from __future__ import annotations

from typing import get_args

from boxwright.config.settings import RANGES
from boxwright.domain.messages import N_
from boxwright.ui.actions.action import BOX, VIEW, Action, AppAction, Run, always, can_edit, has_image
from boxwright.ui.actions.context import ActionContext
from boxwright.ui.canvas.tone import PLAIN
from boxwright.ui.labelling import box_navigation, prelabel_commands
from boxwright.ui.language.translation import tr
from boxwright.ui.look.palettes import ThemeName
from boxwright.ui.look.theme import shown_theme
from boxwright.ui.project.context import AppContext

THRESHOLD_STEP = 0.05
TONE_STEP = 10


def use_tool(context: ActionContext, tool: str) -> None:
    context.model.redrawn = None
    context.canvas.tool = tool


def _checked(context: ActionContext, action_id: str) -> bool:
    return context.app.live_actions[action_id].isChecked()


def _keep(action_id: str, setting: str) -> Run:
    """The setting follows the tick of the action."""
    return lambda context: context.app.change_setting(**{setting: _checked(context, action_id)})


def show_by_doubt(context: ActionContext) -> None:
    context.model.by_doubt = _checked(context, "view.doubt")


def show_ghosts(context: ActionContext) -> None:
    context.model.ghosts_shown = _checked(context, "view.ghosts")


def take_ghost(context: ActionContext) -> None:
    """The completion that is offered while drawing, else the ghost under the pointer, becomes a box."""
    if context.canvas.take_guess():
        return
    box_navigation.take_ghost(context.model, context.canvas.overlay.hovered)
    context.app.live_actions["view.ghosts"].setChecked(context.model.ghosts_shown)


def toggle_names(context: ActionContext) -> None:
    """Boxes at rest tell their class, or only the one that is selected or under the pointer."""
    context.canvas.set_names_shown(not context.canvas.box_painter.names_shown)


def change_line_width(context: ActionContext, by: int) -> None:
    width = RANGES["line_width"].clamped(context.canvas.box_painter.line + by)
    context.app.change_setting(line_width=width)


def shift_tone(context: ActionContext, brightness: int = 0, contrast: int = 0, gamma: int = 0) -> None:
    tone = context.canvas.tone.shifted(brightness, contrast, gamma)
    context.canvas.set_tone(tone)
    context.model.message.emit(
        tr("Brightness {0:+}, contrast {1:+}, gamma {2:.2f}: F8 shows pictures as they are.").format(
            tone.brightness, tone.contrast, tone.gamma
        )
    )


def next_theme(app: AppContext) -> None:
    themes = get_args(ThemeName)
    app.change_setting(theme=themes[(themes.index(shown_theme()) + 1) % len(themes)])


def _look(x: int, y: int) -> Run:
    return lambda context: context.canvas.look_further(x, y)


TOOLBAR_TOOLS = (
    Action("tool.select", "Select tool", VIEW, ("V", "Esc"), has_image, lambda c: use_tool(c, "select"), "select",
           toolbar=N_("Select"), checkable=True),
    Action("tool.draw", "Draw tool", VIEW, ("W", "R"), can_edit, lambda c: use_tool(c, "draw"), "draw",
    toolbar=N_("Draw"),
           checkable=True),
    Action("tool.stay", "Keep the draw tool after a box", VIEW, (), has_image, _keep("tool.stay", "stay_in_draw"),
           checkable=True),
)  # fmt: skip

BOXES_SHOWN = (
    Action("view.hide", "Hide boxes", VIEW, ("H",), has_image,
           lambda c: c.canvas.set_boxes_hidden(_checked(c, "view.hide")), "hide", separated=True, checkable=True),
    Action("view.doubt", "Boxes by doubt", VIEW, ("U",), has_image, show_by_doubt, "doubt", checkable=True),
    Action("view.fewer", "Fewer pre-labels: higher scores only", VIEW, ("]",), has_image,
           lambda c: prelabel_commands.shift_threshold(c.model, THRESHOLD_STEP), repeats=True),
    Action("view.more", "More pre-labels: lower scores too", VIEW, ("[",), has_image,
           lambda c: prelabel_commands.shift_threshold(c.model, -THRESHOLD_STEP), repeats=True),
    Action("view.only_selected", "Hide all but the selected", VIEW, ("O",), has_image,
           lambda c: c.canvas.set_only_selected(_checked(c, "view.only_selected")), checkable=True),
    Action("view.no_names", "Hide the names of boxes", VIEW, ("Shift+H",), has_image, toggle_names, checkable=True),
    Action("view.ghosts", "Ghosts: boxes just below the score", VIEW, ("G",), has_image, show_ghosts, checkable=True),
    Action("label.take_ghost", "Turn a ghost into a box", BOX, ("T",), can_edit, take_ghost, separated=True,
           judges=True),
    Action("view.thicker", "Thicker lines", None, ("Ctrl+]",), has_image, lambda c: change_line_width(c, 1),
           repeats=True),
    Action("view.thinner", "Thinner lines", None, ("Ctrl+[",), has_image, lambda c: change_line_width(c, -1),
           repeats=True),
)  # fmt: skip

LOOKING: tuple[Action, ...] = (
    Action("view.zoom_in", "Zoom in", VIEW, ("+", "=", "Ctrl++"), has_image, lambda c: c.canvas.zoom_by(1.25),
           separated=True, repeats=True),
    Action("view.zoom_out", "Zoom out", VIEW, ("-", "Ctrl+-"), has_image, lambda c: c.canvas.zoom_by(0.8),
           repeats=True),
    Action("view.actual", "Actual size (100 %)", VIEW, ("Ctrl+0",), has_image, lambda c: c.canvas.actual_size()),
    Action("view.fit", "Fit the image", VIEW, ("F",), has_image, lambda c: c.canvas.fit(), "fit", toolbar=N_("Fit")),
    *(
        Action(f"view.look_{way}", f"Look further {way}", None, (), has_image, _look(x, y), repeats=True)
        for way, x, y in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
    ),
    Action("view.minimap", "Small map of a large image", VIEW, ("Y",), has_image, _keep("view.minimap", "minimap"),
           checkable=True, separated=True),
    Action("view.crosshair", "Crosshair in every tool", VIEW, ("C",), has_image,
           _keep("view.crosshair", "crosshair"), checkable=True),
    Action("view.tone", "Brightness, contrast, gamma", VIEW, ("P",), has_image,
           lambda c: c.area.image_area.show_tone_bar(_checked(c, "view.tone")), checkable=True),
    Action("view.darker", "Darker", None, ("F6",), has_image, lambda c: shift_tone(c, brightness=-TONE_STEP),
           repeats=True),
    Action("view.brighter", "Brighter", None, ("F7",), has_image, lambda c: shift_tone(c, brightness=TONE_STEP),
           repeats=True),
    Action("view.less_contrast", "Less contrast", None, ("Shift+F6",), has_image,
           lambda c: shift_tone(c, contrast=-TONE_STEP), repeats=True),
    Action("view.more_contrast", "More contrast", None, ("Shift+F7",), has_image,
           lambda c: shift_tone(c, contrast=TONE_STEP), repeats=True),
    Action("view.lower_gamma", "Lower gamma", None, ("Ctrl+F6",), has_image, lambda c: shift_tone(c, gamma=-1),
           repeats=True),
    Action("view.higher_gamma", "Higher gamma", None, ("Ctrl+F7",), has_image, lambda c: shift_tone(c, gamma=1),
           repeats=True),
    Action("view.plain", "Pictures as they are", VIEW, ("F8",), has_image, lambda c: c.canvas.set_tone(PLAIN)),
)  # fmt: skip

THEMES = (AppAction("view.theme", "Light, dark or high contrast", VIEW, (), always, next_theme, separated=True),)
