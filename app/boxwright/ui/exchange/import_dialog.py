"""Dialog that imports labels: look at the dataset, map its classes, say whose labels count, import and report."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox, QFormLayout, QHBoxLayout, QLabel, QPushButton

from boxwright.domain.messages import N_
from boxwright.services.guide.pages import FORMATS
from boxwright.ui.exchange.flaws import FlawTree, report_text
from boxwright.ui.exchange.import_columns import ImportColumns
from boxwright.ui.exchange.import_preview import PreviewTabs
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.path_field import PathField
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.formats.base import FormatGuess
    from boxwright.services.importing.jobs import DatasetPreview
    from boxwright.services.importing.result import ImportResult
    from boxwright.ui.project.context import ProjectContext

# A path that is being typed is not looked at after every letter.
_TYPING_MS = 350
_WIDTH, _HEIGHT = 880, 640
KINDS = {"labels": N_("Labels: a person stands behind them"), "prelabels": N_("Pre-labels: guesses to be corrected")}


class ImportDialog(Sheet):
    """Dialog that imports. Nothing is written before `go`, which is off until the dataset has been looked at."""

    def __init__(self, context: ProjectContext, dataset: Path | None = None) -> None:
        super().__init__(context.app.dialog_parent, tr("Import labels"), tr("Import"))
        self.offer_help(context.app, FORMATS, "import")
        self._context, self._workspace = context, context.workspace
        self._task: BackgroundTask | None = None
        self._folder: Path | None = None
        self._looked: DatasetPreview | None = None
        self.outcome: ImportResult | None = None
        self.resize(_WIDTH, _HEIGHT)
        self._make_fields()
        self.why = plain_label(quiet=True)
        self.progress = ProgressRow()
        self.columns = ImportColumns()
        self.tabs = PreviewTabs()
        self.summary = plain_label()
        self.flaws = FlawTree()
        self.copy = QPushButton(tr("Copy the report"))
        self.copy.setAutoDefault(False)
        self.undo = QPushButton(tr("Undo this import…"))
        self.undo.setAutoDefault(False)
        self._wait = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._lay_out()
        self._connect()
        self.begin_at(self.path.edit)
        self.go.setEnabled(False)
        self._invite()
        self.path.path = dataset

    def _make_fields(self) -> None:
        from boxwright.formats.registry import formats
        from boxwright.services.importing.conflicts import Conflicts

        self.path = PathField(tr("Folder, file or archive of the dataset"), tr("Any file (*)"), or_folder=True)
        self.format = QComboBox()
        self.format.addItem(tr("Recognise it"), None)
        for known in formats():
            self.format.addItem(translate(known.title), known.name)
        self.kind = QComboBox()
        for kind, words in KINDS.items():
            self.kind.addItem(tr(words), kind)
        self.conflicts = QComboBox()
        self.conflicts.addItem(tr("Keep mine: those images stay as they are"), Conflicts.MINE)
        self.conflicts.addItem(tr("Keep both: mine stay, theirs wait under “To review”"), Conflicts.BOTH)
        self.conflicts.addItem(tr("Take theirs: mine are replaced, until the import is undone"), Conflicts.THEIRS)

        self.names = QComboBox()
        self.names.addItem(tr("Leave them out: they may be other images"), False)
        self.names.addItem(tr("Take the image of that name, whatever its folder"), True)
        self.exif = QComboBox()
        self.exif.addItem(tr("Their boxes are of the upright pictures"), False)
        self.exif.addItem(tr("Their boxes are of the unturned pixels: turn them too"), True)

    def _lay_out(self) -> None:
        self.form = QFormLayout()
        self.form.addRow(tr("Dataset"), self.path)
        self.form.addRow(tr("Format"), self.format)
        self.form.addRow(tr("Take them as"), self.kind)
        self.form.addRow(tr("Labelled already"), self.conflicts)
        self.form.addRow(tr("Fit by name only"), self.names)
        self.form.addRow(tr("Turned by EXIF"), self.exif)
        self.body.addLayout(self.form)
        self.body.addWidget(self.why)
        self.body.addWidget(self.progress)
        self.body.addWidget(self.columns, 1)
        self.body.addWidget(self.tabs, 1)
        self.body.addWidget(self.summary)
        self.body.addWidget(self.flaws, 1)
        after = QHBoxLayout()
        after.addWidget(self.copy)
        after.addWidget(self.undo)
        after.addStretch(1)
        self.body.addLayout(after)
        self.body.addStretch(0)
        for widget in (self.tabs, self.summary, self.flaws, self.copy, self.undo):
            widget.hide()
        self._hide_questions()

    def _hide_questions(self) -> None:
        self.form.setRowVisible(self.conflicts, False)
        for field in (self.names, self.exif):
            self.form.setRowVisible(field, False)
            field.setCurrentIndex(0)

    def _connect(self) -> None:
        self.path.changed.connect(lambda _: self._changed())
        self.format.activated.connect(lambda _: self._changed())
        self.kind.currentIndexChanged.connect(lambda _: self._show_conflicts())
        self.names.currentIndexChanged.connect(lambda _: self._ask_for_images())
        self._wait.timeout.connect(self._look)
        self.columns.read.clicked.connect(self._look_by_columns)
        self.copy.clicked.connect(self._copy)
        self.undo.clicked.connect(self._undo)
        self.go.clicked.connect(self._start)

    def done(self, result: int) -> None:
        self._wait.stop()
        self._drop()
        super().done(result)

    # Looking

    def _invite(self) -> None:
        self.why.setText(
            tr("Choose a folder, a file or an archive. It is looked at first; nothing is written before Import.")
        )

    def _changed(self) -> None:
        self._drop()
        self._looked = None
        self.go.setEnabled(False)
        self.tabs.hide()
        self.columns.hide()
        self._hide_questions()
        self.complain("")
        self._invite()
        if self.path.path is not None:
            self._wait.start()

    def _drop(self) -> None:
        """Stop what runs, and let go of what was read."""
        task, self._task = self._task, None
        if task is not None:
            task.blockSignals(True)
            task.cancel()
            self.progress.hide()
        folder, self._folder = self._folder, None
        looked = self._looked
        if folder is None:
            return
        from boxwright.services.importing.archives import remove

        def clear() -> None:
            if task is not None:
                task.wait(10.0)
            shutil.rmtree(folder, ignore_errors=True)
            if looked is not None:
                remove(looked.part)

        BackgroundTask(tr("Clearing up")).start(lambda _report, _stop: clear())

    def _look_by_columns(self) -> None:
        self._drop()
        self.complain("")
        self._look(self.columns.mapping())

    def _look(self, columns: Mapping[str, str] | None = None) -> None:
        from boxwright.domain.errors import BoxwrightError
        from boxwright.ui.project.jobs import look_at_dataset

        path = self.path.path
        if path is None or not path.exists():
            self.complain(tr("{0} does not exist.").format(path) if path is not None and path.is_absolute() else "")
            return
        self._folder = Path(tempfile.mkdtemp(prefix="boxwright-import-"))
        self.why.setText("")
        try:
            format_name = self.format.currentData()
            task = look_at_dataset(self._workspace.project, path, format_name, self._folder, columns or {})
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self._follow(task)
        task.finished.connect(self._saw)
        task.failed.connect(self._refused)

    def _follow(self, task: BackgroundTask) -> None:
        self._task = task
        task.setParent(self._workspace)
        self.progress.follow(task)

    def _saw(self, looked: DatasetPreview) -> None:
        self._task, self._looked = None, looked
        preview = looked.preview
        self.why.setText(guess_words(preview.guesses, preview.format))
        self.columns.hide()
        self.tabs.show_preview(looked, self._workspace.model.classes)
        self.tabs.show()
        self._show_conflicts()
        self._label_row(self.names, preview.doubtful, tr("{0:,} fit by name only"))
        self._label_row(self.exif, preview.turned, tr("{0:,} turned by EXIF"))
        self._ask_for_images()
        self.go.setFocus()

    def _ask_for_images(self) -> None:
        if self._looked is None:
            return
        preview = self._looked.preview
        some = preview.known + preview.new > 0 or (preview.doubtful > 0 and self.names.currentData())
        self.go.setEnabled(bool(some))
        words = tr("None of its images is in the project or on disk; add the folder of the images first.")
        self.complain("" if some else words)

    def _show_conflicts(self) -> None:
        count = self._looked.preview.conflicts if self._looked is not None else 0
        shown = count > 0 and self.kind.currentData() == "labels"
        self._label_row(self.conflicts, count if shown else 0, tr("{0:,} labelled already"))

    def _label_row(self, field: QComboBox, count: int, words: str) -> None:
        """Ask only where it concerns some images, and say how many."""
        self.form.setRowVisible(field, count > 0)
        if isinstance(label := self.form.labelForField(field), QLabel):
            label.setText(words.format(count))

    # Importing

    def _start(self) -> None:
        from boxwright.services.importing.dataset import Conflicts, ImportRequest
        from boxwright.ui.project.jobs import import_looked

        assert self._looked is not None
        self.complain("")
        self._enable(False)
        # Qt hands an enum's text back, not the enum.
        conflicts = Conflicts(self.conflicts.currentData())
        by_name, stored = bool(self.names.currentData()), bool(self.exif.currentData())
        wanted = ImportRequest(self.kind.currentData(), self.tabs.classes.mapping(), conflicts, by_name, stored)
        task = import_looked(self._workspace.project, self._looked.folder, wanted)
        self._follow(task)
        task.finished.connect(self._imported)
        task.failed.connect(self._failed)

    def _enable(self, on: bool) -> None:
        for widget in (self.path, self.format, self.kind, self.conflicts, self.names, self.exif, self.tabs, self.go):
            widget.setEnabled(on)

    def _refused(self, sentence: str) -> None:
        self._task = None
        self._invite()
        path = self.path.path
        if path is not None and not self.columns.isVisible() and self.columns.ask(path):
            sentence = ""
        if self.columns.isVisible():
            self.why.setText("")
        self.complain(sentence)

    def _failed(self, sentence: str) -> None:
        """Nothing was stored. What was read may have been moved on the way, so it is looked at again."""
        self._task = None
        self._enable(True)
        self._changed()
        self.complain(sentence)

    def _imported(self, result: ImportResult) -> None:
        self.outcome, self._task = result, None
        self._workspace.refresh()
        self.summary.setText(summary_words(result))
        self.flaws.fill(result.by_kind())
        for field in (self.format, self.kind, self.conflicts, self.names, self.exif):
            self.form.setRowVisible(field, False)
        for widget in (self.tabs, self.why):
            widget.hide()
        self.summary.show()
        self.copy.show()
        self.undo.setVisible(bool(result.images or result.boxes or result.review))
        self.flaws.setVisible(bool(result.problems))
        self.only_close()
        # What the preview needed is not needed any more.
        self.resize(self.width(), _HEIGHT)

    def _undo(self) -> None:
        self.accept()
        self._context.app.live_actions["project.undo_import"].trigger()

    def _copy(self) -> None:
        from PySide6.QtGui import QGuiApplication

        if self.outcome is not None:
            QGuiApplication.clipboard().setText(report_text(summary_words(self.outcome), self.outcome.by_kind()))


def guess_words(guesses: tuple[FormatGuess, ...], chosen: str) -> str:
    """Which format it was read as and why, and what else it could be."""
    words = {g.format: f"{g.format} ({g.confidence:.0%}): {translate(g.told)}" for g in guesses}
    first = words.pop(chosen, tr("{0}, as you chose").format(chosen))
    others = [tr("or {0}").format(text) for text in list(words.values())[:2]]
    return "\n".join([tr("Read as {0}").format(first), *others])


def summary_words(result: ImportResult) -> str:
    lines = [
        tr("{0:,} images got labels, {1:,} boxes; {2:,} are confirmed empty.").format(
            result.images, result.boxes, result.empty
        )
    ]
    more = {
        tr("added to the pool"): result.added,
        tr("without labels"): result.unlabeled,
        tr("had exactly these labels"): result.unchanged,
        tr("kept the labels they had"): len(result.kept),
        tr("had labels that were replaced"): result.replaced,
    }
    known = [tr("{0:,} {1}").format(count, what) for what, count in more.items() if count]
    if known:
        lines.append(tr("Of the dataset's images, {0}.").format(", ".join(known)))
    if result.classes_added:
        lines.append(tr("New classes: {0}.").format(", ".join(result.classes_added)))
    lines += map(translate, result.notes)
    if result.problems:
        lines.append(tr("{0:,} flaws, none of them dropped in silence:").format(len(result.problems)))
    else:
        lines.append(tr("No flaw was found."))
    return "\n".join(lines)
