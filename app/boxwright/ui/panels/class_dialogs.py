"""Dialogs that add and rename classes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from boxwright.ui.language.translation import tr, translate
from boxwright.ui.panels.class_changes import ClassChanges
from boxwright.ui.panels.class_removal import ask_and_remove, classes_changed
from boxwright.ui.project.project_op import ProjectOp

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.panels.class_panel import ClassPanel
    from boxwright.ui.project.context import ProjectContext

T = TypeVar("T")


def wire_classes(context: ProjectContext, panel: ClassPanel) -> None:
    panel.add_wanted.connect(lambda: add_class(context))
    panel.rename_wanted.connect(lambda class_id: rename_class(context, class_id))
    panel.offer(context.app.live_actions["class.pick"])
    ClassChanges(context, panel)
    panel.remove_wanted.connect(lambda class_id: remove_class(context, class_id))


def add_class(context: ProjectContext) -> None:
    _ask_name(
        context.app.dialog_parent,
        tr("Add a class"),
        tr("Name of the new class:"),
        "",
        lambda name: _change(context, lambda p: p.classes.add(name)),
    )


def rename_class(context: ProjectContext, class_id: int) -> None:
    label_class = context.workspace.model.class_named(class_id)
    if label_class is not None:
        _ask_name(
            context.app.dialog_parent,
            tr("Rename a class"),
            tr("New name of “{0}”; its boxes keep it:").format(label_class.name),
            label_class.name,
            lambda name: _change(context, lambda p: p.classes.rename(class_id, name)),
        )


def remove_class(context: ProjectContext, class_id: int) -> None:
    """At once where nothing has the class; else the person is asked what becomes of that."""
    if may_change(context):
        ask_and_remove(context, class_id)


def undo_removal(context: ProjectContext) -> None:
    """Take back the newest removal or merging of a class."""
    from boxwright.services.project import class_removal

    if may_change(context):
        _change(context, class_removal.undo_removal, lambda words: classes_changed(context, translate(words)))


def may_change(context: ProjectContext) -> bool:
    """False while something long runs that knows the classes as they are, which the person is then told."""
    if context.task is not None:
        context.app.tell(tr("Classes can be removed when what runs in the line at the bottom has ended."))
        return False
    return not context.waits_for_retraining()


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


def _change(context: ProjectContext, edit: Callable[[Project], T], then: Callable[[T], None] | None = None) -> None:
    workspace = context.workspace

    def refused(sentence: str) -> None:
        context.app.show_error(tr("The classes are as they were"), sentence)

    done = then if then is not None else lambda _: workspace.reload_classes()
    ProjectOp(workspace, tr("Classes"), edit).success(done).failure(refused).start()
