"""Dialog that exports the labelled set in a format that a training program reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QComboBox, QDialogButtonBox, QFormLayout

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.image import Split
from boxwright.domain.messages import N_
from boxwright.services.guide.pages import FORMATS
from boxwright.ui.exchange.export_words import count_words, format_words, result_words, room_words
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.choice_button import ChoiceButton
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.path_field import PathField
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.services.exporting.plan import ExportResult
    from boxwright.services.exporting.preview import ExportPreview
    from boxwright.services.exporting.request import ExportRequest
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext

IMAGE_MODES = {"copy": N_("Copy the images"), "link": N_("Link to the images"), "none": N_("Labels only")}
# A person clicks through several choices at a time.
_SETTLED_MS = 150


class _Choices(NamedTuple):
    """What there is to choose from: (text, data) of each."""

    splits: list[tuple[str, object]]
    classes: list[tuple[str, object]]
    batches: list[tuple[str, object]]
    tags: list[tuple[str, object]]
    annotators: list[tuple[str, object]]


class ExportDialog(Sheet):
    """Dialog that exports."""

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Export"), tr("Export"))
        self.offer_help(context.app, FORMATS, "export")
        from boxwright.formats.registry import formats

        self._context, self._workspace = context, context.workspace
        self._task: BackgroundTask | None = None
        self._typed = False
        self._asked = 0
        self.seen: ExportPreview | None = None
        self.setMinimumWidth(620)
        self.format = QComboBox()
        for known in (each for each in formats() if each.capabilities.writes):
            self.format.addItem(translate(known.title), known.name)
        self.keeps = plain_label(quiet=True)
        self.keeps.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self.keeps.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.out = PathField(tr("Folder of the export"))
        self.update_there = QCheckBox(tr("Add what is new to the export that is there"))
        self.outside = QCheckBox(tr("Take images from outside the image folders too"))
        self.images = QComboBox()
        for name, words in IMAGE_MODES.items():
            self.images.addItem(tr(words), name)
        self.begun = QCheckBox(tr("Begun images as well, with the boxes they have"))
        self.everything = QCheckBox(tr("Unlabelled images as well, without boxes"))
        self.choices = {
            "splits": ChoiceButton(tr("Splits"), tr("All splits")),
            "classes": ChoiceButton(tr("Classes"), tr("All classes")),
            "batches": ChoiceButton(tr("Batches"), tr("All images, of any batch or none")),
            "tags": ChoiceButton(tr("Tags"), tr("All images, with any tags or none")),
            "annotators": ChoiceButton(tr("Annotators"), tr("All annotators")),
        }
        self.count = plain_label()
        self.losses = plain_label()
        self.losses.setObjectName("losses")
        self.room = plain_label(quiet=True)
        self.progress = ProgressRow()
        self.summary = plain_label()
        self._settle = QTimer(self, singleShot=True, interval=_SETTLED_MS)
        self._lay_out()
        self._connect()
        self._suggest()
        self._workspace.reader.ask(_choices, self._offer, self)

    def _lay_out(self) -> None:
        self.form = QFormLayout()
        self.form.addRow(tr("Format"), self.format)
        self.form.addRow("", self.keeps)
        self.form.addRow(tr("Into"), self.out)
        self.form.addRow("", self.update_there)
        self.form.addRow(tr("Images"), self.images)
        self.form.addRow("", self.begun)
        self.form.addRow("", self.everything)
        for button in self.choices.values():
            self.form.addRow(button.accessibleName(), button)
            self.form.setRowVisible(button, False)
        self.form.addRow("", self.outside)
        self.form.setRowVisible(self.update_there, False)
        self.form.setRowVisible(self.outside, False)
        self.form.setRowVisible(self.begun, False)
        self.body.addLayout(self.form)
        for widget in (self.count, self.losses, self.room, self.progress, self.summary):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        for label in (self.losses, self.room, self.summary):
            label.hide()

    def _connect(self) -> None:
        self.format.currentIndexChanged.connect(self._suggest)
        self.out.edit.textEdited.connect(self._edited)
        self.out.changed.connect(lambda _: self._settle.start())
        self.images.currentIndexChanged.connect(lambda _: self._settle.start())
        for box in (self.begun, self.everything):
            box.toggled.connect(lambda _: self._settle.start())
        # Who takes all images takes those that are begun.
        self.everything.toggled.connect(self.begun.setDisabled)
        for button in self.choices.values():
            button.changed.connect(self._settle.start)
        self._settle.timeout.connect(self._preview)
        self.go.clicked.connect(self._start)
        self.rejected.connect(self._stop)

    def done(self, result: int) -> None:
        # What is still being counted has nobody left to tell.
        self._asked += 1
        self._settle.stop()
        super().done(result)

    def _edited(self, _text: str) -> None:
        self._typed = True

    def _suggest(self, _index: int = 0) -> None:
        from boxwright.formats.registry import by_name

        name = str(self.format.currentData())
        self.keeps.setText(format_words(by_name(name).capabilities))
        if not self._typed:
            self.out.path = self._workspace.project.folder / "exports" / name
        self._settle.start()

    def _offer(self, found: _Choices) -> None:
        for name, items in found._asdict().items():
            self.choices[name].fill(items)
            # One of a kind is no choice.
            self.form.setRowVisible(self.choices[name], len(items) > (0 if name in ("tags", "batches") else 1))

    def _request(self) -> ExportRequest | None:
        from boxwright.domain.image_filter import ImageFilter
        from boxwright.formats.staging import ImageMode
        from boxwright.services.exporting.request import ExportRequest

        out = self.out.path
        if out is None:
            return None
        chosen: dict[str, Any] = {name: button.chosen for name, button in self.choices.items()}
        chosen["class_ids"] = chosen.pop("classes")
        return ExportRequest(
            out,
            str(self.format.currentData()),
            ImageMode(str(self.images.currentData())),
            ImageFilter(unlabeled=self.everything.isChecked(), begun=self.begun.isChecked(), **chosen),
            self.update_there.isVisibleTo(self) and self.update_there.isChecked(),
            self.outside.isVisibleTo(self) and self.outside.isChecked(),
        )

    def _preview(self) -> None:
        from boxwright.services.exporting.preview import preview_export

        request = self._request()
        self._asked += 1
        number = self._asked
        if request is None or self._task is not None:
            return
        self._workspace.reader.ask(
            lambda project: preview_export(project, request),
            lambda seen: self._show(seen) if number == self._asked else None,
            self,
        )

    def _show(self, seen: ExportPreview) -> None:
        if self._task is not None:
            return
        self.seen = seen
        self.count.setText(count_words(seen))
        self.losses.setText("\n".join(map(translate, seen.losses)))
        self.losses.setVisible(bool(seen.losses))
        self.room.setText(room_words(seen))
        self.room.setVisible(bool(seen.needed))
        self.form.setRowVisible(self.begun, bool(seen.begun) or self.begun.isChecked())
        self.form.setRowVisible(self.update_there, seen.there == self.format.currentData())
        self.go.setEnabled(not seen.nothing)
        self.complain(
            "" if seen.fits else tr("There is no room for the copies; link the images or choose another disk.")
        )

    def _start(self) -> None:
        from boxwright.ui.project.jobs import export

        request = self._request()
        if request is None:
            self.complain(tr("Choose a folder for the export."))
            return
        self.complain("")
        self.go.setEnabled(False)
        if not self._workspace.flush():
            self.go.setEnabled(True)
            self.complain(tr("The last edits are not saved yet, so an export would miss them; make room on the disk."))
            return
        try:
            self._task = export(self._workspace.project, request)
        except BoxwrightError as error:
            self._refused(error.message)
            return
        self._task.setParent(self._workspace)
        self.progress.follow(self._task)
        self._task.finished.connect(self._exported)
        self._task.failed.connect(self._refused)

    def _refused(self, sentence: str) -> None:
        self._task = None
        self.go.setEnabled(True)
        # The option stands in the sentence of every language.
        if "--outside" in sentence:
            self.form.setRowVisible(self.outside, True)
        self.complain(sentence)

    def _exported(self, result: ExportResult) -> None:
        self._task = None
        self._settle.stop()
        self._asked += 1
        self.summary.setText(result_words(result))
        self.summary.show()
        for label in (self.count, self.losses, self.room):
            label.hide()
        for row in range(self.form.rowCount()):
            self.form.setRowVisible(row, False)
        self.only_close()
        folder = self.buttons.addButton(tr("Open the folder"), QDialogButtonBox.ButtonRole.ActionRole)
        folder.setAutoDefault(False)
        folder.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(result.out)))
        self.adjustSize()

    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()


def _choices(project: Project) -> _Choices:
    from boxwright.services.batches.rounds import batches_by_round

    rounds = {batch: number for number, drawn in batches_by_round(project).items() for batch in drawn}
    return _Choices(
        splits=[(tr(str(split)), split) for split in Split],
        classes=[(known.name, known.id) for known in project.classes.all()],
        batches=[
            (tr("Round {0}, batch {1}, {2}").format(rounds[b], b, drawn[:10]), b)
            for b, drawn in project.batches.times().items()
        ],
        tags=[(f"{name} ({count:,})", name) for name, count in project.labels.tags().items()],
        annotators=[(name or tr("not known"), name) for name in project.selection.annotators()],
    )
