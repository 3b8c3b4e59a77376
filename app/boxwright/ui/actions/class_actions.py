"""Rows of the table of actions: any class of the project, however many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.actions.action import BOX, Action, Run, has_image

if TYPE_CHECKING:
    from boxwright.ui.actions.desk import Desk


def _picked(by_number: bool) -> Run:
    def pick(desk: Desk) -> None:
        from boxwright.ui.panels.class_picker import ClassPicker

        ClassPicker(desk.area.window(), desk.model, by_number).open()

    return pick


NAMING = (
    Action("class.pick", "Class by name…", BOX, ("Z",), has_image, _picked(by_number=False), "find",
           separated=True),
    Action("class.number", "Class by number…", BOX, ("Shift+Z",), has_image, _picked(by_number=True)),
)  # fmt: skip
