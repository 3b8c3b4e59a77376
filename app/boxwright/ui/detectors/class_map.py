"""Dialog of the active detector's class map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.domain.detector_use import DetectorUse, UseKind
from boxwright.ui.detectors.use_panel import UsePanel
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.jobs import survey_detector
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.domain.model import Model
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext


class ClassMapDialog(Sheet):
    """Dialog of a class map."""

    def __init__(self, context: ProjectContext, detector: Model) -> None:
        super().__init__(context.app.dialog_parent, tr("Class map of the detector"), tr("Use this map"))
        self._workspace, self._model = context.workspace, detector
        self._context = context
        self.resize(820, 600)
        self.panel = UsePanel(self._survey)
        self.panel.setEnabled(False)
        self.table, self.words = self.panel.table, self.panel.dropped
        self.body.addWidget(self.panel, 1)
        self.body.addWidget(
            plain_label(tr("It holds for the next pre-labelling; labels stay as they are."), quiet=True)
        )
        self.panel.troubled.connect(self.complain)
        self.go.clicked.connect(self._use)
        self.go.setEnabled(False)

        def read(project: Project) -> DetectorUse:
            from boxwright.services.detectors.use import use_of

            return use_of(project, detector)

        self._workspace.reader.ask(read, self._fill, self)

    def _fill(self, use: DetectorUse) -> None:
        from boxwright.services.detectors.registry import matched_classes

        names, classes = self._model.card.classes, self._workspace.model.classes
        by_name = use.kind is UseKind.NAMES
        self.panel.fill(names, classes, self._model.class_map if by_name else matched_classes(names, classes), use)
        self.panel.setEnabled(True)
        self.go.setEnabled(True)

    def _survey(self) -> BackgroundTask:
        return survey_detector(self._workspace.project.folder, self._model.id, {})

    def done(self, result: int) -> None:
        self.panel.cancel()
        super().done(result)

    def _use(self) -> None:
        mapping, chosen = self.table.mapping(), self.panel.use

        def use(project: Project) -> str:
            from boxwright.services.detectors.registry import map_classes
            from boxwright.services.detectors.use import set_use, told

            model = set_use(project, self._model, chosen)
            if chosen.kind is UseKind.NAMES:
                model = map_classes(project, model, mapping)
            return told(model, chosen)

        ProjectOp(self._workspace, tr("Class map"), use).success(self._used).failure(self.complain).start()

    def _used(self, words: str) -> None:
        self._workspace.refresh()
        self._context.app.say(translate(words))
        self.accept()
