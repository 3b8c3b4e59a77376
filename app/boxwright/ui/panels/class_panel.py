"""Panel of classes: number, colour, name and how many boxes of this image have each."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QVBoxLayout, QWidget

from boxwright.domain.changes import Changes
from boxwright.domain.classes import LabelClass
from boxwright.ui.labelling import commands
from boxwright.ui.labelling.box_keys import item_of
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.look.icons import icon
from boxwright.ui.panels.class_list import ClassList

_COUNTED = Changes.BOXES | Changes.PREDICTIONS | Changes.IMAGE


class ClassPanel(QWidget):
    """Panel of classes. A click, Return or Space gives the class to the selected boxes and to the next one drawn, as
    its digit does."""

    add_wanted = Signal()
    rename_wanted = Signal(int)  # class id
    remove_wanted = Signal(int)  # class id
    menu_opening = Signal(object, int)  # the QMenu of a class, which others add to; class id
    picked = Signal()

    def __init__(self, model: SessionModel) -> None:
        super().__init__()
        self._model = model
        self._add = self._button("plus")
        self._add.clicked.connect(self.add_wanted)
        self._rename = self._button("edit")
        self._rename.clicked.connect(lambda: self._with_current(self.rename_wanted.emit))
        self.list = ClassList()
        self.list.taken.connect(self._taken)
        self.list.menu_wanted.connect(self._menu)
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 4, 2)
        self._title = QLabel()
        self._title.setObjectName("panelTitle")
        head.addWidget(self._title, 1)
        self._head = head
        head.addWidget(self._add)
        head.addWidget(self._rename)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        model.changed.connect(self._changed)
        self.retranslate()
        self._changed(Changes.CLASSES | Changes.IMAGE)

    def offer(self, action: QAction) -> None:
        """Put a small button for `action` before the others."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
        self._head.insertWidget(1, button)

    def retranslate(self) -> None:
        self._title.setText(tr("Classes"))
        self.list.setAccessibleName(tr("Classes"))
        for button, tip in ((self._add, tr("Add a class")), (self._rename, tr("Rename the current class"))):
            button.setToolTip(tip)
            button.setAccessibleName(tip)

    def _button(self, name: str) -> QToolButton:
        button = QToolButton()
        button.setIcon(icon(name))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _changed(self, changes: Changes) -> None:
        if Changes.CLASSES in changes:
            for button in (self._add, self._rename):
                button.setEnabled(not self._model.read_only)
            self.list.read_only = self._model.read_only
            self.list.show_classes(self._model.classes, self._model.current_class_id)
        if changes & (_COUNTED | Changes.CLASSES):
            self._count()

    def _count(self) -> None:
        keys = self._model.visible_keys()
        self.list.show_counts(Counter(item_of(self._model.labels, key).class_id for key in keys))

    def _taken(self, class_id: int) -> None:
        commands.set_class(self._model, class_id)
        self.picked.emit()

    def _with_current(self, act: object) -> None:
        current: LabelClass | None = self._model.class_named(self._model.current_class_id or -1)
        if current is not None and callable(act):
            act(current.id)

    def _menu(self, class_id: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addAction(tr("Rename…"), lambda: self.rename_wanted.emit(class_id))
        menu.addAction(tr("Remove…"), lambda: self.remove_wanted.emit(class_id))
        self.menu_opening.emit(menu, class_id)
        menu.popup(place)
