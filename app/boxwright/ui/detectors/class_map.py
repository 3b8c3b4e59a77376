"""Dialog of the active detector's class map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.detectors.map_table import MapTable, dropped_words
from boxwright.ui.language.translation import tr
from boxwright.ui.project.project_op import ProjectOp
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
        self.resize(520, 440)
        self.table = MapTable()
        self.words = plain_label(quiet=True)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(self.words)
        self.body.addWidget(
            plain_label(tr("It holds for the next pre-labelling; labels stay as they are."), quiet=True)
        )
        self.table.changed.connect(self._tell)
        self.table.fill(self._model.card.classes, self._workspace.model.classes, self._model.class_map)
        self.go.clicked.connect(self._use)

    def _tell(self) -> None:
        self.words.setText(dropped_words(self.table.dropped, len(self._model.card.classes)))

    def _use(self) -> None:
        from boxwright.services.detectors.registry import map_classes

        mapping = self.table.mapping()

        def use(project: Project) -> None:
            map_classes(project, self._model, mapping)

        ProjectOp(self._workspace, tr("Class map"), use).success(self._used).failure(self.complain).start()

    def _used(self, _result: object) -> None:
        self._workspace.refresh()
        self.accept()
