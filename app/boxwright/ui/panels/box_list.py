"""List of the image's boxes: class, score, and where each came from."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    Qt,
)
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView

from boxwright.domain.annotation import Annotation
from boxwright.domain.changes import Changes
from boxwright.domain.messages import N_
from boxwright.domain.prediction import Prediction
from boxwright.ui.labelling.box_keys import Key, annotation_key, item_of
from boxwright.ui.labelling.mark_words import flags_text, marks_text, value_text
from boxwright.ui.labelling.provenance import provenance
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.look.long_names import shorten_names
from boxwright.ui.look.tips import plain_tip

Index = QModelIndex | QPersistentModelIndex
_SHOWN = Changes.BOXES | Changes.PREDICTIONS | Changes.IMAGE | Changes.CLASSES


def swatch(color: str, dashed: bool = False) -> QIcon:
    """A filled square for what a person confirmed, a dashed outline for a pre-label."""
    picture = QPixmap(14, 14)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    pen = QPen(QColor(color), 2, Qt.PenStyle.CustomDashLine if dashed else Qt.PenStyle.SolidLine)
    if dashed:
        pen.setDashPattern([1.5, 1.2])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush if dashed else QBrush(QColor(color)))
    painter.drawRect(QRectF(2, 2, 10, 10))
    painter.end()
    return QIcon(picture)


class BoxTable(QAbstractTableModel):
    """Qt model of the image's boxes."""

    COLUMNS = ("Class", "Score", N_("Origin"))

    def __init__(self, model: SessionModel) -> None:
        super().__init__(model)
        self._model = model
        self.keys: list[Key] = []
        model.changed.connect(self._changed)
        self._changed(Changes.IMAGE)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.keys)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(self.COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(N_("Doubt") if section == 1 and self._model.by_doubt else self.COLUMNS[section])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        key = self.keys[index.row()]
        item = item_of(self._model.labels, key)
        name, color = class_look(self._model, item.class_id)
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(item, name, index.column())
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return swatch(color, dashed=isinstance(item, Prediction))
        if role == Qt.ItemDataRole.ToolTipRole:
            words = name, marks_text(item), provenance(item, self._model)
            return plain_tip("\n".join(line for line in words if line))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() == 1:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None

    def _text(self, item: Any, name: str, column: int) -> str:
        if column == 0:
            return name + self._marks(item)
        if column == 1:
            if not isinstance(item, Prediction):
                return ""
            return f"{self._model.uncertainty_of(item.id) if self._model.by_doubt else item.score:.2f}"
        return tr("pre-label") if isinstance(item, Prediction) else tr(str(item.origin))

    def _marks(self, item: Any) -> str:
        marks = [flags_text(item)]
        if isinstance(item, Annotation):
            marks += [f"{key}: {value_text(value)}" for key, value in sorted(item.attributes.items())]
            marks += [tr("locked")] if self._model.is_locked(annotation_key(item.uid)) else []
        return "".join(f" · {mark}" for mark in marks if mark)

    def _changed(self, changes: Changes) -> None:
        if not changes & _SHOWN:
            return
        keys = self._ordered()
        if keys == self.keys and Changes.IMAGE not in changes:
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 1, 1)
            if keys:
                self.dataChanged.emit(self.index(0, 0), self.index(len(keys) - 1, len(self.COLUMNS) - 1))
            return
        self.beginResetModel()
        self.keys = keys
        self.endResetModel()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 1, 1)

    def _ordered(self) -> list[Key]:
        """As drawn, or the most doubtful pre-label first and what a person confirmed last."""
        keys = self._model.visible_keys()
        if not self._model.by_doubt:
            return keys
        return sorted(keys, key=lambda key: -self._model.uncertainty_of(key[1]) if key[0] == "prediction" else 1.0)


class BoxList(QTreeView):
    """List of boxes. Shows and sets the selection of the session."""

    def __init__(self, model: SessionModel) -> None:
        super().__init__()
        self._session = model
        self._telling = False
        self.table = BoxTable(model)
        self.setModel(self.table)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        shorten_names(self)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        header.resizeSection(1, 48)
        header.resizeSection(2, 74)
        self.selectionModel().selectionChanged.connect(self._chosen)
        model.selection_changed.connect(self._follow)
        self.table.modelReset.connect(self._follow)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Boxes of this image"))
        self.table.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(BoxTable.COLUMNS) - 1)
        self.viewport().update()

    def _chosen(self, _new: QItemSelection, _old: QItemSelection) -> None:
        if self._telling:
            return
        rows = sorted({index.row() for index in self.selectionModel().selectedIndexes()})
        self._session.select([self.table.keys[row] for row in rows])

    def _follow(self) -> None:
        chosen = set(self._session.selection)
        rows = [row for row, key in enumerate(self.table.keys) if key in chosen]
        selection = QItemSelection()
        last_column = BoxTable.columnCount(self.table) - 1
        for first, last in _runs(rows):  # a row at a time takes a second for some thousands
            selection.select(self.table.index(first, 0), self.table.index(last, last_column))
        self._telling = True
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        self._telling = False
        if rows:
            self.scrollTo(self.table.index(rows[-1], 0))


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """First and last of each row of numbers that follow one another."""
    runs: list[tuple[int, int]] = []
    for row in rows:
        first = runs.pop()[0] if runs and runs[-1][1] == row - 1 else row
        runs.append((first, row))
    return runs


def class_look(model: SessionModel, class_id: int) -> tuple[str, str]:
    """Name and colour of a class."""
    found = model.class_named(class_id)
    return (found.name, found.color) if found else (tr("class {0}").format(class_id), "#8a929d")
