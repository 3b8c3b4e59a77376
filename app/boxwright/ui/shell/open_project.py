"""Open project of the window: everything that belongs to it ends with it, and nothing of it comes later."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QStackedWidget, QWidget

from boxwright.domain.changes import Changes
from boxwright.domain.messages import N_
from boxwright.services.project.writer import WriteQueue
from boxwright.ui.actions.action import Situation
from boxwright.ui.gallery.place import GalleryPlace
from boxwright.ui.language.translation import tr
from boxwright.ui.panels.work_area import WorkArea
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.project.visits import VisitClock
from boxwright.ui.project.workspace import Workspace
from boxwright.ui.recovery.daily_backup import BackupKeeper
from boxwright.ui.recovery.problem import Leaving, leave_training, leave_unsaved, leave_work
from boxwright.ui.recovery.rescue import write_copy
from boxwright.ui.retraining.controller import RetrainController
from boxwright.ui.shell.layout_memory import keep_layout

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.canvas.canvas import CanvasView
    from boxwright.ui.labelling.session import SessionModel
    from boxwright.ui.project.context import AppContext
    from boxwright.ui.project.review import Review
    from boxwright.ui.retraining.advice_bar import AdviceBar
    from boxwright.ui.shell.status_bar import StatusBar

logger = logging.getLogger(__name__)

SMALLEST_PICTURE_SIDE = 1600
STOPPING_SECONDS = 10.0
# What waits for a disk that refuses does not end by waiting.
STUCK_SECONDS = 0.5


WAITING = N_(
    "This waits until the retraining has ended, because it changes what is learnt from; go on labelling, or cancel the "
    "retraining in the line at the bottom."
)


class OpenProject(QObject):
    """Owner of the workspace, panels, gallery, retraining, visits and long work of one project; see `ActionContext`.

    Each `BackgroundTask` in the window is about the project, unless a part with `outlives_project` has it. `task` is
    the one that the status line shows, None when there is none; a retraining may run beside it."""

    def __init__(
        self, app: AppContext, project: Project, status: StatusBar, advice: AdviceBar, stack: QStackedWidget
    ) -> None:
        super().__init__(app.dialog_parent)
        self.app, self._status = app, status
        self._keeper = BackupKeeper(app, project)
        writer = None if project.read_only else WriteQueue(project)
        cache = app.settings.image_cache_mb * 2**20
        picture_side = _largest_picture_side(app.dialog_parent)
        self.workspace = self._keeper.workspace = Workspace(project, writer, picture_side, cache, self)
        self.area = WorkArea(self.workspace)
        self.task: BackgroundTask | None = None
        self.retraining = RetrainController(self, advice, status.retraining)
        self.visits = VisitClock(app.dialog_parent, self.workspace)
        self.gallery = GalleryPlace(self, stack, self.area, self.visits)
        self._asking = False
        self._stopped: list[str] = []

    # --- what the parts of the window ask for ----------------------------------------------------------------------

    @property
    def model(self) -> SessionModel:
        return self.workspace.model

    @property
    def canvas(self) -> CanvasView:
        return self.area.canvas

    @property
    def review(self) -> Review:
        return self.area.review

    @property
    def canvas_shown(self) -> bool:
        return not self.gallery.shown

    def show_canvas(self) -> None:
        if self.gallery.shown:
            self.gallery.leave()

    def images_added(self, words: str) -> None:
        self.workspace.refresh()
        self.app.say(words)

    def tell_visit(self) -> None:
        self.visits.pause()
        self.visits.resume()

    def waits_for_retraining(self) -> bool:
        if self.retraining.running:
            self.app.tell(tr(WAITING))
        return self.retraining.running

    def situation(self) -> Situation:
        workspace, gallery = self.workspace, self.gallery.shown
        return Situation(
            project=True,
            writable=not workspace.model.read_only,
            image=workspace.model.labels is not None and not gallery,
            picture=workspace.shown_scale is not None,
            selection=bool(workspace.model.selection),
            detector=workspace.detector is not None,
            task=self.task is not None,
            retraining=self.retraining.running,
            finding=not gallery and self.review.current is not None,
            gallery=gallery,
            chosen=gallery and len(self.gallery.page.grid.choice) > 0,
        )

    def retranslate(self) -> None:
        """Say everything in the language of now. The project stays as it is, with its histories."""
        for part in (self.area, self.gallery, self.retraining):
            part.retranslate()
        # Words that are made of what is known, such as those on the boxes.
        self.model.changed.emit(Changes.BOXES | Changes.PREDICTIONS | Changes.CLASSES)
        self.workspace.tell_detector()
        self.workspace.saver.tell()

    def run(self, task: BackgroundTask, done: Callable[[Any], object]) -> None:
        """Show `task` in the status line; `done` gets its result. One at a time."""
        app, self.task = self.app, task
        task.setParent(self)
        self._status.follow(task)

        def ended() -> None:
            self.task = None
            app.update_actions()

        for signal in (task.finished, task.failed, task.stopped):
            signal.connect(ended)
        task.finished.connect(done)
        task.failed.connect(lambda sentence: app.show_error(tr("{0}: not done").format(task.title), sentence))
        task.stopped.connect(app.say)
        app.update_actions()

    @property
    def running(self) -> list[BackgroundTask]:
        """Wherever in the window they hang: all but those of what outlives the project."""
        return [
            task
            for task in self.app.dialog_parent.findChildren(BackgroundTask)
            if not task.ended and _ends_with_project(task)
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
        self._status.job.let_go()
        self._keeper.workspace = None
        steps = (
            self.retraining.close,
            self._end_dialogs,
            self.gallery.close,
            self.area.close_models,
            self.workspace.close,
        )
        for step in steps:
            try:
                step()
            except Exception:
                logger.exception("The project could not be closed in order")
        self.area.deleteLater()
        self.deleteLater()
        return told

    def _work_may_end(self) -> bool:
        if self.retraining.running and not leave_training(self.app.dialog_parent):
            return False
        running = self.running
        losing = [task for task in running if task.loses and not task.should_stop()]
        if not all(leave_work(self.app.dialog_parent, task.title, task.loses) for task in losing):
            return False
        seconds = STOPPING_SECONDS if self.workspace.saver.trouble is None else STUCK_SECONDS
        for task in running:
            task.cancel()
        for task in running:
            if not task.wait(seconds) and task.has_connection:
                self.app.tell(tr("{0} is still ending: close the project in a moment.").format(task.title))
                return False
        self._stopped = [task.title for task in running if task is self.task and not task.loses]
        return True

    def _everything_written(self, again: Callable[[], object]) -> bool:
        self.visits.close()
        keep_layout(self.workspace, self.area)
        if self.workspace.flush():
            return True
        leaving = leave_unsaved(self.app.dialog_parent, self.workspace.saver)
        if leaving is Leaving.RESCUE:
            write_copy(self.app, self.workspace, again)
        if leaving is not Leaving.DISCARD:
            self.visits.resume()
        return leaving is Leaving.DISCARD

    def _end_dialogs(self) -> None:
        """Closed with the project, they have not been answered."""
        for dialog in self.app.dialog_parent.findChildren(QDialog):
            if _ends_with_project(dialog):
                dialog.reject()


def _ends_with_project(part: QObject | None) -> bool:
    while part is not None and not getattr(part, "outlives_project", False):
        part = part.parent()
    return part is None


def _largest_picture_side(window: QWidget) -> int:
    """Pixels of the screen along its longer side: pictures are decoded to fit it until somebody zooms in."""
    size = window.screen().size() * window.devicePixelRatio()
    return max(SMALLEST_PICTURE_SIDE, int(max(size.width(), size.height())))
