"""List view of rows of one height, walked with the arrow keys.

A list of Qt's lays out every row whenever one changes, and a tree asks each for its index.
"""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from boxwright.ui.panels.queue_delegate import ROW_HEIGHT, QueueDelegate

_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
_TAKE = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RowsView(QTableView):
    """View of rows. `stepped`: an arrow asks for the row above (-1) or below (1). `taken`: Return."""

    stepped = Signal(int)
    taken = Signal()

    def __init__(self, model: QAbstractItemModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(QueueDelegate(self))
        self.setShowGrid(False)
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows.hide()
        columns.hide()
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Tab leads on from the list instead of from cell to cell.
        self.setTabKeyNavigation(False)

    def show_place(self, place: int) -> None:
        index = self.model().index(place, 0)
        # What a screen reader reads; nothing is selected by it.
        self.setCurrentIndex(index)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS:
            self.stepped.emit(_STEPS[key])
        elif key in _TAKE:
            if not event.isAutoRepeat():
                self.taken.emit()
        else:
            super().keyPressEvent(event)
