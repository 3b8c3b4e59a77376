"""Main window: menus and toolbar above, the project or the start page in the middle, the status line below."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from boxwright.config.settings import Settings, load_settings, update_settings, with_recent
from boxwright.domain.changes import Changes
from boxwright.domain.errors import BoxwrightError
from boxwright.ui.actions.action_map import ActionMap
from boxwright.ui.actions.bindings import bindings
from boxwright.ui.actions.desk import Desk
from boxwright.ui.actions.table import Situation
from boxwright.ui.language.translation import tr
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.recovery.rescue import write_copy
from boxwright.ui.retraining.advice_bar import AdviceBar
from boxwright.ui.shell.apply_setting import apply_all, apply_setting
from boxwright.ui.shell.banner import Banner
from boxwright.ui.shell.drop_zone import DropZone
from boxwright.ui.shell.layout_memory import take_up_layout
from boxwright.ui.shell.start_page import StartPage
from boxwright.ui.shell.status_bar import StatusBar

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.gallery.place import GalleryPlace
    from boxwright.ui.project.saving import Saving
    from boxwright.ui.project.visits import VisitClock
    from boxwright.ui.project.workspace import Workspace
    from boxwright.ui.retraining.controller import RetrainController
    from boxwright.ui.shell.open_project import OpenProject
    from boxwright.ui.shell.work_area import WorkArea

logger = logging.getLogger(__name__)

SMALLEST_PICTURE_SIDE = 1600
PRE_LABEL_BUTTONS = ("label.accept_shown", "label.reject_shown", "view.doubt")


class MainWindow(QMainWindow):
    """Main window with one project at a time, `opened`."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or load_settings()[0]
        self.opened: OpenProject | None = None
        self._writable = False
        self.setWindowTitle("Boxwright")
        self.resize(1366, 768)
        self.start_page = StartPage()
        self.start_page.show_recent(self.settings.recent_projects)
        self.banner = Banner()
        self.advice = AdviceBar()
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.desk = Desk(self)
        self.actions_map = ActionMap(self.desk, self, bindings(self.settings))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start_page)
        self._lay_out()
        self._connect_start_page()
        self.drop_zone = DropZone(self)
        self.status.retraining.look_wanted.connect(lambda: self.desk.watch_retraining())
        self._restore_place()
        self.update_actions()

    # --- parts of the open project, None while there is none -------------------------------------------------------

    @property
    def workspace(self) -> Workspace | None:
        return self.opened.workspace if self.opened is not None else None

    @property
    def work_area(self) -> WorkArea | None:
        return self.opened.area if self.opened is not None else None

    @property
    def turn(self) -> RetrainController | None:
        return self.opened.turn if self.opened is not None else None

    @property
    def gallery(self) -> GalleryPlace | None:
        return self.opened.gallery if self.opened is not None else None

    @property
    def visits(self) -> VisitClock | None:
        return self.opened.visits if self.opened is not None else None

    @property
    def task(self) -> BackgroundTask | None:
        return self.opened.task if self.opened is not None else None

    # --- projects --------------------------------------------------------------------------------------------------

    def open_project(self, folder: Path) -> None:
        """Open the project in `folder` in place of the one that is open; an error is told and changes nothing."""
        from boxwright.services.project.diagnosis import open_whole

        if not self.close_project(lambda: self.open_project(folder)):
            return
        try:
            project = open_whole(folder)
        except BoxwrightError as error:
            self.show_error(tr("The project could not be opened"), error.message)
            return
        self.show_project(project)

    def show_project(self, project: Project) -> None:
        """Take over an open `project` and show it."""
        from boxwright.ui.recovery.daily_backup import BackupKeeper
        from boxwright.ui.shell.open_project import OpenProject

        BackupKeeper(self, project)
        opened = self.opened = OpenProject(self, project, self._picture_side())
        workspace, area = opened.workspace, opened.area
        take_up_layout(workspace, area)
        apply_all(self)
        self._connect_workspace(workspace, area)
        opened.begin(self._stack)
        self._stack.addWidget(area)
        self._stack.setCurrentWidget(area)
        self.actions_map.attach_canvas(area.canvas)
        self.actions_map.toolbar.show()
        self.setWindowTitle(f"{project.folder.name} – Boxwright")
        self.banner.hold(project.read_only_reason)
        self.status.show_read_only(project.read_only)
        self.remember(recent_projects=with_recent(self.settings, project.folder))
        workspace.load(then=self._project_loaded)

    def close_project(self, again: Callable[[], object] | None = None) -> bool:
        """Write what is left, then show the start page. False when edits could not be saved and the person stays;
        `again` is what they wanted, for when a rescue copy is written."""
        opened = self.opened
        if opened is None:
            return True
        if not opened.may_close(again or self.close_project):
            return False
        self.remember(threshold=opened.workspace.model.threshold)
        told = opened.close()
        self.opened = None
        self._stack.removeWidget(opened.area)
        self.banner.hold("")
        self.banner.tell("")
        self.status.clear()
        self.status.say(" ".join(told))
        self.setWindowTitle("Boxwright")
        self.start_page.show_recent(self.settings.recent_projects)
        self.update_actions()
        return True

    # --- long work -------------------------------------------------------------------------------------------------

    def run(self, task: BackgroundTask, done: Callable[[Any], object]) -> None:
        """Show `task` of the open project in the status line; `done` gets its result. One at a time."""
        assert self.opened is not None
        self.opened.run(task, done)

    def tell_visit(self) -> None:
        """Keep the time measured on the image on screen now, and measure on."""
        if self.visits is not None:
            self.visits.pause()
            self.visits.resume()

    def retranslate(self) -> None:
        """Say everything in the language of now. The open project stays as it is, with its histories."""
        for part in (self.actions_map, self.banner, self.advice, self.status):
            part.retranslate()
        if self.workspace is not None:
            self._retranslate_project(self.workspace)
        old, self.start_page = self.start_page, StartPage()
        self._stack.insertWidget(0, self.start_page)
        if self._stack.currentWidget() is old:
            self._stack.setCurrentWidget(self.start_page)
        self._stack.removeWidget(old)
        old.setParent(None)
        old.deleteLater()
        self.start_page.show_recent(self.settings.recent_projects)
        self._connect_start_page()

    def _retranslate_project(self, workspace: Workspace) -> None:
        for part in (self.work_area, self.gallery, self.turn):
            if part is not None:
                part.retranslate()
        # Words that are made of what is known, such as those on the boxes.
        workspace.model.changed.emit(Changes.BOXES | Changes.PREDICTIONS | Changes.CLASSES)
        workspace.tell_detector()
        workspace.saver.tell()
        self.status.show_read_only(workspace.project.read_only)

    def images_added(self, words: str) -> None:
        if self.workspace is not None:
            self.workspace.refresh()
        self.status.say(words)

    def show_error(self, title: str, sentence: str) -> None:
        """One sentence and nothing else; the person stays where they were."""
        from boxwright.ui.recovery.problem import ProblemDialog

        ProblemDialog(self, title, sentence).open()

    def remember(self, **changes: Any) -> bool:
        """Store settings; when the folder cannot be written they hold until the window closes, and this is False."""
        try:
            self.settings = update_settings(**changes)
        except OSError as error:
            logger.warning("Settings could not be stored: %s", error)
            self.settings = replace(self.settings, **changes)
            return False
        return True

    def change_setting(self, **changes: Any) -> bool:
        """Store settings and let them hold at once, as far as they can. False when they could not be stored."""
        stored = self.remember(**changes)
        for name in changes:
            apply_setting(self, name)
        return stored

    # --- what is possible now --------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        workspace = self.workspace
        if workspace is None:
            return Situation(task=self.task is not None)
        gallery = self.gallery is not None and self.gallery.shown
        return Situation(
            project=True,
            writable=not workspace.model.read_only,
            image=workspace.model.labels is not None and not gallery,
            picture=workspace.shown_scale is not None,
            selection=bool(workspace.model.selection),
            detector=workspace.detector is not None,
            task=self.task is not None,
            retraining=self.turn is not None and self.turn.running,
            finding=not gallery and self.work_area is not None and self.work_area.review.current is not None,
            gallery=gallery,
            chosen=gallery and self.gallery is not None and len(self.gallery.page.grid.choice) > 0,
        )

    def update_actions(self) -> None:
        situation = self.situation()
        self._writable = situation.writable
        self.actions_map.update(situation)
        self.actions_map.toolbar.setVisible(self.workspace is not None)

    # --- events ----------------------------------------------------------------------------------------------------

    def closeEvent(self, event: QCloseEvent) -> None:
        try:
            closed = self.close_project(self.close)
        except BaseException:
            # Qt would take the window away, and with it what is not saved.
            event.ignore()
            raise
        if not closed:
            event.ignore()
            return
        self.remember(window_geometry=_text(self.saveGeometry()), window_state=_text(self.saveState()))
        event.accept()

    def _lay_out(self) -> None:
        middle = QWidget()
        layout = QVBoxLayout(middle)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.banner)
        layout.addWidget(self.advice)
        layout.addWidget(self._stack, 1)
        self.setCentralWidget(middle)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def _connect_start_page(self) -> None:
        page = self.start_page
        page.new_wanted.connect(lambda: self.desk.new_project())
        page.open_wanted.connect(self.desk.open_project_dialog)
        page.demo_wanted.connect(self.desk.open_demo)
        page.project_chosen.connect(lambda folder: self.open_project(Path(folder)))
        page.forget_wanted.connect(self._forget_project)

    def _forget_project(self, folder: str) -> None:
        """Take it off the list of recent projects; the project itself stays as it is."""
        self.remember(recent_projects=tuple(p for p in self.settings.recent_projects if p != folder))
        self.start_page.show_recent(self.settings.recent_projects)

    def _connect_workspace(self, workspace: Workspace, area: WorkArea) -> None:
        model, canvas = workspace.model, area.canvas
        model.changed.connect(self._labels_changed)
        model.message.connect(self.status.say)
        model.revisit_requested.connect(workspace.show_image)
        workspace.saving_changed.connect(self._saving_changed)
        workspace.saver.not_done.connect(self._not_kept)
        workspace.failed.connect(lambda sentence: self.show_error(tr("The project could not be read"), sentence))
        workspace.detector_changed.connect(self._detector_changed)
        area.image_area.problem.skip_wanted.connect(self.actions_map["label.skip"].trigger)
        area.image_area.empty.offer({name: self.actions_map[name] for name in area.image_area.empty.ACTIONS})
        area.queue_panel.batch_wanted.connect(self.actions_map["batch.next"].trigger)
        area.queue_panel.fix_wanted.connect(self.actions_map["review.fix"].trigger)
        others = (self.actions_map[name] for name in ("review.keep", "review.previous", "review.next"))
        area.image_area.review.offer(self.actions_map["review.fix"], others)
        area.review.changed.connect(self.update_actions)
        area.queue_panel.jump.setDefaultAction(self.actions_map["go.jump"])
        area.boxes_panel.offer(self.actions_map[name] for name in PRE_LABEL_BUTTONS)
        for name, dock in area.docks.items():
            shown = self.actions_map[f"view.{name}"]
            shown.setChecked(not dock.isHidden())
            dock.toggleViewAction().toggled.connect(shown.setChecked)
        from boxwright.ui.shell.canvas_wiring import wire_canvas

        wire_canvas(self, workspace, canvas)
        from boxwright.ui.panels.class_dialogs import wire_classes

        wire_classes(self, area.boxes_panel.classes)

    def _project_loaded(self) -> None:
        if self.work_area is not None:
            self.work_area.canvas.setFocus()
        self.update_actions()

    def _labels_changed(self, changes: Changes) -> None:
        if changes & (Changes.IMAGE | Changes.SELECTION):
            self.update_actions()

    def _saving_changed(self, saving: Saving, sentence: str) -> None:
        self.status.show_saving(saving, sentence)
        workspace = self.workspace
        if workspace is not None and not workspace.project.read_only:
            words = tr("Rescue copy…") if sentence else ""
            self.banner.hold(sentence, words, partial(write_copy, self, workspace))
        if self.situation().writable is not self._writable:
            self.update_actions()

    def _not_kept(self, what: str, sentence: str) -> None:
        self.banner.tell(tr("{0}: not saved. {1}").format(what, sentence))

    def _detector_changed(self, words: str) -> None:
        self.status.device.setText(words)
        self.update_actions()

    def _picture_side(self) -> int:
        size = self.screen().size() * self.devicePixelRatio()
        return max(SMALLEST_PICTURE_SIDE, int(max(size.width(), size.height())))

    def _restore_place(self) -> None:
        if self.settings.window_geometry:
            self.restoreGeometry(_bytes(self.settings.window_geometry))
        if self.settings.window_state:
            self.restoreState(_bytes(self.settings.window_state))


def _text(data: QByteArray) -> str:
    return base64.b64encode(data.data()).decode()


def _bytes(text: str) -> QByteArray:
    try:
        return QByteArray(base64.b64decode(text))
    except ValueError:
        return QByteArray()
