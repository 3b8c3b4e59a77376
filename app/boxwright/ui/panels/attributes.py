"""Dialog of the attributes of selected boxes: names and values besides the class."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QHeaderView, QPushButton, QTableWidget, QTableWidgetItem, QWidget

from boxwright.domain.marks import Attributes, AttributeValue
from boxwright.domain.messages import N_
from boxwright.ui.labelling import mark_commands
from boxwright.ui.labelling.commands import as_annotation, selected_items
from boxwright.ui.labelling.mark_words import value_of, value_text
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import Sheet, plain_label

DIFFERENT = N_("(different)")


class AttributesDialog(Sheet):
    """Dialog of attributes. Boxes with different values show that, and keep theirs unless another is typed."""

    def __init__(self, parent: QWidget, model: SessionModel) -> None:
        super().__init__(parent, tr("Attributes"), tr("Set"))
        self._model = model
        self.resize(420, 360)
        self.body.addWidget(
            plain_label(tr("A value may be a text, a number, yes or no. Without a value it is taken away."))
        )
        self._before = _common([as_annotation(item).attributes for _, item in selected_items(model)])
        self.table = QTableWidget(0, 2)
        self.table.setHorizontalHeaderLabels([tr("Name"), tr("Value")])
        self.table.setAccessibleName(tr("Attributes of the selected boxes"))
        self.table.verticalHeader().hide()
        self.table.setTabKeyNavigation(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for name, value in sorted(self._before.items()):
            self._add_row(name, tr(DIFFERENT) if value is None else value_text(value), fixed=True)
        for name in sorted(_known_names(model) - self._before.keys()):
            self._add_row(name, "", fixed=True)
        self.body.addWidget(self.table, 1)
        more = QPushButton(tr("Another attribute"))
        more.setAutoDefault(False)
        more.clicked.connect(self._another)
        row = QHBoxLayout()
        row.addWidget(more)
        row.addStretch(1)
        self.body.addLayout(row)
        self.go.clicked.connect(self._set)
        if not self.table.rowCount():
            self._add_row("", "", fixed=False)
        self.table.setCurrentCell(0, 1 if self._text(0, 0) else 0)
        self.begin_at(self.table)

    def _add_row(self, name: str, value: str, fixed: bool) -> None:
        row = self.table.rowCount()
        self.table.insertRow(row)
        cells = QTableWidgetItem(name), QTableWidgetItem(value)
        if fixed:
            cells[0].setFlags(cells[0].flags() & ~Qt.ItemFlag.ItemIsEditable)
        for column, cell in enumerate(cells):
            self.table.setItem(row, column, cell)

    def _text(self, row: int, column: int) -> str:
        cell = self.table.item(row, column)
        return cell.text().strip() if cell else ""

    def _another(self) -> None:
        self._add_row("", "", fixed=False)
        self.table.setCurrentCell(self.table.rowCount() - 1, 0)
        self.table.setFocus()
        self.table.edit(self.table.currentIndex())

    def _set(self) -> None:
        changes: dict[str, AttributeValue | None] = {}
        for row in range(self.table.rowCount()):
            name, value = self._text(row, 0), self._text(row, 1)
            if not name:
                if value:
                    self.complain(tr("“{0}” has no name: type one before it.").format(value))
                    return
                continue
            if value == tr(DIFFERENT) and name in self._before:
                continue
            changes[name] = value_of(value) if value else None
        self.accept()
        mark_commands.set_attributes(self._model, changes)


def _common(many: list[Attributes]) -> dict[str, AttributeValue | None]:
    """Every name that one of the boxes has; None where they do not agree."""
    names = {name for attributes in many for name in attributes}
    first = {name: next(a[name] for a in many if name in a) for name in names}
    return {name: first[name] if all(a.get(name) == first[name] for a in many) else None for name in names}


def _known_names(model: SessionModel) -> set[str]:
    """The attributes that boxes of this image and the one before have."""
    images = [labels for labels in (model.labels, model.previous_labels) if labels is not None]
    return {name for labels in images for a in labels.annotations.values() for name in a.attributes}
