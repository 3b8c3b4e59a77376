"""Dialog that gives many images a tag, or takes one from them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QCompleter, QLineEdit, QWidget

from boxwright.domain.messages import plural
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.widgets.dialog import Sheet, plain_label


class TagDialog(Sheet):
    """Dialog of a tag. `chosen(tag, on)` once, when the person decided."""

    chosen = Signal(str, bool)

    def __init__(self, parent: QWidget, count: int, known: Sequence[str]) -> None:
        title = translate(plural("Tag 1 image", "Tag {0:,} images", count))
        super().__init__(parent, title, tr("Tag"))
        self.setMinimumWidth(380)
        self.body.addWidget(plain_label(tr("A tag is a word to find and export images by. Undo takes it back.")))
        self.tag = QLineEdit()
        self.tag.setAccessibleName(tr("Tag"))
        self.tag.setPlaceholderText(tr("Tag"))
        self.tag.setCompleter(QCompleter(list(known), self.tag))
        self.off = QCheckBox(tr("Take the tag away instead"))
        self.body.addWidget(self.tag)
        self.body.addWidget(self.off)
        self.go.setEnabled(False)
        self.tag.textChanged.connect(lambda text: self.go.setEnabled(bool(text.strip(" ,"))))
        self.go.clicked.connect(self._choose)
        self.begin_at(self.tag)

    def _choose(self) -> None:
        self.accept()
        self.chosen.emit(self.tag.text().strip(" ,"), not self.off.isChecked())
