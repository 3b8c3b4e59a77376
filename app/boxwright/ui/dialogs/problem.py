"""One sentence about what went wrong, and what to do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QPushButton, QStyle, QWidget

from boxwright.ui.dialogs.base import Sheet, plain_label
from boxwright.ui.dialogs.go_back import GoBackDialog, folder_to_mend
from boxwright.ui.language import tr
from boxwright.ui.sentences import say

if TYPE_CHECKING:
    from boxwright.ui.main_window import MainWindow


class ProblemDialog(Sheet):
    def __init__(self, parent: QWidget, title: str, sentence: str) -> None:
        super().__init__(parent, title)
        self.words = plain_label(say(sentence))
        self.words.setMinimumWidth(400)
        sign = QLabel()
        sign.setPixmap(self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning).pixmap(32, 32))
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.body.addLayout(row)
        if (folder := folder_to_mend(sentence)) is not None:
            self._offer_backups(parent, folder)

    def _offer_backups(self, parent: QWidget, folder: Path) -> None:
        def go_back() -> None:
            self.accept()
            GoBackDialog(cast("MainWindow", parent), folder).open()

        button = QPushButton(tr("Go back to…"))
        button.clicked.connect(go_back)
        self.buttons.addButton(button, self.buttons.ButtonRole.ActionRole)


def leave_unsaved(parent: QWidget) -> bool:
    """Edits cannot be saved: whether the person wants to leave all the same. Staying is the default."""
    answer = QMessageBox.warning(
        parent,
        tr("Edits are not saved"),
        tr(
            "The last edits could not be written to the project. Make room on the disk and they are saved by "
            "themselves; if you leave now they are lost."
        ),
        QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
        QMessageBox.StandardButton.Cancel,
    )
    return answer == QMessageBox.StandardButton.Discard


def leave_training(parent: QWidget) -> bool:
    """A retraining runs: whether the person wants to close the project all the same. Staying is the default."""
    answer = QMessageBox.question(
        parent,
        tr("Retraining is running"),
        tr(
            "Closing the project ends the retraining, and what it has learnt so far is lost. Your labels are saved, "
            "and the present detector stays."
        ),
        QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
        QMessageBox.StandardButton.Cancel,
    )
    return answer == QMessageBox.StandardButton.Close
