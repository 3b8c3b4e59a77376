"""Table of a class map; what is dropped is plain to see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHeaderView, QTableWidget, QTableWidgetItem

from boxwright.domain.class_lists import is_gap
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
        super().__init__(0, 3)
        self._labels: list[int] = []
        self._ids: list[int] = []
        self.setHorizontalHeaderLabels([tr("Class of the detector"), tr("Class of the project"), tr("Found")])
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

    def fill(
        self,
        names: Sequence[str],
        classes: Sequence[LabelClass],
        class_map: Mapping[int, int],
        found: Mapping[int, str] | None = None,
    ) -> None:
        """`class_map`: index into `names` -> project class id; what is missing is dropped. `found`: index -> how often
        it was found, the most first; those come before the others. Numbers without a class are left out."""
        order = [*(found or {}), *(i for i in range(len(names)) if i not in (found or {}))]
        self._labels = [i for i in order if i < len(names) and not is_gap(names[i])]
        self._ids = [c.id for c in classes]
        self.setColumnHidden(2, found is None)
        for row in range(self.rowCount()):
            # Qt only deletes what stood there when it comes to it, and until then it is seen.
            if (before := self.cellWidget(row, 1)) is not None:
                before.hide()
        self.setRowCount(len(self._labels))
        choices = name_model([(tr(DROPPED), ""), *((c.name, c.name) for c in classes)], self)
        places = {label_class.id: place for place, label_class in enumerate(classes, start=1)}
        for row, label in enumerate(self._labels):
            name = names[label]
            item = QTableWidgetItem(name)
            item.setToolTip(plain_tip(name))
            self.setItem(row, 0, item)
            often = QTableWidgetItem((found or {}).get(label, "–"))
            often.setToolTip(plain_tip(often.text()))
            self.setItem(row, 2, often)
            box = NameCombo()
            box.setModel(choices)
            box.setAccessibleName(tr("{0} becomes").format(name))
            box.setCurrentIndex(places.get(class_map.get(label, 0), 0))
            box.currentIndexChanged.connect(self._changed)
            # Laid out once, at the end, and not all of them again for each.
            self.scheduleDelayedItemsLayout()
            self.setCellWidget(row, 1, box)
        self._changed()

    def show_only(self, text: str) -> None:
        """Rows with `text` in the name of either class; all for none."""
        wanted = text.strip().casefold()
        for row in range(self.rowCount()):
            item, box = self.item(row, 0), self.cellWidget(row, 1)
            here = item.text().casefold() if item is not None else ""
            ours = str(box.currentData()).casefold() if isinstance(box, QComboBox) else ""
            self.setRowHidden(row, wanted not in here and wanted not in ours)

    def class_map(self) -> dict[int, int]:
        """Index into the detector's classes -> project class id, as chosen."""
        boxes = ((label, self.cellWidget(row, 1)) for row, label in enumerate(self._labels))
        chosen = {label: box.currentIndex() - 1 for label, box in boxes if isinstance(box, QComboBox)}
        return {label: self._ids[place] for label, place in chosen.items() if place >= 0}

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
