"""Rows of the table of actions that give a box a class, however many there are, and what they do."""

from __future__ import annotations

from boxwright.ui.actions.action import BOX, Action, Run, has_image, has_selection
from boxwright.ui.actions.context import ActionContext
from boxwright.ui.labelling import commands
from boxwright.ui.language.translation import tr


def class_at(context: ActionContext, place: int) -> None:
    if place < len(context.model.classes):
        commands.set_class(context.model, context.model.classes[place].id)
    else:
        context.app.say(tr("There is no class for this key."))


def _picked(by_number: bool) -> Run:
    def pick(context: ActionContext) -> None:
        from boxwright.ui.panels.class_picker import ClassPicker

        ClassPicker(context.app.dialog_parent, context.model, by_number).open()

    return pick


def _class_at(place: int) -> Run:
    return lambda context: class_at(context, place)


def _runner_up(rank: int) -> Run:
    return lambda context: commands.runner_up(context.model, rank)


def _digits() -> tuple[Action, ...]:
    """1..9, 0 give the first ten classes; Shift+digit the n-th runner-up of the selected box."""
    classes = [
        Action(f"class.{n}", f"Class {n}", None, (str(n % 10),), has_image, _class_at(n - 1)) for n in range(1, 11)
    ]
    runners = [
        Action(f"runner_up.{n}", f"Runner-up {n} of the pre-label", None, (f"Shift+{n}",), has_selection, _runner_up(n))
        for n in range(1, 4)
    ]
    return (*classes, *runners)


NAMING = (
    Action("class.pick", "Class by name…", BOX, ("Z",), has_image, _picked(by_number=False), "find",
           separated=True),
    Action("class.number", "Class by number…", BOX, ("Shift+Z",), has_image, _picked(by_number=True)),
)  # fmt: skip

DIGITS = _digits()
