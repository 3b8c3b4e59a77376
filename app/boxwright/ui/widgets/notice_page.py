"""Notice page: a title, some words and buttons in the middle of a page that has nothing else to show."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget


class NoticePage(QWidget):
    """Notice page. `width`: of the words at most, pixels."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.title, self.words = QLabel(), QLabel()
        self.title.setObjectName("panelTitle")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.words.setMaximumWidth(width)
        # Stretches instead of an alignment: an aligned label is not given the height that its wrapped words need.
        self._row, middle = QHBoxLayout(), QHBoxLayout()
        for row in (self._row, middle):
            row.addStretch(1)
        middle.addWidget(self.words, 20)
        for row in (self._row, middle):
            row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 0, 24, 0)
        layout.setSpacing(12)
        layout.addStretch(2)
        layout.addWidget(self.title, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addLayout(middle)
        layout.addLayout(self._row)
        layout.addStretch(3)

    def add_button(self, button: QPushButton) -> None:
        """After those that are there."""
        self._row.insertWidget(self._row.count() - 1, button)
