"""Everything that belongs to the project in the window; it ends with the project, and nothing of it comes later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QStackedWidget

from boxwright.services.project.writer import WriteQueue
from boxwright.ui.gallery.place import GalleryPlace
from boxwright.ui.language.translation import tr
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.project.visits import VisitClock
from boxwright.ui.project.workspace import Workspace
from boxwright.ui.recovery.problem import Leaving, leave_training, leave_unsaved, leave_work
from boxwright.ui.recovery.rescue import write_copy
from boxwright.ui.retraining.controller import RetrainController
from boxwright.ui.shell.layout_memory import keep_layout
from boxwright.ui.shell.work_area import WorkArea

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.shell.main_window import MainWindow

logger = logging.getLogger(__name__)

STOPPING_SECONDS = 10.0
# What waits for a disk that refuses does not end by waiting.
STUCK_SECONDS = 0.5


class OpenProject(QObject):
    """Each `BackgroundTask` in the window is about the project, unless a part with `outlives_project` has it. `task` is
    the one that the status line shows, None when there is none; a retraining of `turn` may run beside it."""

    def __init__(self, window: MainWindow, project: Project, picture_side: int) -> None:
        super().__init__(window)
        self._window = window
        writer = None if project.read_only else WriteQueue(project)
        cache = window.settings.image_cache_mb * 2**20
        self.workspace = Workspace(project, writer, picture_side, cache, self)
        self.area = WorkArea(self.workspace)
        self.task: BackgroundTask | None = None
        self.turn: RetrainController | None = None
        self.gallery: GalleryPlace | None = None
        self.visits: VisitClock | None = None
        self._asking = False
        self._stopped: list[str] = []

    def begin(self, stack: QStackedWidget) -> None:
        """What looks at the window for its project; so the window has to know this one by then."""
        self.turn = RetrainController(self._window, self.workspace)
        self.gallery = GalleryPlace(self._window, stack)
        self.visits = VisitClock(self._window, self.workspace)

    def run(self, task: BackgroundTask, done: Callable[[Any], object]) -> None:
        """Show `task` in the status line; `done` gets its result. One at a time."""
        window, self.task = self._window, task
        task.setParent(self)
        window.status.follow(task)

        def ended() -> None:
            self.task = None
            window.update_actions()

        for signal in (task.finished, task.failed, task.stopped):
            signal.connect(ended)
        task.finished.connect(done)
        task.failed.connect(lambda sentence: window.show_error(tr("{0}: not done").format(task.title), sentence))
        task.stopped.connect(window.status.say)
        window.update_actions()

    @property
    def running(self) -> list[BackgroundTask]:
        """Wherever in the window they hang: all but those of what outlives the project."""
        return [
            task for task in self._window.findChildren(BackgroundTask) if not task.ended and _ends_with_project(task)
        ]

    # --- closing ---------------------------------------------------------------------------------------------------

    def may_close(self, again: Callable[[], object]) -> bool:
        """Ask where something would be lost, stop what runs, and write what is left. False when the person stays;
        `again` is what they wanted, for when a rescue copy is written."""
        if self._asking:
            return False
        self._asking = True
        try:
            return self._work_may_end() and self._everything_written(again)
        finally:
            self._asking = False

    def close(self) -> list[str]:
        """End everything, whatever fails on the way. Returns sentences about what did not come to its end."""
        told = [tr("{0}: stopped; what was finished before is kept.").format(title) for title in self._stopped]
        failed = ((task.title, task.give_up()) for task in self.running)
        told += [f"{tr('{0}: not done').format(title)}. {sentence}" for title, sentence in failed if sentence]
        # What other threads have sent already arrives after this, and has nowhere to go.
        for late in (self, *self.findChildren(QObject)):
            late.blockSignals(True)
        self._window.status.job.let_go()
        assert self.turn is not None and self.gallery is not None
        steps = (self.turn.close, self._end_dialogs, self.gallery.close, self.area.close_models, self.workspace.close)
        for step in steps:
            try:
                step()
            except Exception:
                logger.exception("The project could not be closed in order")
        self.area.deleteLater()
        self.deleteLater()
        return told

    def _work_may_end(self) -> bool:
        if self.turn is not None and self.turn.running and not leave_training(self._window):
            return False
        running = self.running
        losing = [task for task in running if task.loses and not task.should_stop()]
        if not all(leave_work(self._window, task.title, task.loses) for task in losing):
            return False
        seconds = STOPPING_SECONDS if self.workspace.saver.trouble is None else STUCK_SECONDS
        for task in running:
            task.cancel()
        for task in running:
            if not task.wait(seconds) and task.has_connection:
                self._window.banner.tell(tr("{0} is still ending: close the project in a moment.").format(task.title))
                return False
        self._stopped = [task.title for task in running if task is self.task and not task.loses]
        return True

    def _everything_written(self, again: Callable[[], object]) -> bool:
        assert self.visits is not None
        self.visits.close()
        keep_layout(self.workspace, self.area)
        if self.workspace.flush():
            return True
        leaving = leave_unsaved(self._window, self.workspace.saver)
        if leaving is Leaving.RESCUE:
            write_copy(self._window, self.workspace, again)
        if leaving is not Leaving.DISCARD:
            self.visits.resume()
        return leaving is Leaving.DISCARD

    def _end_dialogs(self) -> None:
        """Closed with the project, they have not been answered."""
        for dialog in self._window.findChildren(QDialog):
            if _ends_with_project(dialog):
                dialog.reject()


def _ends_with_project(part: QObject | None) -> bool:
    while part is not None and not getattr(part, "outlives_project", False):
        part = part.parent()
    return part is None
