"""Far steps through the queue, and a box drawn anew: what people know from other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.language.translation import tr

if TYPE_CHECKING:
    from boxwright.ui.actions.desk import Desk


def step(desk: Desk, by: int) -> None:
    """The next image or the one before. Of boxes that are left behind unfinished the person is told."""
    left = desk.model.labels
    if not desk.workspace.step(by):
        desk.model.message.emit(
            tr("This is the last image of the queue.") if by > 0 else tr("This is the first image.")
        )
    elif left is not None and left.begun:
        words = tr("Left as begun: its boxes are learnt and exported once {key} marks the image as labelled.")
        desk.model.message.emit(words.format(key=desk.key_of("label.accept_all")))


def leap(desk: Desk, by: int) -> None:
    """`by` images on, or as far as there are any."""
    queue, row = desk.workspace.queue, desk.workspace.row
    target = queue.neighbour(row, by)
    if target is None and len(queue.rows):
        target = int(queue.rows[-1 if by > 0 else 0])
    if target is not None:
        desk.workspace.show_row(target)


def to_end(desk: Desk, last: bool) -> None:
    """The first image of the queue, or the last."""
    leap(desk, len(desk.workspace.queue) if last else -len(desk.workspace.queue))


def back_to_open(desk: Desk) -> None:
    """The unlabelled image before this one, and from the first the last."""
    row = desk.workspace.queue.previous_open(desk.workspace.row)
    if row is not None:
        desk.workspace.show_row(row)
    else:
        desk.model.message.emit(tr("Every image of this list is labelled or skipped."))


def draw_anew(desk: Desk) -> None:
    """The next box drawn takes the place of the selected one, which keeps its class and all that is said of it."""
    desk.use_tool("draw")
    desk.model.redrawn = desk.model.selection[-1]
    desk.model.message.emit(tr("Draw the box anew; Esc leaves it as it is."))


def toggle_names(desk: Desk) -> None:
    """Boxes at rest tell their class, or only the one that is selected or under the pointer."""
    desk.canvas.set_names_shown(not desk.canvas.box_painter.names_shown)
