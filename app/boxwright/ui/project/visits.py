"""Visit clock: how long a person really works on each image, from mouse and keyboard of the window."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from boxwright.domain.active_time import ActiveTime
from boxwright.domain.changes import Changes
from boxwright.ui.language.translation import tr

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.project.workspace import Workspace

_SIGNS_OF_LIFE = frozenset(
    {
        QEvent.Type.MouseMove,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.TabletMove,
    }
)
SHORTEST = 0.2
"""Seconds: who only flies by has not worked on an image."""


class VisitClock(QObject):
    """Clock of visits. `close` must be called before the last edits are written."""

    def __init__(self, window: QWidget, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._time = ActiveTime()
        self._image_id: int | None = None
        handle = window.windowHandle()
        if handle is not None:
            # The window as the system knows it: each event of mouse and keyboard passes here once.
            handle.installEventFilter(self)
        workspace.model.changed.connect(self._changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE:
            self._time.touch(monotonic())
        return False

    def pause(self) -> None:
        """The person looks at something else than the image, such as the gallery."""
        self._end()

    def resume(self) -> None:
        self._begin()

    def close(self) -> None:
        self._end()

    def _changed(self, changes: Changes) -> None:
        if Changes.IMAGE in changes:
            self._end()
            self._begin()
        else:
            self._time.touch(monotonic())

    def _begin(self) -> None:
        labels = self._workspace.model.labels
        self._image_id = labels.image_id if labels is not None else None
        if self._image_id is not None:
            self._time.begin(monotonic())

    def _end(self) -> None:
        image_id, self._image_id = self._image_id, None
        if image_id is None:
            return
        seconds, who = self._time.end(monotonic()), self._workspace.model.annotator
        if seconds < SHORTEST:
            return

        def store(project: Project) -> None:
            project.visits.add(image_id, seconds, who)

        self._workspace.saver.keep(tr("The time worked on an image"), store)
