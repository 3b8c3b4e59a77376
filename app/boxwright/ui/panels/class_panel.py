"""The classes of the project: digit, colour, name and how many boxes of this image have each."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QMenu,
    QToolButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from boxwright.domain.changes import Changes
from boxwright.domain.classes import LabelClass
from boxwright.ui import commands
from boxwright.ui.icons import icon
from boxwright.ui.keys import item_of
from boxwright.ui.language import tr
from boxwright.ui.panels.box_list import swatch
from boxwright.ui.session import SessionModel
from boxwright.ui.tips import plain_tip

_COUNTED = Changes.BOXES | Changes.PREDICTIONS | Changes.IMAGE
CLASS_ROLE = Qt.ItemDataRole.UserRole


class ClassPanel(QWidget):
    """A click gives the class to the selected boxes and to the next one drawn, as its digit does."""

    add_wanted = Signal()
    rename_wanted = Signal(int)  # class id
    remove_wanted = Signal(int)  # class id
    picked = Signal()

    def __init__(self, model: SessionModel) -> None:
        super().__init__()
        self._model = model
        self._add = self._button("plus")
        self._add.clicked.connect(self.add_wanted)
        self._rename = self._button("edit")
        self._rename.clicked.connect(lambda: self._with_current(self.rename_wanted.emit))
        self.list = self._built_list()
        head = QHBoxLayout()
        head.setContentsMargins(8, 6, 4, 2)
        self._title = QLabel()
        self._title.setObjectName("panelTitle")
        head.addWidget(self._title, 1)
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

    def _built_list(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setColumnCount(3)
        tree.setHeaderHidden(True)
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        tree.customContextMenuRequested.connect(self._menu)
        tree.itemClicked.connect(self._clicked)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(2, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(0, 30)
        header.resizeSection(2, 44)
        return tree

    def _changed(self, changes: Changes) -> None:
        if Changes.CLASSES in changes:
            for button in (self._add, self._rename):
                button.setEnabled(not self._model.read_only)
            self._fill()
        if changes & (_COUNTED | Changes.CLASSES):
            self._count()

    def _fill(self) -> None:
        self.list.clear()
        for place, label_class in enumerate(self._model.classes):
            item = QTreeWidgetItem([_digit(place), label_class.name, ""])
            item.setIcon(1, swatch(label_class.color))
            item.setData(0, CLASS_ROLE, label_class.id)
            item.setToolTip(1, plain_tip(label_class.name))
            for column in (0, 2):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
            if label_class.id == self._model.current_class_id:
                self.list.setCurrentItem(item)

    def _count(self) -> None:
        keys = self._model.visible_keys()
        counts = Counter(item_of(self._model.labels, key).class_id for key in keys)
        for row in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(row)
            if item is not None:
                item.setText(2, str(counts.get(item.data(0, CLASS_ROLE), "")))

    def _clicked(self, item: QTreeWidgetItem) -> None:
        commands.set_class(self._model, item.data(0, CLASS_ROLE))
        self.picked.emit()

    def _with_current(self, act: object) -> None:
        current: LabelClass | None = self._model.class_named(self._model.current_class_id or -1)
        if current is not None and callable(act):
            act(current.id)

    def _menu(self, place: QPoint) -> None:
        item = self.list.itemAt(place)
        if item is None or self._model.read_only:
            return
        class_id = item.data(0, CLASS_ROLE)
        menu = QMenu(self)
        menu.addAction(tr("Rename…"), lambda: self.rename_wanted.emit(class_id))
        menu.addAction(tr("Remove…"), lambda: self.remove_wanted.emit(class_id))
        menu.popup(self.list.viewport().mapToGlobal(place))


def _digit(place: int) -> str:
    """The key of the class at `place`: 1..9, then 0, then none."""
    return str((place + 1) % 10) if place < 10 else ""
