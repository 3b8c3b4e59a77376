"""Dialog that adds a detector: what the file is, what it does not say, and which of its classes the project has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QCheckBox, QFormLayout

from boxwright.domain.detector_use import DetectorUse, UseKind
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.model import Model
from boxwright.services.guide.pages import COCO_DETECTOR
from boxwright.ui.detectors.class_names import ClassNamesField, ListOffer, nameless_words
from boxwright.ui.detectors.detector_question import QuestionRow, ReadingsDialog
from boxwright.ui.detectors.use_panel import UsePanel
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.jobs import add_detector, look_into_detector, survey_detector
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.path_field import PathField
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.services.detectors.jobs import DetectorReport
    from boxwright.ui.project.context import ProjectContext


class AddDetectorDialog(Sheet):
    """Dialog that adds a detector. Nothing is stored before the file was opened, run once and its classes are clear."""

    def __init__(self, context: ProjectContext, file: Path | None = None, classes: Sequence[str] = ()) -> None:
        """`file` and the names of its `classes`: what is filled in from the start."""
        super().__init__(context.app.dialog_parent, tr("Add a detector"), tr("Add the detector"))
        self.offer_help(context.app, COCO_DETECTOR)
        self._context, self._workspace = context, context.workspace
        self._inspection: DetectorReport | None = None
        self._task: BackgroundTask | None = None
        self._asked = 0
        self.setMinimumWidth(720)
        self.file = PathField(tr("Detector"), tr("ONNX detectors (*.onnx)"))
        self.progress = ProgressRow()
        self.found = plain_label()
        self.unknown = plain_label()
        self.questions = QuestionRow()
        self._said: dict[str, Any] = {}
        self.classes, self.lists = ClassNamesField(), ListOffer()
        self.panel = UsePanel(self._survey)
        self.table, self.dropped = self.panel.table, self.panel.dropped
        self.yours = plain_label()
        self.activate = QCheckBox(tr("Use it for pre-labels from now on"))
        self.activate.setChecked(True)
        self.form = QFormLayout()
        self.form.addRow(tr("File"), self.file)
        self.form.addRow(tr("Its classes"), self.classes)
        self.body.addLayout(self.form)
        asked = (self.progress, self.found, self.unknown, self.lists, self.questions)
        for widget in (*asked, self.yours):
            self.body.addWidget(widget)
        self.body.addWidget(self.panel, 1)
        self.body.addWidget(self.activate)
        self.file.changed.connect(lambda _: self._begin())
        self.questions.asked.connect(self._ask)
        self.classes.said.connect(self._inspect)
        self.lists.chosen.connect(self.classes.say)
        self.panel.troubled.connect(self.complain)
        self.panel.choice.changed.connect(self._tell_active)
        self.go.clicked.connect(self._add)
        self._show(None)
        self.begin_at(self.file.edit)
        self.classes.edit.setText(", ".join(classes))
        self.file.path = file

    def done(self, result: int) -> None:
        # What is still being looked into or tried has nobody left to tell.
        self._asked += 1
        self.panel.cancel()
        if self._task is not None and not self._task.ended:
            self._task.cancel()
        super().done(result)

    def _begin(self) -> None:
        """Another file: what was said of the last one is not true of it."""
        self._said = {}
        self._inspect()

    def _ask(self, point: str) -> None:
        path = self.file.path
        if path is None:
            return
        folder = self._workspace.project.folder
        try:
            said = self._told()
        except BoxwrightError:
            said = self._said
        ReadingsDialog(self, folder, path, said, point, self._answer).open()

    def _answer(self, said: Mapping[str, Any]) -> None:
        from boxwright.inference.cards import merged

        self._said = merged(self._said, said)
        self._inspect()

    def _inspect(self) -> None:
        path = self.file.path
        self._asked += 1
        number = self._asked
        self._show(None)
        if path is None:
            return
        try:
            task = look_into_detector(path, self._told(), self._workspace.project.folder)
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self._follow(task)
        task.finished.connect(lambda inspection: self._show(inspection) if number == self._asked else None)
        task.failed.connect(lambda sentence: self.complain(sentence) if number == self._asked else None)

    def _follow(self, task: BackgroundTask) -> None:
        if self._task is not None and not self._task.ended:
            self._task.cancel()
        task.setParent(self._workspace)
        self._task = task
        self.progress.follow(task)

    def _show(self, inspection: DetectorReport | None) -> None:
        self._inspection = inspection
        card = inspection.card if inspection else None
        usable = inspection is not None and not inspection.problem
        self.lists.offer(inspection)
        if inspection and inspection.nameless:
            self.complain(nameless_words(inspection))
        else:
            self.complain(inspection.problem if inspection else "")
        self.found.setText(found_words(inspection) if inspection else "")
        unknown = inspection.unknown if inspection else ()
        self.unknown.setText(
            tr("The file does not say: {0}.").format(", ".join(map(translate, unknown))) if unknown else ""
        )
        self.unknown.setVisible(bool(unknown))
        self.questions.show_points(unknown)
        self.go.setEnabled(usable)
        names = card.classes if card and usable else ()
        self.activate.setVisible(bool(names))
        self._show_classes(names)
        self.adjustSize()

    def _show_classes(self, names: Sequence[str]) -> None:
        from boxwright.domain.class_lists import named
        from boxwright.services.detectors.registry import matched_classes

        classes = self._workspace.model.classes
        self.panel.setVisible(bool(names and classes))
        self.yours.setVisible(bool(names))
        if names and not classes:
            self.yours.setText(tr("The project has no classes yet and takes those of the detector."))
        elif names:
            matched, count = matched_classes(names, classes), len(named(tuple(names)))
            self.yours.setText(tr("{0} of its {1} classes are yours.").format(len(matched), count))
            self.panel.fill(names, classes, matched, DetectorUse(), with_uses=len(matched) < count)
            if not matched:
                self.panel.survey()

    def _survey(self) -> BackgroundTask:
        path = self.file.path
        assert path is not None
        return survey_detector(self._workspace.project.folder, path, self._told())

    def _told(self) -> dict[str, Any]:
        """What is said of the file. Raises FormatError for names in a file that cannot be read."""
        names = self.classes.names()
        return {**self._said, **({"classes": names} if names else {})}

    def _tell_active(self) -> None:
        self.activate.setEnabled(self.panel.use.kind is not UseKind.BASE)

    def _add(self) -> None:
        path = self.file.path
        if path is None:
            return
        activate = self.activate.isChecked()
        use = self.panel.use
        by_name = use.kind is UseKind.NAMES
        mapping = self.table.mapping() if self._workspace.model.classes and by_name else None
        self.panel.cancel()
        try:
            names = self.classes.names()
            task = add_detector(self._workspace, path, names, mapping, activate, self._said, None if by_name else use)
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self.go.setEnabled(False)
        self._follow(task)
        task.finished.connect(self._added)
        task.failed.connect(self._refused)

    def _refused(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self.complain(sentence)

    def _added(self, model: Model) -> None:
        self._workspace.refresh()
        self.accept()
        self._context.app.say(tr("The detector “{0}” is added. Pre-label the pool next.").format(model.name))
        if model.active:
            from boxwright.ui.detectors.prelabel import PrelabelDialog

            PrelabelDialog(self._context, model).open()


def found_words(inspection: DetectorReport) -> str:
    """What was recognised, how surely and why."""
    if not inspection.guesses or inspection.card is None:
        return ""
    best, card = inspection.guesses[0], inspection.card
    size = f"{card.input.width} × {card.input.height}"
    classes = tr("{0} classes").format(inspection.class_count) if inspection.class_count else tr("classes not told")
    colours = f"{card.input.channels.upper()}, {card.input.resize}"
    why = "; ".join(map(translate, best.reasons))
    return tr("Recognised as {0} ({1:.0%} sure): {2}.\nInput {3}, {4}; {5}.").format(
        best.layout, best.confidence, why, size, colours, classes
    )
