"""Bar of advice: one quiet line with a button; it waits until it is taken up or put away."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton

from boxwright.ui.language.translation import tr, translate


class AdviceBar(QFrame):
    """Bar of advice. Hidden until `offer`. `taken`: the button was pressed; `dismissed`: the person does not want it
    now."""

    taken = Signal()
    dismissed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("advice")
        self.setStyleSheet("#advice { background: palette(midlight); border-bottom: 1px solid palette(mid); }")
        self._words = QLabel()
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setWordWrap(True)
        self.button = QPushButton()
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.clicked.connect(self._take)
        self.close_button = QToolButton()
        self.close_button.setText("×")
        self.close_button.clicked.connect(self._dismiss)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.addWidget(self._words, 1)
        layout.addWidget(self.button)
        layout.addWidget(self.close_button)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        self.close_button.setToolTip(tr("Not now"))
        self.close_button.setAccessibleName(tr("Not now"))

    @property
    def words(self) -> str:
        return self._words.text()

    def offer(self, sentence: str, button: str = "") -> None:
        """Without a word on its button there is nothing to press: it only says something."""
        self._words.setText(translate(sentence))
        self.button.setText(button)
        self.button.setVisible(bool(button))
        self.setVisible(bool(sentence))

    def withdraw(self) -> None:
        self.offer("")

    def withdraw_offer(self) -> None:
        """Only what has a button: news stay until they are read."""
        if self.button.text():
            self.withdraw()

    def _take(self) -> None:
        self.withdraw()
        self.taken.emit()

    def _dismiss(self) -> None:
        self.withdraw()
        self.dismissed.emit()
