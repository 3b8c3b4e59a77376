"""The menu Box: rows of the table of actions, and what they do: drawing, marking, moving edges."""

from __future__ import annotations

from collections.abc import Callable
from typing import get_args

from boxwright.config.settings import DrawBy
from boxwright.domain.marks import FLAGS
from boxwright.ui.actions.action import BOX, Action, C, Run, can_edit, has_image, has_selection
from boxwright.ui.actions.context import ActionContext
from boxwright.ui.actions.view_actions import use_tool
from boxwright.ui.labelling import commands, mark_commands
from boxwright.ui.labelling.box_geometry import middle_of
from boxwright.ui.language.translation import tr
from boxwright.ui.settings.table import DRAW_BY


def draw_by(context: ActionContext, way: DrawBy) -> None:
    """Draw boxes this way from now on, and take up the draw tool."""
    context.app.change_setting(draw_by=way)
    use_tool(context, "draw")


def next_way_to_draw(context: ActionContext) -> None:
    ways = get_args(DrawBy)
    way = ways[(ways.index(context.canvas.draw_by) + 1) % len(ways)]
    draw_by(context, way)
    context.model.message.emit(f"{tr(DRAW_BY[way])}.")


def new_box(context: ActionContext) -> None:
    """A box to be placed with the arrow keys: without a mouse there is no other way to begin one."""
    area = context.canvas.seen_area()
    if area is not None:
        commands.draw(context.model, middle_of(area))


def draw_anew(context: ActionContext) -> None:
    """The next box drawn takes the place of the selected one, which keeps its class and all that is said of it."""
    use_tool(context, "draw")
    context.model.redrawn = context.model.selection[-1]
    context.model.message.emit(tr("Draw the box anew; Esc leaves it as it is."))


def attributes(context: ActionContext) -> None:
    from boxwright.ui.panels.attributes import AttributesDialog

    AttributesDialog(context.app.dialog_parent, context.model).open()


def _draw_by(way: DrawBy) -> Run:
    return lambda context: draw_by(context, way)


def _flag(flag: str) -> Run:
    return lambda context: mark_commands.toggle_flag(context.model, flag)


def _nudge(x: int, y: int) -> Run:
    return lambda context: commands.nudge(context.model, x, y)


def _far(x: int, y: int) -> Run:
    return lambda context: commands.resize(context.model, x, y)


def _near(x: int, y: int) -> Run:
    return lambda context: commands.resize_near(context.model, x, y)


def _by_arrows(*kinds: tuple[str, str, str, Callable[[int, int], Run], int]) -> tuple[Action, ...]:
    """An action for each arrow and each of `kinds`: id, words, keys before the arrow, what moves, pixels."""
    made = []
    for key, x, y in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1)):
        for name, words, held, move, by in kinds:
            action_id, text, run = f"{name}.{key.lower()}", words.format(key.lower()), move(by * x, by * y)
            made.append(Action(action_id, text, None, (held + key,), has_selection, run, where=C, repeats=True))
    return tuple(made)


NUDGES = _by_arrows(
    ("nudge", "Move box 1 px {}", "", _nudge, 1),
    ("nudge10", "Move box 10 px {}", "Shift+", _nudge, 10),
    ("resize", "Move the far edge 1 px {}", "Ctrl+", _far, 1),
)

EDGES = _by_arrows(
    ("resize10", "Move the far edge 10 px {}", "Ctrl+Shift+", _far, 10),
    ("near", "Move the near edge 1 px {}", "Alt+", _near, 1),
    ("near10", "Move the near edge 10 px {}", "Alt+Shift+", _near, 10),
)

DRAWING: tuple[Action, ...] = (
    *(
        Action(f"draw.{way}", text, BOX, (), has_image, _draw_by(way), checkable=True)
        for way, text in DRAW_BY.items()
    ),
    Action("box.new", "New box in the middle of the view", BOX, ("Shift+N", "Ins"), can_edit, new_box, judges=True),
    Action("box.redraw", "Draw the selected box anew", BOX, ("Shift+R",), has_selection, draw_anew),
    Action("draw.next_way", "Another way to draw", BOX, ("Shift+W",), has_image, next_way_to_draw),
)  # fmt: skip

MARKING: tuple[Action, ...] = (
    *(
        Action(f"flag.{flag}", f"Mark {flag}", BOX, (f"Ctrl+{n}",), has_selection, _flag(flag), separated=n == 1)
        for n, flag in enumerate(FLAGS, 1)
    ),
    Action("box.attributes", "Attributes…", BOX, ("J",), has_selection, attributes),
    Action("box.lock", "Lock or unlock", BOX, ("L",), has_selection, lambda c: mark_commands.toggle_lock(c.model),
           separated=True),
    Action("box.unlock_all", "Unlock all boxes of the image", BOX, ("Shift+L",), can_edit,
           lambda c: mark_commands.unlock_all(c.model)),
)  # fmt: skip
