"""Daily backup of the project in the window, made beside the work, and what cannot be kept is told."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from boxwright.ui.language.translation import tr
from boxwright.ui.project.task import BackgroundTask

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import AppContext
    from boxwright.ui.project.workspace import Workspace

LATER_MS = 200


class BackupKeeper(QObject):
    """Keeper of the daily backup. Made before anybody else has a connection of `project`, so that all of them tell
    here what stops nothing."""

    told = Signal(object)  # a Message, which a signal of text would lose the parts of
    outlives_project = True

    def __init__(self, app: AppContext, project: Project) -> None:
        for earlier in app.dialog_parent.findChildren(BackupKeeper):
            earlier.deleteLater()
        super().__init__(app.dialog_parent)
        self._app = app
        self.workspace: Workspace | None = None
        """Where the project is shown; None before and once it is closed, when nothing more is told of it."""
        self.told.connect(self._tell)
        project.tell = self._hear
        self._task: BackgroundTask | None = None
        if not project.read_only:
            self._task = BackgroundTask(tr("Keeping a backup"), self)
            self._task.failed.connect(self._tell)
            self._task.start(lambda report, should_stop: project.back_up_today())

    def wait(self, seconds: float) -> None:
        """Until the copy of the day is made; for tests."""
        if self._task is not None:
            self._task.wait(seconds)

    def _hear(self, sentence: str) -> None:
        # On any thread, also after the window has gone on to another project.
        with suppress(RuntimeError):
            self.told.emit(sentence)

    def _tell(self, sentence: str) -> None:
        if self.workspace is None:
            return
        if self.workspace.queue_loaded:
            self._app.tell(sentence)
        else:
            # What is told as a project opens clears the banner.
            QTimer.singleShot(LATER_MS, self, lambda: self._tell(sentence))
