"""The menu Project: rows of the table of actions, and what they do."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from boxwright.ui.actions.action import PROJECT, Action, AppAction, always, can_start, in_project
from boxwright.ui.actions.context import ActionContext
from boxwright.ui.language.translation import tr
from boxwright.ui.project.context import AppContext, ProjectContext
from boxwright.ui.recovery import rescue

SAVE_SECONDS = 2.0


def new_project(
    app: AppContext, images: Path | None = None, labels: Path | None = None, detector: Path | None = None
) -> None:
    from boxwright.ui.new_project.wizard import NewProjectDialog

    NewProjectDialog(app, images, labels, detector).open()


def choose_project(app: AppContext) -> None:
    folder = QFileDialog.getExistingDirectory(app.dialog_parent, tr("Open a project"))
    if folder:
        app.open_project(Path(folder))


def open_demo(app: AppContext) -> None:
    from boxwright.ui.new_project.demo_project import open_demo

    open_demo(app)


def choose_images(context: ProjectContext) -> None:
    if context.waits_for_retraining():
        return
    folder = QFileDialog.getExistingDirectory(context.app.dialog_parent, tr("Add a folder of images"))
    if folder:
        add_images(context, Path(folder))


def add_images(context: ProjectContext, folder: Path) -> None:
    if context.waits_for_retraining():
        return
    from boxwright.ui.project import jobs

    context.run(jobs.add_images(context.workspace.project, folder), context.images_added)


def import_labels(context: ProjectContext, dataset: Path | None = None) -> None:
    if context.waits_for_retraining():
        return
    from boxwright.ui.exchange.import_dialog import ImportDialog

    ImportDialog(context, dataset).open()


def undo_import(context: ProjectContext) -> None:
    if context.waits_for_retraining():
        return
    from boxwright.ui.exchange.undo_import import UndoImportDialog

    UndoImportDialog(context).open()


def go_back(context: ProjectContext) -> None:
    """Let a person choose what the open project goes back to."""
    from boxwright.ui.recovery.go_back import GoBackDialog

    GoBackDialog(context.app, context.workspace.project.folder).open()


def undo_class_removal(context: ProjectContext) -> None:
    from boxwright.ui.panels.class_dialogs import undo_removal

    undo_removal(context)


def export(context: ProjectContext) -> None:
    from boxwright.ui.exchange.export_dialog import ExportDialog

    ExportDialog(context).open()


def save_now(context: ActionContext) -> None:
    """Nobody has to: it answers the habit of pressing Ctrl+S."""
    if context.workspace.flush(SAVE_SECONDS):
        context.app.say(tr("All changes are saved; Boxwright saves by itself."))


PROJECT_ROWS = (
    AppAction("project.new", "New project…", PROJECT, ("Ctrl+N",), always, new_project, "new"),
    AppAction("project.open", "Open project…", PROJECT, ("Ctrl+O",), always, choose_project, "open"),
    AppAction("project.demo", "Try the demo", PROJECT, (), always, open_demo),
    Action("project.add_images", "Add images…", PROJECT, (), can_start, choose_images, "images", separated=True),
    Action("project.import", "Import labels…", PROJECT, ("Ctrl+I",), can_start, import_labels, "import"),
    Action("project.undo_import", "Undo the last import…", PROJECT, (), can_start, undo_import),
    Action("project.go_back", "Go back to…", PROJECT, (), can_start, go_back),
    Action("project.rescue", "Take in a rescue copy…", PROJECT, (), can_start, rescue.take_in),
    Action("project.undo_class", "Undo the last removal of a class", PROJECT, (), can_start, undo_class_removal),
    Action("project.export", "Export…", PROJECT, ("Ctrl+E",), in_project, export, "export"),
    Action("project.save", "Save now", PROJECT, ("Ctrl+S",), in_project, save_now, separated=True),
    AppAction("project.close", "Close project", PROJECT, ("Ctrl+W",), in_project, lambda app: app.close_project(),
              separated=True),
    AppAction("window.quit", "Quit", PROJECT, ("Ctrl+Q",), always, lambda app: app.quit()),
)  # fmt: skip
