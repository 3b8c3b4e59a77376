"""Page in the middle while the list has no image: why, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton

from boxwright.domain.messages import N_
from boxwright.ui.language.translation import tr
from boxwright.ui.project.queue import Queue
from boxwright.ui.widgets.notice_page import NoticePage


class Empty(StrEnum):
    """Reason why there is no image. The value names it for a test and a style sheet, not for a person."""

    POOL = "pool"
    DONE = N_("done")
    LIST = "list"


NEXT = {
    Empty.POOL: ("project.add_images",),
    Empty.DONE: ("project.export", "pool.review"),
    Empty.LIST: ("batch.next",),
}

NO_DETECTOR = "help.no_detector"


def why_empty(queue: Queue) -> Empty:
    if not queue.pool_usable:
        return Empty.POOL
    return Empty.DONE if queue.pool_finished else Empty.LIST


class ActionButton(QPushButton):
    """Button that does what an action does, under its name, while it can."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self._action = action
        self.clicked.connect(action.trigger)
        # To a method of a widget, so that the connection ends with it: the action lives on in the window.
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._action.text())
        self.setEnabled(self._action.isEnabled())


class EmptyPage(NoticePage):
    """Page without an image. Its buttons are the actions that `offer` gives it, so that they say and can do what the
    menus do."""

    ACTIONS = (*dict.fromkeys(name for names in NEXT.values() for name in names), NO_DETECTOR)

    def __init__(self) -> None:
        super().__init__(560)
        self.why = Empty.LIST
        self.detector = True
        self.words.setObjectName("quiet")
        self.buttons: dict[str, QPushButton] = {}

    def offer(self, actions: Mapping[str, QAction]) -> None:
        for name in self.ACTIONS:
            button = self.buttons[name] = ActionButton(actions[name])
            self.add_button(button)
        self.tell(self.why, self.detector)

    def tell(self, why: Empty, detector: bool) -> None:
        """`detector`: whether the project has one."""
        self.why, self.detector = why, detector
        title, words = {
            Empty.POOL: (
                tr("This project has no images yet"),
                tr("Add the folder that they are in. They stay where they are and are never changed."),
            ),
            Empty.DONE: (
                tr("Every image is labelled or skipped"),
                tr("Export the labels for your training program, or review them where the detector disagrees."),
            ),
            Empty.LIST: (
                tr("There is no image in this list"),
                tr("Choose another list on the left, or draw a batch of the images that teach the detector most."),
            ),
        }[why]
        self.title.setText(title)
        self.words.setText(words)
        for name, button in self.buttons.items():
            lacks = name == NO_DETECTOR and why is Empty.LIST and not detector
            button.setVisible(name in NEXT[why] or lacks)
