"""Status bar: the jobs that run, where the pointer is, the zoom, the device, and whether all is saved."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QStatusBar

from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.project.saving import SavingState
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.elided import ElidedLabel
from boxwright.ui.widgets.job_row import JobRow


class StatusBar(QStatusBar):
    """Status bar. Two jobs can run at once: `retraining` beside any other `job`."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.job = JobRow()
        self.retraining = JobRow(look=tr("Watch"))
        for row in (self.retraining, self.job):
            self.addWidget(row)
            row.hide()
        self.position, self.zoom, self.device, self.saving = QLabel(), QLabel(), ElidedLabel(), QLabel()
        self.device.setMaximumWidth(420)
        for label in (self.position, self.zoom, self.device, self.saving):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setContentsMargins(6, 0, 6, 0)
            self.addPermanentWidget(label)

    def retranslate(self) -> None:
        for row in (self.job, self.retraining):
            row.retranslate()
        self.retraining.look.setText(tr("Watch"))

    def follow(self, task: BackgroundTask) -> None:
        """Show `task` with its speed and a way to stop it until it ends."""
        self.job.follow(task)

    def say(self, sentence: str) -> None:
        """A calm sentence that goes away by itself."""
        self.showMessage(translate(sentence), 6000)

    def show_read_only(self, read_only: bool) -> None:
        """Where nothing is ever saved, that is said in the place where people look for it."""
        if read_only:
            self.saving.setText(tr("Read only"))

    def show_saving(self, saving: SavingState, sentence: str) -> None:
        self.saving.setText(tr(saving.value))
        self.saving.setToolTip(plain_tip(translate(sentence)))
        self._mark_saving(saving is SavingState.FAILED)

    def clear(self) -> None:
        for label in (self.position, self.zoom, self.device, self.saving):
            label.clear()
        self._mark_saving(False)

    def _mark_saving(self, failed: bool) -> None:
        self.saving.setObjectName("bad" if failed else "")
        # A style sheet looks at the name only when the widget is polished.
        self.style().unpolish(self.saving)
        self.style().polish(self.saving)
