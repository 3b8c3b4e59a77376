"""Changes of the order and the colours of classes, with their undo. Ids never change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QMenu

from boxwright.ui.language.translation import tr
from boxwright.ui.project.project_op import ProjectOp

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.panels.class_panel import ClassPanel
    from boxwright.ui.project.context import ProjectContext

Change = Callable[["Project"], None]


class ClassChanges(QObject):
    """Undoable changes of classes. Of the panel of one open project; lives as long as it."""

    def __init__(self, context: ProjectContext, panel: ClassPanel) -> None:
        super().__init__(panel)
        self._context, self._workspace, self._list = context, context.workspace, panel.list
        self._taken_back: list[Change] = []
        self._list.reordered.connect(self.reorder)
        self._list.undo_wanted.connect(self.undo)
        panel.menu_opening.connect(self._offer)

    def reorder(self, class_ids: Sequence[int]) -> None:
        before = [c.id for c in self._workspace.model.classes]
        said = tr("The classes are in another order, and their keys with them; Ctrl+Z in the list takes it back.")
        self._do(partial(_in_order, tuple(class_ids)), partial(_in_order, tuple(before)), said)

    def recolor(self, class_id: int, color: str) -> None:
        known = self._workspace.model.class_named(class_id)
        if known is not None and known.color != color:
            said = tr("“{0}” has another colour; Ctrl+Z in the list takes it back.").format(known.name)
            self._do(partial(_in_color, class_id, color), partial(_in_color, class_id, known.color), said)

    def undo(self) -> None:
        """Take back the latest change of order or colour that was made since the project was opened."""
        if self._taken_back:
            self._submit(self._taken_back.pop(), None, tr("The last change of the classes was taken back."))

    def ask_color(self, class_id: int) -> None:
        known = self._workspace.model.class_named(class_id)
        if known is None:
            return
        dialog = QColorDialog(QColor(known.color), self._context.app.dialog_parent)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.setWindowTitle(tr("Colour of “{0}”").format(known.name))
        dialog.colorSelected.connect(lambda color: self.recolor(class_id, color.name()))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _offer(self, menu: QMenu, class_id: int) -> None:
        order = self._list.order
        row = order.index(class_id)
        menu.addAction(tr("Colour…"), lambda: self.ask_color(class_id))
        menu.addSeparator()
        for words, to in ((tr("Move up"), row - 1), (tr("Move down"), row + 1), (tr("Move to the top"), 0)):
            action = menu.addAction(words, partial(self._list.move_row, class_id, to))
            action.setEnabled(0 <= to < len(order) and to != row)
        menu.addAction(tr("Take back the last change"), self.undo).setEnabled(bool(self._taken_back))

    def _do(self, change: Change, back: Change, said: str) -> None:
        self._submit(change, back, said)

    def _submit(self, change: Change, back: Change | None, said: str) -> None:
        def done(_: object) -> None:
            if back is not None:
                self._taken_back.append(back)
            self._workspace.reload_classes()
            self._context.app.say(said)

        def failed(sentence: str) -> None:
            self._workspace.reload_classes()
            self._context.app.show_error(tr("The classes are as they were"), sentence)

        ProjectOp(self._workspace, tr("Classes"), change, owner=self).success(done).failure(failed).start()


def _in_order(class_ids: Sequence[int], project: Project) -> None:
    """Classes that came since stand at the end; those that are gone are left out."""
    now = [c.id for c in project.classes.all()]
    project.classes.reorder([*(i for i in class_ids if i in now), *(i for i in now if i not in class_ids)])


def _in_color(class_id: int, color: str, project: Project) -> None:
    project.classes.recolor(class_id, color)
