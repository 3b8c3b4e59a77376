"""Dialog that saves a report: all that will be in the file is shown first, and names are in it only if ticked."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QFileDialog, QPlainTextEdit

from boxwright.domain.errors import BoxwrightError
from boxwright.ui.help.display_check import COMMAND
from boxwright.ui.language.translation import tr
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.services.doctor.check import Check
    from boxwright.services.doctor.report import Report
    from boxwright.ui.project.context import AppContext


class ReportDialog(Sheet):
    """Dialog of a report, about the project that was open when it came."""

    outlives_project = True

    def __init__(self, app: AppContext) -> None:
        super().__init__(app.dialog_parent, tr("Save a report"), tr("Save…"))
        self._app, self._project = app, app.project_folder
        self._checks: list[Check] = []
        self.report: Report | None = None
        self.resize(860, 600)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setAccessibleName(tr("What will be in the report"))
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.names = QCheckBox(tr("Names of images, folders and detectors, which may hold your name"))
        self.classes = QCheckBox(tr("Names of classes"))
        self.progress = ProgressRow()
        about = tr(
            "For somebody who helps you. This is all that will be in the file, in English; no image is. Nothing is "
            "sent: you save it, and give it to whom you like."
        )
        self.body.addWidget(plain_label(about))
        self.body.addWidget(self.preview, 1)
        for tick in (self.names, self.classes):
            tick.toggled.connect(self._show)
            self.body.addWidget(tick)
        log = tr("The log comes as it is only with both; else without anything that was named.")
        self.body.addWidget(plain_label(log, quiet=True))
        self.body.addWidget(self.progress)
        self.go.clicked.connect(self._save)
        self.go.setEnabled(False)
        self.begin_at(self.preview)
        self._examine()

    def done(self, result: int) -> None:
        self._task.cancel()
        super().done(result)

    def _examine(self) -> None:
        from boxwright.services.doctor.examine import examine

        task = self._task = BackgroundTask(tr("Looking at the program, the machine and the project"), self)
        task.finished.connect(self._examined)
        task.failed.connect(self.complain)
        self.progress.follow(task)
        task.start(lambda report, should_stop: examine(self._project, COMMAND, report, should_stop))

    def _examined(self, checks: list[Check]) -> None:
        self._checks = checks
        self.go.setEnabled(True)
        self._show()

    def _show(self) -> None:
        from boxwright.services.doctor.report import Wanted, make_report

        if not self._checks:
            return
        wanted = Wanted(self.names.isChecked(), self.classes.isChecked())
        self.report = make_report(self._checks, wanted, [self._project] if self._project is not None else [])
        at = self.preview.verticalScrollBar().value()
        self.preview.setPlainText(self.report.whole)
        self.preview.verticalScrollBar().setValue(at)

    def _save(self) -> None:
        from boxwright.services.doctor.report_file import write_report

        name = f"boxwright-report-{datetime.now():%Y-%m-%d}.zip"
        start = str(Path.home() / name)
        pattern = tr("Archive (*.zip);;Text (*.txt)")
        chosen, _ = QFileDialog.getSaveFileName(self, tr("Save a report"), start, pattern)
        if not chosen or self.report is None:
            return
        try:
            write_report(self.report, Path(chosen))
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self._app.say(tr("The report is in {0}.").format(chosen))
        self.accept()
