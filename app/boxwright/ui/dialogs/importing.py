"""Import labels: which format it is and why, then a report with every flaw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QFormLayout, QPushButton

from boxwright.domain.progress import Report, ShouldStop
from boxwright.ui.dialogs.base import Sheet, plain_label
from boxwright.ui.dialogs.flaws import FlawTree, report_text
from boxwright.ui.dialogs.path_field import PathField
from boxwright.ui.dialogs.progress_row import ProgressRow
from boxwright.ui.task import Task

if TYPE_CHECKING:
    from boxwright.formats.base import Guess
    from boxwright.services.import_result import ImportResult
    from boxwright.ui.main_window import MainWindow


class ImportDialog(Sheet):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Import labels", "Import")
        from boxwright.formats.registry import formats

        assert window.workspace is not None
        self._window, self._workspace = window, window.workspace
        self._task: Task | None = None
        self._asked = 0
        self.outcome: ImportResult | None = None
        self.resize(720, 460)
        self.path = PathField("Folder or file of the dataset")
        self.format = QComboBox()
        self.format.addItem("Recognise it", None)
        for known in formats():
            self.format.addItem(known.title, known.name)
        self.kind = QComboBox()
        self.kind.addItem("Labels: a person stands behind them", False)
        self.kind.addItem("Pre-labels: guesses to be corrected", True)
        self.why = plain_label(quiet=True)
        self.progress = ProgressRow()
        self.summary = plain_label()
        self.flaws = FlawTree()
        self.copy = QPushButton("Copy the report")
        self.copy.setAutoDefault(False)
        self._lay_out()
        self.path.changed.connect(lambda _: self._recognise())
        self.copy.clicked.connect(self._copy)
        self.go.clicked.connect(self._start)
        self.begin_at(self.path.edit)
        self.rejected.connect(self._stop)
        self.go.setEnabled(False)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow("Dataset", self.path)
        form.addRow("Format", self.format)
        form.addRow("Take them as", self.kind)
        self.body.addLayout(form)
        for widget in (self.why, self.progress, self.summary):
            self.body.addWidget(widget)
        self.body.addWidget(self.flaws, 1)
        self.body.addWidget(self.copy)
        self.body.addStretch(0)
        self.summary.hide()
        self.flaws.hide()
        self.copy.hide()

    def done(self, result: int) -> None:
        # What is still being looked into has nobody left to tell.
        self._asked += 1
        super().done(result)

    def _recognise(self) -> None:
        path = self.path.path
        self._asked += 1
        number = self._asked
        self.go.setEnabled(path is not None)
        self.why.setText("")
        self.complain("")
        if path is None:
            return

        def look(_report: Report, _stop: ShouldStop) -> list[Guess]:
            from boxwright.formats.registry import recognise

            return recognise(path) if path.exists() else []

        task = Task("Recognising the format", self)
        task.finished.connect(lambda guesses: self._recognised(guesses) if number == self._asked else None)
        task.start(look)

    def _recognised(self, guesses: list[Guess]) -> None:
        words = [f"{g.format} ({g.confidence:.0%}): {g.why}" for g in guesses[:3]]
        self.why.setText("\n".join(words) if words else "No known format is recognised at this path.")

    def _start(self) -> None:
        from boxwright.ui.tasks import import_labels

        path = self.path.path
        assert path is not None
        self.complain("")
        self.go.setEnabled(False)
        self._task = import_labels(
            self._workspace.project, path, self.format.currentData(), bool(self.kind.currentData())
        )
        self._task.setParent(self._window)
        self.progress.follow(self._task)
        self._task.finished.connect(self._imported)
        self._task.failed.connect(self._refused)

    def _refused(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self.complain(sentence)

    def _imported(self, result: ImportResult) -> None:
        self.outcome, self._task = result, None
        self._workspace.refresh()
        self.summary.setText(summary_words(result))
        self.flaws.fill(result.by_kind())
        self.summary.show()
        self.copy.show()
        self.flaws.setVisible(bool(result.problems))
        self.path.setEnabled(False)
        self.format.setEnabled(False)
        self.kind.setEnabled(False)
        self.only_close()

    def _copy(self) -> None:
        from PySide6.QtGui import QGuiApplication

        if self.outcome is not None:
            QGuiApplication.clipboard().setText(report_text(summary_words(self.outcome), self.outcome.by_kind()))

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()


def summary_words(result: ImportResult) -> str:
    lines = [f"{result.images:,} images got labels, {result.boxes:,} boxes; {result.empty:,} are confirmed empty."]
    more = {
        "added to the pool": result.added,
        "without labels": result.unlabeled,
        "had exactly these labels": result.unchanged,
        "kept the labels they had": len(result.kept),
    }
    known = [f"{count:,} {what}" for what, count in more.items() if count]
    if known:
        lines.append("Of the dataset's images, " + ", ".join(known) + ".")
    if result.classes_added:
        lines.append("New classes: " + ", ".join(result.classes_added) + ".")
    lines += result.notes
    if result.problems:
        lines.append(f"{len(result.problems):,} flaws, none of them dropped in silence:")
    else:
        lines.append("No flaw was found.")
    return "\n".join(lines)
