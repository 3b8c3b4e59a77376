"""Dialogs that add and rename classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from boxwright.ui.language.translation import tr, translate
from boxwright.ui.panels.class_changes import ClassChanges
from boxwright.ui.project.task import BackgroundTask

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.panels.class_panel import ClassPanel
    from boxwright.ui.shell.main_window import MainWindow

T = TypeVar("T")


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
    """At once where nothing has the class; else the person is asked what becomes of that."""
    from boxwright.ui.panels.class_removal import ask_and_remove

    if may_change(window):
        ask_and_remove(window, class_id)


def undo_removal(window: MainWindow) -> None:
    """Take back the newest removal or merging of a class."""
    from boxwright.services.project import class_removal

    if may_change(window):
        _change(window, class_removal.undo_removal, lambda words: classes_changed(window, translate(words)))


def may_change(window: MainWindow) -> bool:
    """False while something long runs that knows the classes as they are, which the person is then told."""
    if window.task is not None:
        window.banner.tell(tr("Classes can be removed when what runs in the line at the bottom has ended."))
        return False
    return not window.desk.waits_for_retraining()


def classes_changed(window: MainWindow, words: str) -> None:
    """A class came or went, and boxes with it. An undo could bring back a box of a class that is gone, so the histories
    go too."""
    assert window.workspace is not None
    window.workspace.model.forget_histories()
    window.workspace.refresh()
    window.status.say(words)


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


def _change(window: MainWindow, edit: Callable[[Project], T], then: Callable[[T], None] | None = None) -> None:
    workspace = window.workspace
    assert workspace is not None and workspace.writer is not None
    task = BackgroundTask(tr("Classes"), workspace)
    task.finished.connect(then if then is not None else lambda _: workspace.reload_classes())
    task.failed.connect(lambda sentence: window.show_error(tr("The classes are as they were"), sentence))
    task.follow(workspace.writer.submit(edit))
