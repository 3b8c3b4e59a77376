"""Shortcut overlay: the keys on one sheet, made from the table of actions."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QScrollArea, QWidget

from boxwright.config.settings import Settings
from boxwright.ui.actions.action_map import shortcut_rows
from boxwright.ui.actions.bindings import bindings, key_text
from boxwright.ui.actions.table import BY_ID
from boxwright.ui.language.translation import tr
from boxwright.ui.settings.key_maps import KEY_MAPS, TITLES
from boxwright.ui.widgets.dialog import Sheet

if TYPE_CHECKING:
    from boxwright.ui.project.context import AppContext

COLUMNS = 3


class ShortcutOverlay(Sheet):
    """Sheet of keys over the window."""

    outlives_project = True

    def __init__(self, app: AppContext) -> None:
        super().__init__(app.dialog_parent, tr("Shortcuts"))
        self.resize(1240, 660)
        self.change = QPushButton(tr("Change…"))
        self.change.setAutoDefault(False)
        self.buttons.addButton(self.change, self.buttons.ButtonRole.ActionRole)
        self.change.clicked.connect(self.accept)
        self.change.clicked.connect(app.live_actions["help.keys"].trigger)
        page = QWidget()
        grid = QGridLayout(page)
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(3)
        rows = app.live_actions.rows()
        cells = []
        for menu, group in groupby(rows, key=lambda row: row[0]):
            cells.append((tr(menu), ""))
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
        area.setFrameShape(QScrollArea.Shape.StyledPanel)
        self.body.addWidget(area, 1)


def shortcuts_page() -> str:
    """docs/guide/shortcuts.md: the same table as Markdown."""
    lines = [
        "# Shortcuts",
        "",
        "Made from the table in `ui/actions/table.py` by `python -m boxwright.ui.actions.shortcuts`; do not edit it",
        "by hand.",
        "",
        "The mouse: wheel scrolls, Ctrl+wheel zooms to the pointer, Space held or the middle button pans,",
        "Ctrl+click adds a box to the selection.",
        "",
        "Keys that step or change the view go on while they are held; those that judge an image, make a box or take",
        "one away count once for each press, and not before the image has been on screen. Space accepts what is shown;",
        "where no box is, it says so and stays, and E confirms that the image is empty.",
        "",
        "**Help → Change shortcuts…** gives an action another key, or several: choose the action, press *Press a key…*",
        "and then the key. A key that belongs to another action is named, and taken over only if you say so. Each",
        "change holds at once, also in menus and tool tips; *Back to its key* and *All back* undo it. There are ready",
        "key maps for people who come from labelImg, CVAT, X-AnyLabeling or VoTT; what they change is",
        "[below](#key-map-of-labelimg), and [From other programs](coming-from.md) says where the rest is. Your own",
        "changes go on top.",
    ]
    menu = ""
    for group, text, keys in shortcut_rows(bindings(Settings())):
        if group != menu:
            menu = group
            lines += ["", f"## {menu}", "", "| do | keys |", "|---|---|"]
        lines.append(f"| {text} | {keys} |")
    for name, title in TITLES.items():
        if KEY_MAPS[name]:
            lines += ["", f"## Key map of {title}", "", "| do | keys |", "|---|---|"]
            now, before = bindings(Settings(key_map=name)), bindings(Settings())
            lines += [f"| {BY_ID[i].text} | {key_text(own) or '–'} |" for i, own in now.items() if own != before[i]]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(shortcuts_page())
