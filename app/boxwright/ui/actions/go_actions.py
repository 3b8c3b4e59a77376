"""The menu Go: rows of the table of actions, and what they do: steps through the queue and through the boxes."""

from __future__ import annotations

from boxwright.domain.messages import N_
from boxwright.ui.actions.action import GO, Action, C, has_image, on_canvas
from boxwright.ui.actions.context import ActionContext
from boxwright.ui.labelling import box_navigation, commands
from boxwright.ui.language.translation import tr
from boxwright.ui.project.context import AppContext
from boxwright.ui.project.queue import View

LEAP = 10
ALL_DONE = {
    View.BATCH: N_("This batch is done. Draw the next one: {draw}."),
    View.TO_DO: N_("Every image of the pool is labelled or skipped."),
    View.VALIDATION: N_("Every image of the validation split is labelled or skipped."),
    View.BEGUN: N_("Every image that was begun is labelled or skipped."),
    View.REVIEW: N_("Every finding of this list is decided."),
    View.ALL: N_("Every image of the pool is labelled or skipped."),
}


def key_of(app: AppContext, action_id: str) -> str:
    """The first key of an action, or its name where it has none."""
    return app.live_actions.first_key(action_id) or app.live_actions[action_id].text()


def go_on(context: ActionContext) -> None:
    if not context.workspace.go_on():
        words = tr(ALL_DONE[context.workspace.queue.view])
        context.app.say(words.format(draw=key_of(context.app, "batch.next")))


def step(context: ActionContext, by: int) -> None:
    """The next image or the one before. Of boxes that are left behind unfinished the person is told."""
    left = context.model.labels
    if not context.workspace.step(by):
        context.model.message.emit(
            tr("This is the last image of the queue.") if by > 0 else tr("This is the first image.")
        )
    elif left is not None and left.begun:
        words = tr("Left as begun: its boxes are learnt and exported once {key} marks the image as labelled.")
        context.model.message.emit(words.format(key=key_of(context.app, "label.accept_all")))


def leap(context: ActionContext, by: int) -> None:
    """`by` images on, or as far as there are any."""
    queue, row = context.workspace.queue, context.workspace.row
    target = queue.neighbour(row, by)
    if target is None and len(queue.rows):
        target = int(queue.rows[-1 if by > 0 else 0])
    if target is not None:
        context.workspace.show_row(target)


def to_end(context: ActionContext, last: bool) -> None:
    """The first image of the queue, or the last."""
    leap(context, len(context.workspace.queue) if last else -len(context.workspace.queue))


def back_to_open(context: ActionContext) -> None:
    """The unlabelled image before this one, and from the first the last."""
    row = context.workspace.queue.previous_open(context.workspace.row)
    if row is not None:
        context.workspace.show_row(row)
    else:
        context.model.message.emit(tr("Every image of this list is labelled or skipped."))


def jump(context: ActionContext) -> None:
    from boxwright.ui.panels.jump import JumpDialog

    JumpDialog(context).open()


STEPS = (
    Action("go.previous", "Previous image", GO, ("A", "PgUp"), on_canvas, lambda c: step(c, -1), "previous",
           toolbar=N_("Previous"), repeats=True),
    Action("go.next", "Next image", GO, ("D", "PgDown"), on_canvas, lambda c: step(c, 1), "next", toolbar=N_("Next"),
           repeats=True),
)  # fmt: skip

DOUBTFUL = (
    Action("go.doubtful", "Next doubtful box", GO, ("Tab",), has_image, lambda c: commands.next_doubtful(c.model),
           "doubt", C, separated=True, repeats=True),
    Action("go.doubtful_back", "Previous doubtful box", GO, ("Shift+Tab",), has_image,
           lambda c: commands.previous_doubtful(c.model), where=C, repeats=True),
    Action("go.box", "Next box, the smallest first", GO, ("Q",), has_image,
           lambda c: box_navigation.step_through_boxes(c.model, 1), repeats=True),
    Action("go.box_back", "Previous box", GO, ("Shift+Q",), has_image,
           lambda c: box_navigation.step_through_boxes(c.model, -1), repeats=True),
)  # fmt: skip

FAR_STEPS = (
    Action("go.open", "Next unlabelled image", GO, ("N",), on_canvas, go_on, repeats=True),
    Action("go.open_back", "Previous unlabelled image", GO, ("Alt+N",), on_canvas, back_to_open, repeats=True),
    Action("go.leap", "Ten images forward", GO, ("Shift+D", "Shift+PgDown"), on_canvas, lambda c: leap(c, LEAP),
           repeats=True),
    Action("go.leap_back", "Ten images back", GO, ("Shift+A", "Shift+PgUp"), on_canvas, lambda c: leap(c, -LEAP),
           repeats=True),
    Action("go.first", "First image", GO, ("Home",), on_canvas, lambda c: to_end(c, False), where=C),
    Action("go.last", "Last image", GO, ("End",), on_canvas, lambda c: to_end(c, True), where=C),
    Action("go.jump", "Go to image…", GO, ("Ctrl+J",), on_canvas, jump, "jump"),
)  # fmt: skip
