"""Table of an import's classes: which class of the project each becomes, an old one, a new one, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHeaderView, QTableWidget, QTableWidgetItem

from boxwright.domain.classes import LabelClass
from boxwright.domain.messages import N_
from boxwright.services.importing.preview import ClassPreview
from boxwright.ui.language.translation import tr
from boxwright.ui.look.long_names import NameCombo, name_model, shorten_names
from boxwright.ui.look.tips import plain_tip

LEFT_OUT = N_("— left out —")
_NAME, _BOXES, _BECOMES, _WORDS = range(4)


class ImportClassTable(QTableWidget):
    """Table of classes. A name that is no class of the project can be typed: then it becomes one."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(0, 4)
        self._known: set[str] = set()
        shorten_names(self)
        self.setHorizontalHeaderLabels([tr("Class in the dataset"), tr("Boxes"), tr("Becomes"), ""])
        self.setAccessibleName(tr("What each class of the dataset becomes"))
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        for column in (_NAME, _BECOMES):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
        for column in (_BOXES, _WORDS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)

    def fill(self, classes: Sequence[ClassPreview], project_classes: Sequence[LabelClass]) -> None:
        self._known = {known.name for known in project_classes}
        self.setRowCount(len(classes))
        names = [known.name for known in project_classes]
        self._places = {name: place for place, name in enumerate(names)}
        self._choices = name_model([(name, name) for name in (*names, tr(LEFT_OUT))], self)
        for row, known in enumerate(classes):
            name = QTableWidgetItem(known.name)
            name.setToolTip(plain_tip(known.name))
            self.setItem(row, _NAME, name)
            boxes = QTableWidgetItem(f"{known.boxes:,}")
            boxes.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.setItem(row, _BOXES, boxes)
            self.setItem(row, _WORDS, QTableWidgetItem())
            box = self._choice(known.name)
            # Laid out once, at the end, and not all of them again for each.
            self.scheduleDelayedItemsLayout()
            self.setCellWidget(row, _BECOMES, box)
        self._tell()

    def _choice(self, name: str) -> QComboBox:
        box = NameCombo()
        box.setModel(self._choices)
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.setAccessibleName(tr("Becomes of {0}").format(name))
        box.setCurrentIndex(self._places.get(name, -1))
        box.setEditText(name)
        # What the wheel meets on its way down the table must not change.
        box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        box.wheelEvent = lambda event: event.ignore()  # type: ignore[method-assign]
        box.currentTextChanged.connect(self._tell)
        return box

    def mapping(self) -> dict[str, str]:
        """Name in the dataset -> name in the project, empty where it is left out."""
        result = {}
        for row in range(self.rowCount()):
            item, box = self.item(row, _NAME), self.cellWidget(row, _BECOMES)
            if item is not None and isinstance(box, QComboBox):
                text = box.currentText().strip()
                result[item.text()] = "" if text == tr(LEFT_OUT) else text
        return result

    def _tell(self, _text: str = "") -> None:
        names = list(self.mapping().values())
        often = Counter(names)
        for row, name in enumerate(names):
            words = tr("in the project") if name in self._known else tr("a new class")
            if not name:
                words = tr("left out")
            elif often[name] > 1:
                words = tr("{0}, merged").format(words)
            item, own = self.item(row, _WORDS), self.item(row, _NAME)
            if item is not None and own is not None:
                item.setText(words)
                font = own.font()
                font.setStrikeOut(not name)
                own.setFont(font)
        self.changed.emit()
