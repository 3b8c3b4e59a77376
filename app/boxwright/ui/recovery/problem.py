"""Dialogs of problems: one sentence about what went wrong, and what to do."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMessageBox, QPushButton, QStyle, QWidget

from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.saving import trouble_words
from boxwright.ui.recovery.go_back import GoBackDialog, folder_to_mend
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.ui.project.context import AppContext
    from boxwright.ui.project.saving import Saver


class ProblemDialog(Sheet):
    """Dialog of a problem."""

    outlives_project = True

    def __init__(self, app: AppContext, title: str, sentence: str) -> None:
        super().__init__(app.dialog_parent, title)
        self.words = plain_label(translate(sentence))
        self.words.setMinimumWidth(400)
        sign = QLabel()
        sign.setPixmap(self.style().standardIcon(QStyle.StandardPixmap.SP_MessageBoxWarning).pixmap(32, 32))
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.body.addLayout(row)
        if (folder := folder_to_mend(sentence)) is not None:
            self._offer_backups(app, folder)

    def _offer_backups(self, app: AppContext, folder: Path) -> None:
        def go_back() -> None:
            self.accept()
            GoBackDialog(app, folder).open()

        button = QPushButton(tr("Go back to…"))
        button.clicked.connect(go_back)
        self.buttons.addButton(button, self.buttons.ButtonRole.ActionRole)


class Leaving(Enum):
    """Answer of a person who leaves with unsaved work."""

    STAY, RESCUE, DISCARD = range(3)


def leave_unsaved(parent: QWidget, saver: Saver) -> Leaving:
    """Something cannot be saved: what to do when the project is to be closed all the same. Staying is the default."""
    buttons = QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel
    if saver.rescue is None:
        buttons |= QMessageBox.StandardButton.Save
    title = tr("Edits are not saved") if saver.waiting else tr("The project cannot be written")
    answer = QMessageBox.warning(parent, title, leaving_words(saver), buttons, QMessageBox.StandardButton.Cancel)
    answers = {
        QMessageBox.StandardButton.Save: Leaving.RESCUE,
        QMessageBox.StandardButton.Discard: Leaving.DISCARD,
    }
    return answers.get(answer, Leaving.STAY)


def leaving_words(saver: Saver) -> str:
    """What is lost by leaving now, why, and what each button does."""
    parts = [trouble_words(saver)]
    if not parts[0]:
        parts = [tr("{0:,} edits are still on their way to the disk.").format(saver.waiting)]
    if saver.rescue is not None:
        parts.append(tr("They are in the rescue copy {0}, and nowhere else.").format(saver.rescue))
        parts.append(tr("“Discard” closes the project."))
    else:
        parts.append(tr("“Save” writes a rescue copy to a folder that you choose."))
        parts.append(
            tr("“Discard” closes the project, and what is not saved is lost.")
            if saver.waiting
            else tr("“Discard” closes the project; no edit is lost by that.")
        )
    return " ".join(parts)


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


def leave_work(parent: QWidget, title: str, loses: str) -> bool:
    """Work runs that is lost when it is stopped: whether to close the project all the same. Staying is the default."""
    answer = QMessageBox.question(
        parent,
        tr("{0} is running").format(title),
        tr("Closing the project ends it. {0}").format(loses),
        QMessageBox.StandardButton.Close | QMessageBox.StandardButton.Cancel,
        QMessageBox.StandardButton.Cancel,
    )
    return answer == QMessageBox.StandardButton.Close
