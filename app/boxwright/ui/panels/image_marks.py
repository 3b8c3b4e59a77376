"""Dialog of tags and a note for the image on screen."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QWidget

from boxwright.ui.labelling import mark_commands
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import Sheet, plain_label


class ImageMarksDialog(Sheet):
    """Dialog of an image's marks."""

    def __init__(self, parent: QWidget, model: SessionModel) -> None:
        super().__init__(parent, tr("Tags and note of the image"), tr("Set"))
        self._model = model
        self.setMinimumWidth(440)
        marks = model.labels.marks if model.labels else None
        self.body.addWidget(plain_label(tr("Tags are words to find and export images by, with commas between them.")))
        self.tags = QLineEdit(", ".join(sorted(marks.tags)) if marks else "")
        self.note = QPlainTextEdit(marks.note if marks else "")
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(110)
        for words, field in ((tr("Tags"), self.tags), (tr("Note"), self.note)):
            label = QLabel(words)
            label.setBuddy(field)
            self.body.addWidget(label)
            self.body.addWidget(field)
        self.go.clicked.connect(self._set)
        self.begin_at(self.tags)

    def _set(self) -> None:
        self.accept()
        mark_commands.set_image_marks(self._model, self.tags.text().split(","), self.note.toPlainText())
