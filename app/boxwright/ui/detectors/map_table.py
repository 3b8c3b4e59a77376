"""Table of a class map; what is dropped is plain to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHeaderView, QTableWidget, QTableWidgetItem

from boxwright.domain.classes import LabelClass
from boxwright.domain.messages import N_
from boxwright.ui.language.translation import tr
from boxwright.ui.look.long_names import NameCombo, name_model, shorten_names
from boxwright.ui.look.tips import plain_tip

DROPPED = N_("— dropped —")


class MapTable(QTableWidget):
    """Table with a class of the project for each class of a detector."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__(0, 2)
        self.setHorizontalHeaderLabels([tr("Class of the detector"), tr("Class of the project")])
        self.setAccessibleName(tr("What each class of the detector becomes"))
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.setMinimumHeight(150)
        shorten_names(self)
        # Tab goes from choice to choice; between them there is nothing to do in the table.
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setTabKeyNavigation(False)

    def fill(self, names: Sequence[str], classes: Sequence[LabelClass], class_map: Mapping[int, int]) -> None:
        """`class_map`: index into `names` -> project class id; what is missing is dropped."""
        self.setRowCount(len(names))
        choices = name_model([(tr(DROPPED), ""), *((c.name, c.name) for c in classes)], self)
        places = {label_class.id: place for place, label_class in enumerate(classes, start=1)}
        for row, name in enumerate(names):
            item = QTableWidgetItem(name)
            item.setToolTip(plain_tip(name))
            self.setItem(row, 0, item)
            box = NameCombo()
            box.setModel(choices)
            box.setAccessibleName(tr("{0} becomes").format(name))
            box.setCurrentIndex(places.get(class_map.get(row, 0), 0))
            box.currentIndexChanged.connect(self._changed)
            # Laid out once, at the end, and not all of them again for each.
            self.scheduleDelayedItemsLayout()
            self.setCellWidget(row, 1, box)
        self._changed()

    def mapping(self) -> dict[str, str]:
        """Detector class name -> project class name, empty where it is dropped."""
        result = {}
        for row in range(self.rowCount()):
            item, box = self.item(row, 0), self.cellWidget(row, 1)
            if item is not None and isinstance(box, QComboBox):
                result[item.text()] = str(box.currentData())
        return result

    @property
    def dropped(self) -> list[str]:
        return [name for name, project_class in self.mapping().items() if not project_class]

    def _changed(self, _index: int = 0) -> None:
        for row in range(self.rowCount()):
            item, box = self.item(row, 0), self.cellWidget(row, 1)
            if item is not None and isinstance(box, QComboBox):
                font = item.font()
                font.setStrikeOut(not box.currentData())
                item.setFont(font)
        self.changed.emit()


def dropped_words(dropped: Sequence[str], total: int) -> str:
    """One sentence about the boxes that will not appear."""
    if not dropped:
        return tr("Every class of the detector has a class in the project.")
    if len(dropped) == total:
        return tr(
            "No class of the detector has a class in the project, so no pre-label would appear: choose some above."
        )
    some = ", ".join(dropped[:6]) + ("…" if len(dropped) > 6 else "")
    return tr("Boxes of {0} of {1} classes are dropped: {2}.").format(len(dropped), total, some)
