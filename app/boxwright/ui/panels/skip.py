"""Dialog that skips an image: one key for the usual reasons, or a person's own words."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from boxwright.domain.messages import N_, plural
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.widgets.dialog import Sheet, plain_label

REASONS = (
    N_("blurred or dark"),
    N_("objects cut off or hidden"),
    N_("not sure of the class"),
    N_("not part of the task"),
)


class SkipDialog(Sheet):
    """Dialog of a reason. `chosen(reason)` once, when the person decided; Esc decides nothing."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget, count: int = 1) -> None:
        super().__init__(parent, translate(plural("Skip this image", "Skip {0:,} images", count)), tr("Skip"))
        self.setMinimumWidth(380)
        self.body.addWidget(
            plain_label(tr("Why? The reason stays with the image, its boxes too, and it can be undone."))
        )
        self.reasons: list[QPushButton] = []
        for number, reason in enumerate(REASONS, start=1):
            words = tr(reason)
            button = QPushButton(f"{number}   {words[0].upper()}{words[1:]}")
            button.setStyleSheet("text-align: left; padding: 5px 10px")
            button.clicked.connect(lambda _checked=False, reason=reason: self._choose(reason))
            QShortcut(QKeySequence(str(number)), self, lambda reason=reason: self._choose(reason))
            self.body.addWidget(button)
            self.reasons.append(button)
        self.own = QLineEdit()
        self.own.setAccessibleName(tr("Another reason"))
        self.own.setPlaceholderText(tr("Another reason"))
        self.body.addWidget(self.own)
        self.go.clicked.connect(lambda: self._choose(self.own.text().strip()))
        self.go.setEnabled(False)
        self.own.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip())))
        self.begin_at(self.reasons[0])

    def _choose(self, reason: str) -> None:
        self.accept()
        self.chosen.emit(reason)
