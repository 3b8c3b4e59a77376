"""Edit which project class stands for which class of the active detector."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.detectors.map_table import MapTable, dropped_words
from boxwright.ui.language.translation import tr
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.shell.main_window import MainWindow


class ClassMapDialog(Sheet):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, tr("Class map of the detector"), tr("Use this map"))
        assert window.workspace is not None and window.workspace.detector is not None
        self._window, self._workspace = window, window.workspace
        self._model = window.workspace.detector
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

        assert self._workspace.writer is not None
        mapping = self.table.mapping()

        def use(project: Project) -> None:
            map_classes(project, self._model, mapping)

        task = BackgroundTask(tr("Class map"), self._workspace)
        task.failed.connect(self.complain)
        task.finished.connect(self._used)
        task.follow(self._workspace.writer.submit(use))

    def _used(self, _result: object) -> None:
        self._workspace.refresh()
        self.accept()
