"""Rows of the table of actions: drawing, reaching and marking boxes, and how the canvas shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.config.settings import DrawBy
from boxwright.domain.marks import FLAGS
from boxwright.domain.messages import N_
from boxwright.ui.actions import navigation
from boxwright.ui.actions.action import (
    BOX,
    EDIT,
    GO,
    VIEW,
    Action,
    C,
    Run,
    can_edit,
    can_mark,
    has_image,
    has_selection,
)
from boxwright.ui.labelling import box_navigation, commands, mark_commands

if TYPE_CHECKING:
    from boxwright.ui.actions.desk import Desk

DRAW_BY: dict[DrawBy, str] = {
    "drag": N_("Draw by dragging"),
    "clicks": N_("Draw by two clicks"),
    "points": N_("Draw by four extreme points"),
}


def _draw_by(way: DrawBy) -> Run:
    return lambda desk: desk.draw_by(way)


def _flag(flag: str) -> Run:
    return lambda desk: mark_commands.toggle_flag(desk.model, flag)


def _near(x: int, y: int) -> Run:
    return lambda desk: commands.resize_near(desk.model, x, y)


def _look(x: int, y: int) -> Run:
    return lambda desk: desk.canvas.look_further(x, y)


def _far(x: int, y: int) -> Run:
    return lambda desk: commands.resize(desk.model, x, y)


def _take_ghost(desk: Desk) -> None:
    if not desk.canvas.take_guess():
        desk.take_ghost()


def _edges() -> tuple[Action, ...]:
    """Ctrl+Shift+arrows move the right and bottom edges by 10 pixels, Alt+arrows the left and top ones."""
    made = []
    for key, x, y in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1)):
        way = key.lower()
        steps = (
            (f"resize10.{way}", f"Move the far edge 10 px {way}", f"Ctrl+Shift+{key}", _far(10 * x, 10 * y)),
            (f"near.{way}", f"Move the near edge 1 px {way}", f"Alt+{key}", _near(x, y)),
            (f"near10.{way}", f"Move the near edge 10 px {way}", f"Alt+Shift+{key}", _near(10 * x, 10 * y)),
        )
        made += [
            Action(i, text, None, (keys,), has_selection, run, where=C, repeats=True) for i, text, keys, run in steps
        ]
    return tuple(made)


TONE_STEP = 10

EDGES = _edges()

REACHING: tuple[Action, ...] = (
    Action("go.box", "Next box, the smallest first", GO, ("Q",), has_image,
           lambda d: box_navigation.step_through_boxes(d.model, 1), repeats=True),
    Action("go.box_back", "Previous box", GO, ("Shift+Q",), has_image,
           lambda d: box_navigation.step_through_boxes(d.model, -1), repeats=True),
)  # fmt: skip

DRAWING: tuple[Action, ...] = (
    *(
        Action(f"draw.{way}", text, BOX, (), has_image, _draw_by(way), checkable=True)
        for way, text in DRAW_BY.items()
    ),
    Action("box.new", "New box in the middle of the view", BOX, ("Shift+N", "Ins"), can_edit, lambda d: d.new_box(),
           judges=True),
    Action("box.redraw", "Draw the selected box anew", BOX, ("Shift+R",), has_selection, navigation.draw_anew),
    Action("draw.next_way", "Another way to draw", BOX, ("Shift+W",), has_image, lambda d: d.next_way_to_draw()),
)  # fmt: skip

MARKING: tuple[Action, ...] = (
    *(
        Action(f"flag.{flag}", f"Mark {flag}", BOX, (f"Ctrl+{n}",), has_selection, _flag(flag), separated=n == 1)
        for n, flag in enumerate(FLAGS, 1)
    ),
    Action("box.attributes", "Attributes…", BOX, ("J",), has_selection, lambda d: d.attributes()),
    Action("box.lock", "Lock or unlock", BOX, ("L",), has_selection, lambda d: mark_commands.toggle_lock(d.model),
           separated=True),
    Action("box.unlock_all", "Unlock all boxes of the image", BOX, ("Shift+L",), can_edit,
           lambda d: mark_commands.unlock_all(d.model)),
    Action("image.marks", "Tags and note of the image…", EDIT, ("M",), can_mark, lambda d: d.image_marks(), "tag",
           separated=True),
)  # fmt: skip

SEEING: tuple[Action, ...] = (
    Action("view.only_selected", "Hide all but the selected", VIEW, ("O",), has_image,
           lambda d: d.toggle_only_selected(), checkable=True),
    Action("view.no_names", "Hide the names of boxes", VIEW, ("Shift+H",), has_image, navigation.toggle_names,
           checkable=True),
    Action("view.ghosts", "Ghosts: boxes just below the score", VIEW, ("G",), has_image, lambda d: d.toggle_ghosts(),
           checkable=True),
    Action("label.take_ghost", "Turn a ghost into a box", BOX, ("T",), can_edit, _take_ghost, separated=True,
           judges=True),
    Action("view.thicker", "Thicker lines", None, ("Ctrl+]",), has_image, lambda d: d.change_line_width(1),
           repeats=True),
    Action("view.thinner", "Thinner lines", None, ("Ctrl+[",), has_image, lambda d: d.change_line_width(-1),
           repeats=True),
)  # fmt: skip

LOOKING: tuple[Action, ...] = (
    *(
        Action(f"view.look_{way}", f"Look further {way}", None, (), has_image, _look(x, y), repeats=True)
        for way, x, y in (("left", -1, 0), ("right", 1, 0), ("up", 0, -1), ("down", 0, 1))
    ),
    Action("view.minimap", "Small map of a large image", VIEW, ("Y",), has_image, lambda d: d.toggle_minimap(),
           checkable=True, separated=True),
    Action("view.crosshair", "Crosshair in every tool", VIEW, ("C",), has_image, lambda d: d.toggle_crosshair(),
           checkable=True),
    Action("view.tone", "Brightness, contrast, gamma", VIEW, ("P",), has_image, lambda d: d.toggle_tone_bar(),
           checkable=True),
    Action("view.darker", "Darker", None, ("F6",), has_image, lambda d: d.shift_tone(brightness=-TONE_STEP),
           repeats=True),
    Action("view.brighter", "Brighter", None, ("F7",), has_image, lambda d: d.shift_tone(brightness=TONE_STEP),
           repeats=True),
    Action("view.less_contrast", "Less contrast", None, ("Shift+F6",), has_image,
           lambda d: d.shift_tone(contrast=-TONE_STEP), repeats=True),
    Action("view.more_contrast", "More contrast", None, ("Shift+F7",), has_image,
           lambda d: d.shift_tone(contrast=TONE_STEP), repeats=True),
    Action("view.lower_gamma", "Lower gamma", None, ("Ctrl+F6",), has_image, lambda d: d.shift_tone(gamma=-1),
           repeats=True),
    Action("view.higher_gamma", "Higher gamma", None, ("Ctrl+F7",), has_image, lambda d: d.shift_tone(gamma=1),
           repeats=True),
    Action("view.plain", "Pictures as they are", VIEW, ("F8",), has_image, lambda d: d.reset_tone()),
)  # fmt: skip
