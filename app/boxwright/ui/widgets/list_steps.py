"""Arrow keys typed into a search field, which move the row of the list below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget


class ListSteps(QObject):
    """Event filter for such keys. Lives as long as `search`, which keeps the focus."""

    def __init__(self, search: QLineEdit, rows: QListWidget) -> None:
        super().__init__(search)
        self._rows = rows
        search.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step:
                self._rows.setCurrentRow(max(0, min(self._rows.count() - 1, self._rows.currentRow() + step)))
                return True
        return super().eventFilter(watched, event)
