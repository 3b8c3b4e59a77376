"""What the actions act on: the open project, the canvas, and the dialogs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, get_args

from PySide6.QtWidgets import QFileDialog, QMessageBox

from boxwright.config.settings import THICKEST_LINE, DrawBy
from boxwright.domain.messages import N_
from boxwright.ui.actions.box_actions import DRAW_BY
from boxwright.ui.actions.table import BY_ID
from boxwright.ui.canvas.tone import PLAIN
from boxwright.ui.labelling import box_navigation, commands
from boxwright.ui.labelling.box_geometry import middle_of
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.palettes import ThemeName
from boxwright.ui.look.theme import shown_theme
from boxwright.ui.project.queue import View

if TYPE_CHECKING:
    from boxwright.ui.canvas.canvas import CanvasView
    from boxwright.ui.gallery.place import GalleryPlace
    from boxwright.ui.labelling.session import SessionModel
    from boxwright.ui.project.review import Review
    from boxwright.ui.project.workspace import Workspace
    from boxwright.ui.shell.main_window import MainWindow
    from boxwright.ui.shell.work_area import WorkArea

SAVE_SECONDS = 2.0
ALL_DONE = {
    View.BATCH: N_("This batch is done. Draw the next one: {draw}."),
    View.TO_DO: N_("Every image of the pool is labelled or skipped."),
    View.VALIDATION: N_("Every image of the validation split is labelled or skipped."),
    View.BEGUN: N_("Every image that was begun is labelled or skipped."),
    View.REVIEW: "Every finding of this list is decided.",
    View.ALL: N_("Every image of the pool is labelled or skipped."),
}
WAITING = N_(
    "This waits until the retraining has ended, because it changes what is learnt from; go on labelling, or cancel the "
    "retraining in the line at the bottom."
)


class Desk:
    """Actions reach `model`, `canvas` and `workspace` only while their `enabled_when` says there is a project."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    @property
    def workspace(self) -> Workspace:
        assert self._window.workspace is not None
        return self._window.workspace

    @property
    def model(self) -> SessionModel:
        return self.workspace.model

    @property
    def area(self) -> WorkArea:
        assert self._window.work_area is not None
        return self._window.work_area

    @property
    def canvas(self) -> CanvasView:
        return self.area.canvas

    @property
    def gallery(self) -> GalleryPlace:
        assert self._window.gallery is not None
        return self._window.gallery

    @property
    def review(self) -> Review:
        return self.area.review

    def statistics(self) -> None:
        from boxwright.ui.panels.statistics import StatisticsDialog

        StatisticsDialog(self._window).open()

    def look_again(self) -> None:
        from boxwright.ui.detectors.label_check import LabelCheckDialog

        LabelCheckDialog(self._window).open()

    # Labelling

    def tap_space(self) -> None:
        """The canvas tells a tap of Space from holding it, so the action with that key has no shortcut for it."""
        if self.model.read_only:
            self.model.message.emit(translate(self.model.session.read_only_reason))
        else:
            self._window.actions_map.press("Space")

    def accept_selected(self) -> None:
        """In the list to review it does what the detector says of the finding that is selected, and goes on."""
        if self.workspace.view is not View.REVIEW or not self.review.fix_selected():
            commands.accept_selected(self.model)

    def skip(self) -> None:
        from boxwright.ui.panels.skip import SkipDialog

        if self.gallery.shown:
            self.gallery.skip()
            return
        dialog = SkipDialog(self._window)
        dialog.chosen.connect(self._skip_for)
        dialog.open()

    def _skip_for(self, reason: str) -> None:
        commands.skip(self.model, reason)
        self.go_on()

    def go_on(self) -> None:
        if not self.workspace.go_on():
            words = tr(ALL_DONE[self.workspace.queue.view])
            self._window.status.say(words.format(draw=self.key_of("batch.next")))

    def key_of(self, action_id: str) -> str:
        """The first key of an action, or its name where it has none."""
        return self._window.actions_map.first_key(action_id) or tr(BY_ID[action_id].text)

    def class_at(self, place: int) -> None:
        if place < len(self.model.classes):
            commands.set_class(self.model, self.model.classes[place].id)
        else:
            self._window.status.say(tr("There is no class for this key."))

    def undo(self) -> None:
        if self.gallery.shown:
            self.gallery.page.undo()
        else:
            self.model.undo()

    def select_all(self) -> None:
        if self.gallery.shown:
            self.gallery.page.grid.choose_all()
        else:
            commands.select_all(self.model)

    def redo(self) -> None:
        self.model.redo()

    # View

    def use_tool(self, tool: str) -> None:
        self.model.redrawn = None
        self.canvas.tool = tool

    def zoom(self, factor: float) -> None:
        self.canvas.zoom_by(factor)

    def toggle_boxes(self) -> None:
        self.canvas.set_boxes_hidden(self._window.actions_map["view.hide"].isChecked())

    def toggle_doubt(self) -> None:
        self.model.by_doubt = self._window.actions_map["view.doubt"].isChecked()

    def toggle_stay_in_draw(self) -> None:
        self._window.change_setting(stay_in_draw=self._window.actions_map["tool.stay"].isChecked())

    def draw_by(self, way: DrawBy) -> None:
        """Draw boxes this way from now on, and take up the draw tool."""
        self._window.change_setting(draw_by=way)
        self.use_tool("draw")

    def new_box(self) -> None:
        """A box to be placed with the arrow keys: without a mouse there is no other way to begin one."""
        area = self.canvas.seen_area()
        if area is not None:
            commands.draw(self.model, middle_of(area))

    def next_way_to_draw(self) -> None:
        ways = get_args(DrawBy)
        way = ways[(ways.index(self.canvas.draw_by) + 1) % len(ways)]
        self.draw_by(way)
        self.model.message.emit(f"{tr(DRAW_BY[way])}.")

    def toggle_only_selected(self) -> None:
        self.canvas.set_only_selected(self._window.actions_map["view.only_selected"].isChecked())

    def toggle_ghosts(self) -> None:
        self.model.ghosts_shown = self._window.actions_map["view.ghosts"].isChecked()

    def take_ghost(self) -> None:
        box_navigation.take_ghost(self.model, self.canvas.overlay.hovered)
        self._window.actions_map["view.ghosts"].setChecked(self.model.ghosts_shown)

    def change_line_width(self, by: int) -> None:
        width = min(max(self.canvas.box_painter.line + by, 1), THICKEST_LINE)
        self._window.change_setting(line_width=width)

    def toggle_minimap(self) -> None:
        self._window.change_setting(minimap=self._window.actions_map["view.minimap"].isChecked())

    def toggle_crosshair(self) -> None:
        self._window.change_setting(crosshair=self._window.actions_map["view.crosshair"].isChecked())

    def toggle_tone_bar(self) -> None:
        self.area.image_area.show_tone_bar(self._window.actions_map["view.tone"].isChecked())

    def shift_tone(self, brightness: int = 0, contrast: int = 0, gamma: int = 0) -> None:
        tone = self.canvas.tone.shifted(brightness, contrast, gamma)
        self.canvas.set_tone(tone)
        self.model.message.emit(
            tr("Brightness {0:+}, contrast {1:+}, gamma {2:.2f}: F8 shows pictures as they are.").format(
                tone.brightness, tone.contrast, tone.gamma
            )
        )

    def reset_tone(self) -> None:
        self.canvas.set_tone(PLAIN)

    def attributes(self) -> None:
        from boxwright.ui.panels.attributes import AttributesDialog

        AttributesDialog(self._window, self.model).open()

    def image_marks(self) -> None:
        from boxwright.ui.panels.image_marks import ImageMarksDialog

        if self.gallery.shown:
            self.gallery.tag()
        else:
            ImageMarksDialog(self._window, self.model).open()

    def next_theme(self) -> None:
        themes = get_args(ThemeName)
        self._window.change_setting(theme=themes[(themes.index(shown_theme()) + 1) % len(themes)])

    # Project

    def new_project(self, images: Path | None = None, labels: Path | None = None, detector: Path | None = None) -> None:
        from boxwright.ui.new_project.wizard import NewProjectDialog

        NewProjectDialog(self._window, images, labels, detector).open()

    def open_project_dialog(self) -> None:
        folder = QFileDialog.getExistingDirectory(self._window, tr("Open a project"))
        if folder:
            self._window.open_project(Path(folder))

    def open_demo(self) -> None:
        from boxwright.ui.new_project.demo_project import open_demo

        open_demo(self._window)

    def save_now(self) -> None:
        """Nobody has to: it answers the habit of pressing Ctrl+S."""
        if self.workspace.flush(SAVE_SECONDS):
            self._window.status.say(tr("All changes are saved; Boxwright saves by itself."))

    def close_project(self) -> None:
        self._window.close_project()

    def quit(self) -> None:
        self._window.close()

    def add_images(self) -> None:
        if self.waits_for_retraining():
            return
        folder = QFileDialog.getExistingDirectory(self._window, tr("Add a folder of images"))
        if folder:
            self.add_images_of(Path(folder))

    def add_images_of(self, folder: Path) -> None:
        if self.waits_for_retraining():
            return
        from boxwright.ui.project.jobs import add_images

        self._window.run(add_images(self.workspace.project, folder), self._window.images_added)

    def waits_for_retraining(self) -> bool:
        if self._window.turn is None or not self._window.turn.running:
            return False
        self._window.banner.tell(tr(WAITING))
        return True

    # Dialogs

    def import_labels(self, dataset: Path | None = None) -> None:
        if self.waits_for_retraining():
            return
        from boxwright.ui.exchange.import_dialog import ImportDialog

        ImportDialog(self._window, dataset).open()

    def undo_import(self) -> None:
        if self.waits_for_retraining():
            return
        from boxwright.ui.exchange.undo_import import UndoImportDialog

        UndoImportDialog(self._window).open()

    def undo_class_removal(self) -> None:
        from boxwright.ui.panels.class_dialogs import undo_removal

        undo_removal(self._window)

    def export(self) -> None:
        from boxwright.ui.exchange.export_dialog import ExportDialog

        ExportDialog(self._window).open()

    def draw_batch(self) -> None:
        from boxwright.ui.batches.next_batch import NextBatchDialog

        NextBatchDialog(self._window).open()

    def add_detector(self, file: Path | None = None) -> None:
        from boxwright.ui.detectors.add_detector import AddDetectorDialog

        AddDetectorDialog(self._window, file).open()

    def try_rules(self) -> None:
        from boxwright.ui.batches.experiment import ExperimentDialog

        ExperimentDialog(self._window).open()

    def detectors(self) -> None:
        from boxwright.ui.detectors.detector_list import DetectorsDialog

        DetectorsDialog(self._window).open()

    def class_map(self) -> None:
        from boxwright.ui.detectors.class_map import ClassMapDialog

        ClassMapDialog(self._window).open()

    def prelabel(self) -> None:
        from boxwright.ui.detectors.prelabel import PrelabelDialog

        PrelabelDialog(self._window).open()

    def retrain(self) -> None:
        from boxwright.ui.retraining.dialog import RetrainDialog

        RetrainDialog(self._window).open()

    def watch_retraining(self) -> None:
        assert self._window.turn is not None
        self._window.turn.watch()

    def rounds(self) -> None:
        from boxwright.ui.retraining.rounds import RoundsDialog

        RoundsDialog(self._window).open()

    def schedule(self) -> None:
        from boxwright.ui.retraining.schedule import ScheduleDialog

        ScheduleDialog(self._window).open()

    def jump(self) -> None:
        from boxwright.ui.panels.jump import JumpDialog

        JumpDialog(self._window).open()

    def palette(self) -> None:
        from boxwright.ui.actions.palette import Palette

        Palette(self._window).open()

    def shortcuts(self) -> None:
        from boxwright.ui.actions.shortcuts import ShortcutOverlay

        ShortcutOverlay(self._window).open()

    def settings(self) -> None:
        from boxwright.ui.settings.dialog import SettingsDialog

        SettingsDialog(self._window).open()

    def change_keys(self) -> None:
        from boxwright.ui.actions.shortcut_editor import ShortcutEditor

        ShortcutEditor(self._window).open()

    def about(self) -> None:
        from boxwright import __version__

        QMessageBox.about(
            self._window,
            tr("About Boxwright"),
            f"Boxwright {__version__}\n\n{tr('Labels boxes with a detector that learns.')}",
        )
