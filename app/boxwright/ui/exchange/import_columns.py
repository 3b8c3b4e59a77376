"""Form for the columns of a table, asked for when their names do not say what they mean."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHeaderView, QPushButton, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import plain_label

NOTHING = "—"
_EXAMPLES = 3
_NAME, _VALUES, _MEANS = range(3)


class ImportColumns(QWidget):
    """Form for columns. Hidden until `ask`; `read` is the button by which the person is done."""

    def __init__(self) -> None:
        super().__init__()
        self.read = QPushButton(tr("Read it with these columns"))
        self.read.setAutoDefault(False)
        self.table = QTableWidget(0, 3)
        self.table.setHorizontalHeaderLabels([tr("Column"), tr("First values"), tr("Means")])
        self.table.setAccessibleName(tr("What each column means"))
        self.table.verticalHeader().hide()
        header = self.table.horizontalHeader()
        for column in (_NAME, _MEANS):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(_VALUES, QHeaderView.ResizeMode.Stretch)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        words = tr("The header does not tell what the columns are. Say which hold the image, the class and the box.")
        layout.addWidget(plain_label(words))
        layout.addWidget(self.table, 1)
        layout.addWidget(self.read, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def ask(self, file: Path) -> bool:
        """Show the columns of `file`, or of the first text file in a folder; False, and nothing, when it is no table
        with at least six of them, or five where a text file is named like its image."""
        from boxwright.formats.table_map import MEANINGS, likely_meanings
        from boxwright.formats.table_read import first_rows
        from boxwright.formats.table_texts import first_text

        text = first_text(file)
        rows = first_rows(text or file, _EXAMPLES + 1)
        if not rows or len(rows[0]) < len(("image", "class", "x", "y", "width", "height")) - (text is not None):
            return False
        if text is not None:
            # No header: columns go by their numbers, and the first line is a box as well.
            rows = [[str(place + 1) for place in range(len(rows[0]))], *rows]
        likely = likely_meanings(rows[0])
        self.table.setRowCount(len(rows[0]))
        for place, name in enumerate(rows[0]):
            examples = " · ".join(row[place][:40] for row in rows[1:] if place < len(row))
            self.table.setItem(place, _NAME, QTableWidgetItem(name))
            self.table.setItem(place, _VALUES, QTableWidgetItem(examples))
            box = QComboBox()
            box.setAccessibleName(tr("Meaning of {0}").format(name))
            box.addItem(NOTHING, "")
            for meaning in MEANINGS:
                box.addItem(tr(meaning), meaning)
            box.setCurrentIndex(box.findData(likely.get(place, "")))
            self.table.setCellWidget(place, _MEANS, box)
        self.show()
        return True

    def mapping(self) -> dict[str, str]:
        """Column -> meaning, of those that have one."""
        found: dict[str, str] = {}
        for row in range(self.table.rowCount()):
            item, box = self.table.item(row, _NAME), self.table.cellWidget(row, _MEANS)
            if item is not None and isinstance(box, QComboBox) and box.currentData():
                found[item.text()] = str(box.currentData())
        return found
