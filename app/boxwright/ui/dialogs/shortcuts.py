"""The keys on one sheet, made from the table of actions."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QWidget

from boxwright.ui.action_map import shortcut_rows
from boxwright.ui.dialogs.base import Sheet

COLUMNS = 3


class ShortcutOverlay(Sheet):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, "Shortcuts")
        self.resize(1040, 620)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(3)
        rows = sorted(shortcut_rows(), key=lambda row: row[0] == "Keys")
        cells = []
        for menu, group in groupby(rows, key=lambda row: row[0]):
            cells.append((menu, ""))
            cells += [(text, keys) for _, text, keys in group]
        height = -(-len(cells) // COLUMNS)
        for place, (text, keys) in enumerate(cells):
            column, row = place // height * 2, place % height
            name = QLabel(text)
            if not keys:
                name.setObjectName("panelTitle")
            key = QLabel(keys)
            key.setObjectName("quiet")
            grid.addWidget(name, row, column)
            grid.addWidget(key, row, column + 1, Qt.AlignmentFlag.AlignRight)
        grid.setRowStretch(height, 1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        self.body.addWidget(area, 1)


def shortcuts_page() -> str:
    """docs/guide/shortcuts.md: the same table as Markdown."""
    lines = [
        "# Shortcuts",
        "",
        "Made from the table in `ui/actions.py` by `python -m boxwright.ui.dialogs.shortcuts`; do not edit it by hand.",
        "",
        "The mouse: wheel scrolls, Ctrl+wheel zooms to the pointer, Space held or the middle button pans,",
        "Ctrl+click adds a box to the selection.",
    ]
    menu = ""
    for group, text, keys in sorted(shortcut_rows(), key=lambda row: row[0] == "Keys"):
        if group != menu:
            menu = group
            lines += ["", f"## {menu}", "", "| do | keys |", "|---|---|"]
        lines.append(f"| {text} | {keys} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(shortcuts_page())
