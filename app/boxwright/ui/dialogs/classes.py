"""Adding, renaming and removing a class."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from boxwright.ui.class_changes import ClassChanges
from boxwright.ui.language import tr
from boxwright.ui.task import Task

if TYPE_CHECKING:
    from boxwright.services.project import Project
    from boxwright.ui.main_window import MainWindow
    from boxwright.ui.panels.class_panel import ClassPanel


def wire_classes(window: MainWindow, panel: ClassPanel) -> None:
    panel.add_wanted.connect(lambda: add_class(window))
    panel.rename_wanted.connect(lambda class_id: rename_class(window, class_id))
    panel.offer(window.actions_map["class.pick"])
    ClassChanges(window, panel)
    panel.remove_wanted.connect(lambda class_id: remove_class(window, class_id))


def add_class(window: MainWindow) -> None:
    _ask_name(
        window,
        tr("Add a class"),
        tr("Name of the new class:"),
        "",
        lambda name: _change(window, lambda p: p.classes.add(name)),
    )


def rename_class(window: MainWindow, class_id: int) -> None:
    assert window.workspace is not None
    label_class = window.workspace.model.class_named(class_id)
    if label_class is not None:
        _ask_name(
            window,
            tr("Rename a class"),
            tr("New name of “{0}”; its boxes keep it:").format(label_class.name),
            label_class.name,
            lambda name: _change(window, lambda p: p.classes.rename(class_id, name)),
        )


def remove_class(window: MainWindow, class_id: int) -> None:
    """Refused, with the count, while a box has the class."""
    from boxwright.services import class_removal

    workspace = window.workspace
    assert workspace is not None
    folder = workspace.project.folder
    # An undo could bring back a box of the class that is gone, so the histories go with it.
    _change(window, lambda project: class_removal.remove_class(project, class_id), lambda: window.open_project(folder))


def _ask_name(parent: QWidget, title: str, question: str, text: str, then: Callable[[str], None]) -> None:
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setInputMode(QInputDialog.InputMode.TextInput)
    dialog.setLabelText(question)
    dialog.setTextEchoMode(QLineEdit.EchoMode.Normal)
    dialog.setTextValue(text)
    dialog.textValueSelected.connect(lambda name: then(name) if name.strip() else None)
    dialog.open()


def _change(window: MainWindow, edit: Callable[[Project], object], then: Callable[[], None] | None = None) -> None:
    workspace = window.workspace
    assert workspace is not None and workspace.writer is not None
    task = Task(tr("Classes"), window)
    task.finished.connect(lambda _: (then or workspace.reload_classes)())
    task.failed.connect(lambda sentence: window.show_error(tr("The classes are as they were"), sentence))
    task.follow(workspace.writer.submit(edit))
