"""Export the labelled set in a format that a training program reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout

from boxwright.ui.dialogs.base import Sheet, plain_label
from boxwright.ui.dialogs.path_field import PathField
from boxwright.ui.dialogs.progress_row import ProgressRow
from boxwright.ui.task import Task

if TYPE_CHECKING:
    from boxwright.services.exporting import ExportResult
    from boxwright.ui.main_window import MainWindow

IMAGE_MODES = {"copy": "Copy the images", "link": "Link to the images", "none": "Labels only"}


class ExportDialog(Sheet):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Export", "Export")
        from boxwright.formats.registry import formats

        assert window.workspace is not None
        self._window, self._workspace = window, window.workspace
        self._task: Task | None = None
        self._typed = False
        self.setMinimumWidth(560)
        self.format = QComboBox()
        for known in (each for each in formats() if each.capabilities.writes):
            self.format.addItem(known.title, known.name)
        self.out = PathField("Folder of the export")
        self.images = QComboBox()
        for name, words in IMAGE_MODES.items():
            self.images.addItem(words, name)
        self.everything = QCheckBox("Unlabelled images as well, without boxes")
        self.progress = ProgressRow()
        self.summary = plain_label()
        form = QFormLayout()
        form.addRow("Format", self.format)
        form.addRow("Into", self.out)
        form.addRow("Images", self.images)
        form.addRow("", self.everything)
        self.body.addLayout(form)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.summary)
        self.summary.hide()
        self.format.currentIndexChanged.connect(self._suggest)
        self.out.edit.textEdited.connect(self._edited)
        self.go.clicked.connect(self._start)
        self.rejected.connect(self._stop)
        self._suggest()

    def _edited(self, _text: str) -> None:
        self._typed = True

    def _suggest(self, _index: int = 0) -> None:
        if not self._typed:
            self.out.path = self._workspace.project.folder / "exports" / str(self.format.currentData())

    def _start(self) -> None:
        from boxwright.ui.tasks import export

        out = self.out.path
        if out is None:
            self.complain("Choose a folder for the export.")
            return
        self.complain("")
        self.go.setEnabled(False)
        if not self._workspace.flush():
            self.complain("The last edits are not saved yet, so an export would miss them; make room on the disk.")
            return
        self._task = export(
            self._workspace.project,
            out,
            str(self.format.currentData()),
            str(self.images.currentData()),
            self.everything.isChecked(),
        )
        self._task.setParent(self._window)
        self.progress.follow(self._task)
        self._task.finished.connect(self._exported)
        self._task.failed.connect(self._refused)

    def _refused(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self.complain(sentence)

    def _exported(self, result: ExportResult) -> None:
        self._task = None
        self.summary.setText(
            "\n".join(
                [
                    f"{result.images:,} images with {result.boxes:,} boxes are in {result.out}.",
                    f"{result.empty:,} of them are confirmed empty.",
                    *result.notes,
                ]
            )
        )
        self.summary.show()
        self.only_close()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
