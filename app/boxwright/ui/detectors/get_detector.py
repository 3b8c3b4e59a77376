"""Dialog that gets a detector of the catalogue: from its address when a person says so, or from a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFormLayout, QLabel, QPushButton, QTreeWidget, QTreeWidgetItem, QWidget

from boxwright.config.disk import size_words
from boxwright.domain.errors import BoxwrightError
from boxwright.services.detectors.catalogue import catalogue, read_list, remove_entry, shipped_list
from boxwright.services.detectors.catalogue_entry import CatalogueEntry
from boxwright.services.detectors.kept import KeptDetector, begun, detectors_folder, kept
from boxwright.ui.detectors.catalogue_words import COLUMNS, detail_rows, row_words, transfer_words
from boxwright.ui.detectors.obtain_task import ObtainTask
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.figure_columns import figure_table, set_right
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.ui.project.context import AppContext, ProjectContext

Use = Callable[[Path], object]
"""Is given a detector's file, whose card lies beside it."""

NAME_ROLE = Qt.ItemDataRole.UserRole
_FIGURES = (2, 3)


class GetDetectorDialog(Sheet):
    """Dialog of the catalogue. Nothing is contacted before `go` says Download and is pressed; for a file that is here
    it is `use`, in words `use_words`; without `use` it is only kept."""

    def __init__(self, parent: QWidget, use: Use | None = None, use_words: str = "") -> None:
        super().__init__(parent, tr("Get a detector"), tr("Download"))
        self.outlives_project = use is None
        self._use, self._use_words = use, use_words
        self._entries: dict[str, CatalogueEntry] = {}
        self._obtaining: ObtainTask | None = None
        self._damaged = ""
        """What is wrong with the person's own list."""
        self.resize(900, 560)
        self.list = _built_list()
        self.details = _Details()
        self.words = plain_label()
        self.progress = ProgressRow()
        self.folder = QPushButton(tr("From a folder…"))
        self.add = QPushButton(tr("Add to the list…"))
        self.remove = QPushButton(tr("Take off the list"))
        self.stop = QPushButton(tr("Stop"))
        for button in (self.folder, self.add, self.remove, self.stop):
            self.buttons.addButton(button, self.buttons.ButtonRole.ActionRole)
            button.setAutoDefault(False)
        self.buttons.button(self.buttons.StandardButton.Cancel).setText(tr("Close"))
        self.body.addWidget(self.list, 1)
        for widget in (self.details, self.words, self.progress):
            self.body.addWidget(widget)
        self._connect()
        self.begin_at(self.list)
        self.fill()

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(lambda *_: self._choose())
        self.list.itemDoubleClicked.connect(lambda *_: self.go.click())
        self.go.clicked.connect(self._go)
        self.folder.clicked.connect(self._from_folder)
        self.add.clicked.connect(self._add)
        self.remove.clicked.connect(self._remove)
        self.stop.clicked.connect(self._stop)

    @property
    def chosen(self) -> CatalogueEntry | None:
        item = self.list.currentItem()
        return self._entries.get(item.data(0, NAME_ROLE)) if item is not None else None

    @property
    def busy(self) -> bool:
        return self._obtaining is not None

    def fill(self, choose: str = "") -> None:
        """Read the catalogue anew; `choose`: the name of the row to stand on, else the one of before."""
        before = choose or (self.chosen.name if self.chosen else "")
        try:
            entries = catalogue()
            self._damaged = ""
        except BoxwrightError as error:
            self._damaged = translate(error.message)
            entries = read_list(shipped_list(), own=False)
        self._entries = {entry.name: entry for entry in entries}
        self.list.clear()
        for entry in entries:
            item = _row(entry, kept(entry))
            self.list.addTopLevelItem(item)
            if entry.name == before or not before:
                self.list.setCurrentItem(item)
                before = before or entry.name
        self.complain(self._damaged)
        self._tell()

    def done(self, result: int) -> None:
        # What has come is kept; whoever asked is gone.
        if self._obtaining is not None:
            self._obtaining.give_up()
        super().done(result)

    def _choose(self) -> None:
        self.complain(self._damaged)
        self._tell()

    def _tell(self) -> None:
        entry = self.chosen
        here = kept(entry) if entry is not None else None
        free = not self.busy
        self.details.show_rows(detail_rows(entry, here) if entry is not None else [])
        self.go.setText(self._use_words if here is not None and self._use is not None else tr("Download"))
        self.go.setEnabled(free and entry is not None and (here is None or self._use is not None))
        self.folder.setEnabled(free and entry is not None and here is None)
        self.add.setEnabled(free)
        self.remove.setVisible(entry is not None and entry.own)
        self.remove.setEnabled(free)
        self.stop.setVisible(self.busy)
        self.list.setEnabled(free)
        self.words.setText(_advice(entry, here) if entry is not None else "")

    def _go(self) -> None:
        entry = self.chosen
        if entry is None:
            return
        here = kept(entry)
        if here is None:
            self._obtain(entry, None)
        elif self._use is not None:
            use = self._use
            self.accept()
            use(here.file)

    def _from_folder(self) -> None:
        entry = self.chosen
        folder = QFileDialog.getExistingDirectory(self, tr("A folder with the file of {0}").format(_title(entry)))
        if folder and entry is not None:
            self._obtain(entry, Path(folder))

    def _obtain(self, entry: CatalogueEntry, source: Path | None) -> None:
        self.complain("")
        self._obtaining = ObtainTask(self, entry, detectors_folder(), source)
        self._obtaining.follows.connect(lambda task: self.progress.follow(task, transfer_words))
        self._obtaining.ended.connect(self._ended)
        self._tell()
        self._obtaining.start()

    def _stop(self) -> None:
        if self._obtaining is not None:
            self.stop.setEnabled(False)
            self._obtaining.cancel()

    def _ended(self, sentence: str) -> None:
        self._obtaining = None
        self.stop.setEnabled(True)
        self.fill()
        self.complain(sentence or self._damaged)
        (self.go if self.go.isEnabled() else self.list).setFocus()

    def _add(self) -> None:
        from boxwright.ui.detectors.add_entry import AddEntryDialog

        dialog = AddEntryDialog(self)
        dialog.added.connect(self.fill)
        dialog.open()

    def _remove(self) -> None:
        if (entry := self.chosen) is None:
            return
        try:
            remove_entry(entry.name)
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self.fill()


