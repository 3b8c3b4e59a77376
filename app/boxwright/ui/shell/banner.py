"""Banner across the window for what a person must not overlook."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from boxwright.ui.language.translation import tr, translate


class Banner(QFrame):
    """Banner. Hidden until there is something to say. The words are plain text: they may name files. What `hold`
    says stays above what `tell` says."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._held = self._told = ""
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self.button = QPushButton()
        self._wanted: Callable[[], object] = lambda: None
        self.button.clicked.connect(lambda: self._wanted())
        self._close = QToolButton()
        self._close.setText("×")
        self._close.clicked.connect(lambda: self.tell(""))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 5, 8, 5)
        layout.addWidget(self._words, 1)
        layout.addWidget(self.button)
        layout.addWidget(self._close)
        self.retranslate()
        self.button.hide()
        self.hide()

    def retranslate(self) -> None:
        self._close.setToolTip(tr("Dismiss"))
        self._close.setAccessibleName(tr("Dismiss"))

    @property
    def words(self) -> str:
        return self._words.text()

    def tell(self, sentence: str) -> None:
        """Until it is dismissed or something else is told."""
        self._told = sentence
        self._show()

    def hold(self, sentence: str, button: str = "", wanted: Callable[[], object] = lambda: None) -> None:
        """Until it is taken back with "": the cause must go away first. `button` does something about it."""
        self._held, self._wanted = sentence, wanted
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self._show()

    def _show(self) -> None:
        self._words.setText("\n".join(translate(part) for part in (self._held, self._told) if part))
        self._close.setVisible(bool(self._told))
        self.setVisible(bool(self._held or self._told))
