"""Settings dialog: all on one page that can be searched. A change holds, and is stored, as soon as it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QScrollArea, QVBoxLayout, QWidget

from boxwright.ui.language.translation import tr
from boxwright.ui.settings.setting_row import SettingRow
from boxwright.ui.settings.table import SETTINGS
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.ui.project.context import AppContext


class SettingsDialog(Sheet):
    """Dialog of settings."""

    outlives_project = True

    def __init__(self, app: AppContext) -> None:
        super().__init__(app.dialog_parent, tr("Settings"))
        self._app = app
        self.resize(700, 600)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("What do you want to change?"))
        self.search.setAccessibleName(tr("Search settings"))
        self.search.setClearButtonEnabled(True)
        self.rows = {s.name: SettingRow(s, getattr(app.settings, s.name)) for s in SETTINGS}
        self.nothing = plain_label(tr("No setting has these words."), quiet=True)
        self.keys = QPushButton(tr("Change shortcuts…"))
        self.way = QPushButton(tr("Way of working of this project…"))
        self.all_back = QPushButton(tr("All back to their defaults"))
        self._titles: dict[str, QLabel] = {}
        self._lay_out()
        self._connect()
        self._filter("")
        self.begin_at(self.search)

    def _lay_out(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 12, 0)
        for setting in SETTINGS:
            if setting.group not in self._titles:
                title = plain_label(tr(setting.group))
                title.setObjectName("panelTitle")
                title.setContentsMargins(0, 8, 0, 0)
                self._titles[setting.group] = title
                column.addWidget(title)
            column.addWidget(self.rows[setting.name])
        column.addWidget(self.nothing)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.StyledPanel)
        others = QHBoxLayout()
        for button in (self.keys, self.way):
            others.addWidget(button)
        others.addStretch(1)
        others.addWidget(self.all_back)
        for button in (self.keys, self.way, self.all_back):
            button.setAutoDefault(False)
        self.body.addWidget(self.search)
        self.body.addWidget(plain_label(tr("A change holds at once, unless the setting says otherwise."), quiet=True))
        self.body.addWidget(area, 1)
        self.body.addLayout(others)

    def _connect(self) -> None:
        actions = self._app.live_actions
        self.search.textChanged.connect(self._filter)
        for name, row in self.rows.items():
            row.changed.connect(lambda value, name=name: self._change(**{name: value}))
        for button, action in ((self.keys, actions["help.keys"]), (self.way, actions["rounds.schedule"])):
            button.setEnabled(action.isEnabled())
            button.clicked.connect(self.accept)
            button.clicked.connect(action.trigger)
        self.all_back.clicked.connect(lambda: self._change(**{s.name: s.default for s in SETTINGS}))
        self._show_state()

    def _change(self, **changes: Any) -> None:
        stored = self._app.change_setting(**changes)
        self.complain("" if stored else tr("It cannot be stored, so it holds only until the window closes."))
        for name in changes:
            self.rows[name].show_value(getattr(self._app.settings, name))
        self._show_state()

    def _show_state(self) -> None:
        settings = self._app.settings
        self.all_back.setEnabled(any(getattr(settings, s.name) != s.default for s in SETTINGS))

    def _filter(self, text: str) -> None:
        words = text.lower().split()
        shown = set()
        for row in self.rows.values():
            row.setVisible(row.fits(words))
            if row.fits(words):
                shown.add(row.setting.group)
        for group, title in self._titles.items():
            title.setVisible(group in shown)
        self.nothing.setVisible(not shown)


def settings_page() -> str:
    """docs/guide/settings.md: the table as Markdown."""
    lines = [
        "# Settings",
        "",
        "Made from the table in `ui/settings/table.py` by `python -m boxwright.ui.settings.dialog`, not by hand.",
        "",
        "**Edit → Settings…** (<kbd>Ctrl</kbd>+<kbd>,</kbd>) holds all of them on one page that can be searched.",
        "Each is stored as soon as it is changed, and has a button that puts it back to its default. Shortcuts have",
        "a page of [their own](shortcuts.md), and how the rounds go is set in **Model → Way of working…**.",
        "",
        "The window speaks English, Korean and Japanese. No native speaker has read the Japanese yet: whoever does is",
        "welcome to mend `resources/translations/ja.po`, or to add a language, which is one file (`CONTRIBUTING.md`).",
        "",
        "![Start page, labelling, settings and shortcuts: light, dark, high contrast, and Korean](../images/looks.png)",
    ]
    group = ""
    for setting in SETTINGS:
        if setting.group != group:
            group = setting.group
            lines += ["", f"## {group}", "", "| setting | what it does | default | takes effect |", "|---|---|---|---|"]
        default = setting.words(setting.default)
        lines.append(f"| {setting.text} | {setting.help} | {default} | {setting.when.value.lower()} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    import sys

    sys.stdout.write(settings_page())
