"""Dialog that undoes the last import: what it was, what will be as it was before, and then what is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.language.translation import time_words, tr
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.services.importing.undo import DoneImport, Undone
    from boxwright.ui.project.context import ProjectContext


class UndoImportDialog(Sheet):
    """Dialog that undoes an import."""

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Undo the last import"), tr("Undo the import"))
        from boxwright.services.importing.undo import last_import

        self._workspace = context.workspace
        self._task: BackgroundTask | None = None
        self.words = plain_label()
        self.words.setMinimumWidth(460)
        self.progress = ProgressRow()
        self.body.addWidget(self.words)
        self.body.addWidget(self.progress)
        self.body.addStretch(1)
        done = last_import(self._workspace.project)
        if done is None:
            self.words.setText(
                tr("No import of this project can be undone: none was made, or all of them were undone.")
            )
            self.only_close()
        else:
            self.words.setText(import_words(done))
            self.go.clicked.connect(self._start)

    def done(self, result: int) -> None:
        if self._task is not None:
            self._task.cancel()
        super().done(result)

    def _start(self) -> None:
        from boxwright.ui.project.jobs import undo_import

        # What was drawn a moment ago counts as changed since.
        if not self._workspace.flush():
            self.complain(tr("Your last edits are not saved yet, so nothing was undone; make room on the disk."))
            return
        self.complain("")
        self.go.setEnabled(False)
        task = self._task = undo_import(self._workspace.project)
        task.setParent(self._workspace)
        self.progress.follow(task)
        task.finished.connect(self._undone)
        task.failed.connect(self._failed)

    def _undone(self, undone: Undone) -> None:
        self._task = None
        self._workspace.refresh()
        self.words.setText(undone_words(undone))
        self.only_close()

    def _failed(self, sentence: str) -> None:
        self._task = None
        self.go.setEnabled(True)
        self.complain(sentence)


def import_words(done: DoneImport) -> str:
    when = time_words(done.at)
    lines = [tr("{0}\nimported on {1}.").format(done.path, when)]
    if done.kind == "labels" and done.images:
        lines.append(tr("It labelled {0:,} images. They will be as they were before.").format(done.images))
    if done.replaced:
        lines.append(tr("{0:,} of them had labels of yours, which come back.").format(done.replaced))
    if done.waiting:
        lines.append(tr("Of its {0:,} pre-labels those that nobody has judged will go.").format(done.waiting))
    lines.append(
        tr(
            "An image that was changed since the import stays as it is. So do images and classes that it "
            "added, and the validation split, which never moves."
        )
    )
    return "\n\n".join(lines)


def undone_words(undone: Undone) -> str:
    lines = [tr("{0:,} images are as they were before the import.").format(undone.images)]
    if undone.replaced:
        lines.append(tr("On {0:,} of them your labels are there again.").format(undone.replaced))
    if undone.withdrawn:
        lines.append(tr("{0:,} pre-labels that nobody had judged are gone.").format(undone.withdrawn))
    if undone.kept:
        names = ", ".join(undone.kept[:5]) + (" …" if len(undone.kept) > 5 else "")
        lines.append(tr("{0:,} images were changed since and stay as they are: {1}").format(len(undone.kept), names))
    return "\n\n".join(lines)
