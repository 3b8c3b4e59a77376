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
from boxwright.services.guide.pages import START
from boxwright.ui.actions.action import Situation
from boxwright.ui.actions.action_map import ActionMap
from boxwright.ui.actions.bindings import bindings
from boxwright.ui.language.translation import tr
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
    from boxwright.ui.help.guide_window import GuideWindow
    from boxwright.ui.project.saving import SavingState
    from boxwright.ui.shell.open_project import OpenProject

logger = logging.getLogger(__name__)

PRE_LABEL_BUTTONS = ("label.accept_shown", "label.reject_shown", "view.doubt")


class MainWindow(QMainWindow):
    """Main window with one project at a time, `opened`."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or load_settings()[0]
        self.opened: OpenProject | None = None
        self.guide: GuideWindow | None = None
        self._writable = False
        self.setWindowTitle("Boxwright")
        self.resize(1366, 768)
        self.start_page = StartPage()
        self.start_page.show_recent(self.settings.recent_projects)
        self.banner = Banner()
        self.advice = AdviceBar()
        self.status = StatusBar()
        self.setStatusBar(self.status)
        self.live_actions = ActionMap(self, lambda: self.opened, bindings(self.settings))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.start_page)
        self._lay_out()
        self._connect_start_page()
        self.drop_zone = DropZone(self, lambda: self.opened, self.situation)
        self.status.retraining.look_wanted.connect(self._watch_retraining)
        self._restore_place()
        self.update_actions()

    # --- what parts of the window ask for: ui.project.context.AppContext ----------------------------------------

    @property
    def dialog_parent(self) -> QMainWindow:
        return self

    def say(self, words: str) -> None:
        self.status.say(words)

    def tell(self, words: str) -> None:
        self.banner.tell(words)

    def quit(self) -> None:
        self.close()

    def find_action(self) -> None:
        from boxwright.ui.actions.palette import Palette

        Palette(self).open()

    def show_shortcuts(self) -> None:
        from boxwright.ui.actions.shortcuts import ShortcutOverlay

        ShortcutOverlay(self).open()

    def edit_shortcuts(self) -> None:
        from boxwright.ui.actions.shortcut_editor import ShortcutEditor

        ShortcutEditor(self).open()

    def show_guide(self, place: str = START, anchor: str = "") -> None:
        from boxwright.ui.help.guide_window import GuideWindow

        if self.guide is None:
            self.guide = GuideWindow()
        self.guide.show_page(place, anchor)

    @property
    def project_folder(self) -> Path | None:
        return self.opened.workspace.project.folder if self.opened is not None else None

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

    def show_project(self, project: Project) -> OpenProject:
        """Take over an open `project` and show it."""
        from boxwright.ui.shell.open_project import OpenProject

        opened = self.opened = OpenProject(self, project, self.status, self.advice, self._stack)
        workspace, area = opened.workspace, opened.area
        take_up_layout(workspace, area)
        apply_all(self, opened)
        self._connect_project(opened)
        self._stack.addWidget(area)
        self._stack.setCurrentWidget(area)
        self.live_actions.attach_canvas(area.canvas)
        self.live_actions.toolbar.show()
        self.setWindowTitle(f"{project.folder.name} – Boxwright")
        self.banner.hold(project.read_only_reason)
        self.status.show_read_only(project.read_only)
        self.remember(recent_projects=with_recent(self.settings, project.folder))
        workspace.load(then=self._project_loaded)
        return opened

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

    def retranslate(self) -> None:
        """Say everything in the language of now. The open project stays as it is, with its histories."""
        for part in (self.live_actions, self.banner, self.advice, self.status):
            part.retranslate()
        if self.guide is not None:
            self.guide.retranslate()
        if self.opened is not None:
            self.opened.retranslate()
            self.status.show_read_only(self.opened.workspace.project.read_only)
        old, self.start_page = self.start_page, StartPage()
        self._stack.insertWidget(0, self.start_page)
        if self._stack.currentWidget() is old:
            self._stack.setCurrentWidget(self.start_page)
        self._stack.removeWidget(old)
        old.setParent(None)
        old.deleteLater()
        self.start_page.show_recent(self.settings.recent_projects)
        self._connect_start_page()

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
            apply_setting(name, self, self.opened)
        if "language" in changes:
            self.retranslate()
        return stored

    # --- what is possible now --------------------------------------------------------------------------------------

    def situation(self) -> Situation:
        return self.opened.situation() if self.opened is not None else Situation()

    def update_actions(self) -> None:
        situation = self.situation()
        self._writable = situation.writable
        self.live_actions.update(situation)
        self.live_actions.toolbar.setVisible(self.opened is not None)

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
        if self.guide is not None:
            self.guide.close()
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
        page.new_wanted.connect(self.live_actions["project.new"].trigger)
        page.open_wanted.connect(self.live_actions["project.open"].trigger)
        page.demo_wanted.connect(self.live_actions["project.demo"].trigger)
        page.project_chosen.connect(lambda folder: self.open_project(Path(folder)))
        page.forget_wanted.connect(self._forget_project)

    def _forget_project(self, folder: str) -> None:
        """Take it off the list of recent projects; the project itself stays as it is."""
        self.remember(recent_projects=tuple(p for p in self.settings.recent_projects if p != folder))
        self.start_page.show_recent(self.settings.recent_projects)

    def _connect_project(self, opened: OpenProject) -> None:
        workspace, area = opened.workspace, opened.area
        model = workspace.model
        model.changed.connect(self._labels_changed)
        model.message.connect(self.say)
        model.revisit_requested.connect(workspace.show_image)
        workspace.saving_changed.connect(self._saving_changed)
        workspace.saver.not_done.connect(self._not_kept)
        workspace.failed.connect(lambda sentence: self.show_error(tr("The project could not be read"), sentence))
        workspace.detector_changed.connect(self._detector_changed)
        area.image_area.problem.skip_wanted.connect(self.live_actions["label.skip"].trigger)
        area.image_area.empty.offer({name: self.live_actions[name] for name in area.image_area.empty.ACTIONS})
        area.queue_panel.batch_wanted.connect(self.live_actions["batch.next"].trigger)
        area.queue_panel.fix_wanted.connect(self.live_actions["review.fix"].trigger)
        others = (self.live_actions[name] for name in ("review.keep", "review.previous", "review.next"))
        area.image_area.review.offer(self.live_actions["review.fix"], others)
        area.review.changed.connect(self.update_actions)
        area.queue_panel.jump.setDefaultAction(self.live_actions["go.jump"])
        area.boxes_panel.offer(self.live_actions[name] for name in PRE_LABEL_BUTTONS)
        for name, dock in area.docks.items():
            shown = self.live_actions[f"view.{name}"]
            shown.setChecked(not dock.isHidden())
            dock.toggleViewAction().toggled.connect(shown.setChecked)
        from boxwright.ui.shell.canvas_wiring import wire_canvas

        wire_canvas(opened, self.status)
        from boxwright.ui.panels.class_dialogs import wire_classes

        wire_classes(opened, area.boxes_panel.classes)

    def _watch_retraining(self) -> None:
        if self.opened is not None:
            self.opened.retraining.watch()

    def _project_loaded(self) -> None:
        if self.opened is not None:
            self.opened.canvas.setFocus()
        self.update_actions()

    def _labels_changed(self, changes: Changes) -> None:
        if changes & (Changes.IMAGE | Changes.SELECTION):
            self.update_actions()

    def _saving_changed(self, saving: SavingState, sentence: str) -> None:
        self.status.show_saving(saving, sentence)
        workspace = self.opened.workspace if self.opened is not None else None
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
