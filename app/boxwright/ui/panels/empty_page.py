"""What the middle says while the list has no image: why, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from boxwright.ui.language import tr
from boxwright.ui.queue import Queue


class Empty(StrEnum):
    """Why there is no image. The value names it for a test and a style sheet, not for a person."""

    POOL = "pool"
    DONE = "done"
    LIST = "list"


NEXT = {
    Empty.POOL: ("project.add_images",),
    Empty.DONE: ("project.export", "pool.review"),
    Empty.LIST: ("batch.next",),
}


def why_empty(queue: Queue) -> Empty:
    if not queue.pool_usable:
        return Empty.POOL
    return Empty.DONE if queue.pool_done_now >= queue.pool_usable else Empty.LIST


class ActionButton(QPushButton):
    """Does what an action does, under its name, while it can."""

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


class EmptyPage(QWidget):
    """Its buttons are the actions that `offer` gives it, so that they say and can do what the menus do."""

    ACTIONS = tuple(dict.fromkeys(name for names in NEXT.values() for name in names))

    def __init__(self) -> None:
        super().__init__()
        self.why = Empty.LIST
        self.title, self.words = QLabel(), QLabel()
        self.title.setObjectName("panelTitle")
        self.words.setObjectName("quiet")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words.setMaximumWidth(560)
        self.buttons: dict[str, QPushButton] = {}
        self._row, middle = QHBoxLayout(), QHBoxLayout()
        for row in (self._row, middle):
            row.addStretch(1)
        # Stretches instead of an alignment: an aligned label is not given the height that its wrapped words need.
        middle.addWidget(self.words, 20)
        middle.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 0, 24, 0)
        layout.setSpacing(12)
        layout.addStretch(2)
        layout.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(middle)
        layout.addLayout(self._row)
        layout.addStretch(3)

    def offer(self, actions: Mapping[str, QAction]) -> None:
        for name in self.ACTIONS:
            button = self.buttons[name] = ActionButton(actions[name])
            self._row.addWidget(button)
        self._row.addStretch(1)
        self.tell(self.why)

    def tell(self, why: Empty) -> None:
        self.why = why
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
            button.setVisible(name in NEXT[why])