class _Details(QWidget):
    """Details of one entry, a row each; texts can be selected and copied."""

    def __init__(self) -> None:
        super().__init__()
        self.form = QFormLayout(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.setVerticalSpacing(3)

    def show_rows(self, rows: list[tuple[str, str]]) -> None:
        while self.form.rowCount():
            self.form.removeRow(0)
        for what, words in rows:
            label = QLabel(what)
            label.setObjectName("quiet")
            self.form.addRow(label, plain_label(words))

    def texts(self) -> dict[str, str]:
        """What is shown, by its label."""
        found = {}
        for row in range(self.form.rowCount()):
            label, field = self.form.itemAt(row, _LABEL), self.form.itemAt(row, _FIELD)
            assert label is not None and field is not None
            what, words = label.widget(), field.widget()
            assert isinstance(what, QLabel) and isinstance(words, QLabel)
            found[what.text()] = words.text()
        return found


_LABEL, _FIELD = QFormLayout.ItemRole.LabelRole, QFormLayout.ItemRole.FieldRole


def _title(entry: CatalogueEntry | None) -> str:
    return entry.title if entry is not None else ""


def _advice(entry: CatalogueEntry, here: KeptDetector | None) -> str:
    if here is not None:
        return tr("It is here, checked and tried.") if here.seconds is not None else tr("It is here, and checked.")
    if come := begun(entry):
        return tr("{0} of it have come; Download goes on from there.").format(size_words(come))
    words = tr("Download asks {0} for this one file, and nobody else. Nothing is sent but the request.")
    return words.format(entry.host)


def _row(entry: CatalogueEntry, here: KeptDetector | None) -> QTreeWidgetItem:
    item = QTreeWidgetItem(row_words(entry, here))
    item.setData(0, NAME_ROLE, entry.name)
    item.setToolTip(0, plain_tip(entry.name))
    return set_right(item, _FIGURES)


def _built_list() -> QTreeWidget:
    return figure_table(tr("Detectors that can be had"), [tr(column) for column in COLUMNS], 1, _FIGURES)


def get_for_project(context: ProjectContext) -> None:
    """Get a detector for the open project: it is then offered to be added."""

    def use(file: Path) -> None:
        from boxwright.ui.detectors.add_detector import AddDetectorDialog

        AddDetectorDialog(context, file).open()

    GetDetectorDialog(context.app.dialog_parent, use, tr("Add to the project…")).open()


def get_detector(app: AppContext) -> None:
    """For the open project where one can be written, else only to keep."""
    context = app.opened
    if context is None or context.workspace.project.read_only or context.task is not None:
        GetDetectorDialog(app.dialog_parent).open()
    else:
        get_for_project(context)
