"""List of classes: with the mouse or with the keyboard, in the order that a person gives it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QDropEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem

from boxwright.domain.classes import LabelClass
from boxwright.ui.labelling.class_use import class_number
from boxwright.ui.look.long_names import shorten_names
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.panels.box_list import swatch

CLASS_ROLE = Qt.ItemDataRole.UserRole
_TAKING = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
_MOVING = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class ClassList(QTreeWidget):
    """List of classes: number, colour and name, boxes of the image. A click, Return or Space takes the class of a
    row; a drag, or Alt with an arrow, moves a row."""

    taken = Signal(int)  # class id
    reordered = Signal(object)  # every class id, in the new order
    menu_wanted = Signal(int, QPoint)  # class id, place on the screen
    undo_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[LabelClass] = []
        self._items: dict[int, QTreeWidgetItem] = {}
        self._counts: dict[int, int] = {}
        self.setColumnCount(3)
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        shorten_names(self)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.itemClicked.connect(lambda item: self.taken.emit(_id_of(item)))
        header = self.header()
        header.setStretchLastSection(False)
        for section, mode in enumerate(("Fixed", "Stretch", "Fixed")):
            header.setSectionResizeMode(section, QHeaderView.ResizeMode[mode])
        header.resizeSection(2, 44)

    @property
    def read_only(self) -> bool:
        """Rows can be taken and not moved."""
        return self.dragDropMode() is not QAbstractItemView.DragDropMode.InternalMove

    @read_only.setter
    def read_only(self, on: bool) -> None:
        modes = QAbstractItemView.DragDropMode
        self.setDragDropMode(modes.NoDragDrop if on else modes.InternalMove)

    @property
    def order(self) -> list[int]:
        """Class ids from top to bottom."""
        return [_id_of(item) for row in range(self.topLevelItemCount()) if (item := self.topLevelItem(row)) is not None]

    def show_classes(self, classes: Sequence[LabelClass], current: int | None) -> None:
        """Costs little where only the current class is another one."""
        if list(classes) != self._shown or self.order != [c.id for c in classes]:
            self._shown = list(classes)
            self._fill()
        item = self._items.get(current) if current is not None else None
        if item is not None:
            self.setCurrentItem(item)

    def show_counts(self, counts: Mapping[int, int]) -> None:
        """Boxes by class id."""
        for class_id in self._counts.keys() | counts.keys():
            item = self._items.get(class_id)
            if item is not None and self._counts.get(class_id) != counts.get(class_id):
                item.setText(2, str(counts.get(class_id, "")))
        self._counts = dict(counts)

    def _fill(self) -> None:
        self.clear()
        self._counts = {}
        icons = {color: swatch(color) for color in {c.color for c in self._shown}}
        items = []
        for place, label_class in enumerate(self._shown):
            item = QTreeWidgetItem([class_number(place), label_class.name, ""])
            # Between rows, not into them.
            item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
            item.setIcon(1, icons[label_class.color])
            item.setData(0, CLASS_ROLE, label_class.id)
            item.setToolTip(1, plain_tip(label_class.name))
            for column in (0, 2):
                item.setTextAlignment(column, _RIGHT)
            items.append(item)
        self.addTopLevelItems(items)
        self._items = {_id_of(item): item for item in items}
        widest = self.fontMetrics().horizontalAdvance("0" * len(str(len(items))))
        self.header().resizeSection(0, max(30, widest + 14))

    def move_row(self, class_id: int, to: int) -> None:
        """Ask for the class to stand at the row `to`, or at the end it goes beyond."""
        order = self.order
        order.remove(class_id)
        order.insert(max(0, min(to, len(order))), class_id)
        if order != self.order and not self.read_only:
            self.reordered.emit(order)

    def dropEvent(self, event: QDropEvent) -> None:
        """Nothing moves here: the rows are shown anew once the project has the order."""
        # What is moved is taken away by Qt where it was.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        moved, place = self.currentItem(), event.position().toPoint()
        target = self.itemAt(place)
        if moved is None:
            return
        row, to = self.indexOfTopLevelItem(moved), self.topLevelItemCount()
        if target is not None:
            below = place.y() > self.visualItemRect(target).center().y()
            to = self.indexOfTopLevelItem(target) + below
        self.move_row(_id_of(moved), to - (to > row))

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._is_own(event):
            # Keys of the list, while it has the keyboard, come before those of the window.
            event.accept()
            return True
        return bool(super().event(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        item = self.currentItem()
        if event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
        elif item is None or not self._is_own(event):
            super().keyPressEvent(event)
        elif event.key() in _TAKING:
            self.taken.emit(_id_of(item))
        else:
            self.move_row(_id_of(item), self.indexOfTopLevelItem(item) + _MOVING[Qt.Key(event.key())])

    def _is_own(self, event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        moves = event.modifiers() == Qt.KeyboardModifier.AltModifier and event.key() in _MOVING
        return moves or (plain and event.key() in _TAKING) or event.matches(QKeySequence.StandardKey.Undo)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        item = self.currentItem() if by_key else self.itemAt(event.pos())
        if item is None or self.read_only:
            return
        place = self.visualItemRect(item).bottomLeft() if by_key else event.pos()
        self.menu_wanted.emit(_id_of(item), self.viewport().mapToGlobal(place))


def _id_of(item: QTreeWidgetItem) -> int:
    return int(item.data(0, CLASS_ROLE))
