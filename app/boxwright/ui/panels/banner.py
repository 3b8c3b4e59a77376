"""One line across the window for what a person must not overlook."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from boxwright.ui.language import tr
from boxwright.ui.sentences import say


class Banner(QFrame):
    """Hidden until `tell`. The words are plain text: they may name files."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self._close = QToolButton()
        self._close.setText("×")
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 8, 5)
        layout.addWidget(self._words, 1)
        layout.addWidget(self._close)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        self._close.setToolTip(tr("Dismiss"))
        self._close.setAccessibleName(tr("Dismiss"))

    @property
    def words(self) -> str:
        return self._words.text()

    def tell(self, sentence: str, lasting: bool = False) -> None:
        """`lasting` cannot be dismissed: the cause must go away first."""
        self._words.setText(say(sentence))
        self._close.setVisible(not lasting)
        self.setVisible(bool(sentence))
