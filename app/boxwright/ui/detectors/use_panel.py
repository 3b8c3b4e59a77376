"""Panel of what a detector's classes become: its uses, the map with a search, and what it finds on some images."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from boxwright.domain.classes import LabelClass
from boxwright.domain.detector_use import DetectorUse, UseKind
from boxwright.domain.errors import BoxwrightError
from boxwright.ui.detectors.map_table import MapTable, dropped_words
from boxwright.ui.detectors.use_choice import UseChoice
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import plain_label
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.services.detectors.survey import DetectorSurvey


class UsePanel(QWidget):
    """Panel of a detector's use. `start` begins a survey; `troubled` carries why there is none."""

    troubled = Signal(str)

    def __init__(self, start: Callable[[], BackgroundTask]) -> None:
        super().__init__()
        self._start = start
        self._task: BackgroundTask | None = None
        self._names: tuple[str, ...] = ()
        self._classes: list[LabelClass] = []
        self.found: DetectorSurvey | None = None
        self.choice, self.table, self.progress = UseChoice(), MapTable(), ProgressRow()
        self.dropped, self.looked = plain_label(quiet=True), plain_label(quiet=True)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search its classes"))
        self.search.setAccessibleName(tr("Search its classes"))
        self.search.setClearButtonEnabled(True)
        self.count, self.stop = QPushButton(tr("Count what it finds")), QPushButton(tr("Stop"))
        for button in (self.count, self.stop):
            button.setAutoDefault(False)
        self.stop.hide()
        self._lay_out()
        self.choice.changed.connect(self._tell)
        self.table.changed.connect(self._tell)
        self.search.textChanged.connect(self.table.show_only)
        self.count.clicked.connect(self.survey)
        self.stop.clicked.connect(self.cancel)

    def _lay_out(self) -> None:
        column, row = QVBoxLayout(self), QHBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.search, 1)
        row.addWidget(self.count)
        row.addWidget(self.stop)
        column.addWidget(self.choice)
        column.addLayout(row)
        column.addWidget(self.progress)
        column.addWidget(self.looked)
        column.addWidget(self.table, 1)
        column.addWidget(self.dropped)

    @property
    def use(self) -> DetectorUse:
        return self.choice.use

    def fill(
        self,
        names: Sequence[str],
        classes: Sequence[LabelClass],
        class_map: Mapping[int, int],
        use: DetectorUse,
        with_uses: bool = True,
    ) -> None:
        """`class_map`: index into `names` -> project class id. `with_uses`: other uses than by name are shown."""
        self.cancel()
        self._names, self._classes, self.found = tuple(names), list(classes), None
        self.choice.fill(classes, use)
        self.choice.setVisible(with_uses)
        self.search.clear()
        self.table.fill(names, classes, class_map)
        self._tell()

    def survey(self) -> None:
        """Look at some images beside the window."""
        self.cancel()
        try:
            task = self._start()
        except BoxwrightError as error:
            self.troubled.emit(error.message)
            return
        task.setParent(self)
        self._task = task
        self.count.hide()
        self.stop.show()
        self.progress.follow(task)
        task.finished.connect(self._surveyed)
        task.failed.connect(self.troubled)
        for signal in (task.finished, task.failed, task.stopped):
            signal.connect(self._ended)

    def cancel(self) -> None:
        if self._task is not None and not self._task.ended:
            self._task.cancel()

    def _ended(self, *_: object) -> None:
        self.stop.hide()
        self.count.show()

    def _surveyed(self, found: DetectorSurvey) -> None:
        from boxwright.services.detectors.survey import looked_words

        self.found = found
        self.looked.setText(translate(looked_words(found)))
        counts = {f.label: tr("{0:,} on {1:,} images").format(f.boxes, f.images) for f in found.found}
        names = {c.id: c.name for c in self._classes}
        for label in counts:
            if (on := found.lies_on(label)) is not None and on[0] in names:
                counts[label] = tr("{0}, mostly on {1}").format(counts[label], names[on[0]])
        self.table.fill(self._names, self._classes, self.table.class_map(), counts)
        self.table.show_only(self.search.text())
        self._tell()

    def _tell(self) -> None:
        by_name = self.use.kind is UseKind.NAMES
        self.table.setEnabled(by_name)
        self.dropped.setText(dropped_words(self.table.dropped, self.table.rowCount()) if by_name else "")
        self.choice.tell(self.found, self.table.class_map())
        self.looked.setVisible(bool(self.looked.text()) and self.found is not None)
