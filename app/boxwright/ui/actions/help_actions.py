"""The menu Help: rows of the table of actions, and what they open."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox

from boxwright.ui.actions.action import HELP, AppAction, always
from boxwright.ui.language.translation import tr
from boxwright.ui.project.context import AppContext


def about(app: AppContext) -> None:
    from boxwright import __version__

    words = tr("Labels boxes with a detector that learns.")
    QMessageBox.about(app.dialog_parent, tr("About Boxwright"), f"Boxwright {__version__}\n\n{words}")


HELP_ROWS = (
    AppAction("help.palette", "Find an action…", HELP, ("Ctrl+K",), always, lambda app: app.find_action(), "palette"),
    AppAction("help.shortcuts", "Shortcuts", HELP, ("?", "F1"), always, lambda app: app.show_shortcuts(), "help"),
    AppAction("help.keys", "Change shortcuts…", HELP, (), always, lambda app: app.edit_shortcuts()),
    AppAction("help.about", "About Boxwright", HELP, (), always, about),
)
