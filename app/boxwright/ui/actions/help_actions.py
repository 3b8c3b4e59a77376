"""The menu Help: rows of the table of actions, and what they open."""

from __future__ import annotations

from boxwright.services.guide.pages import CHANGES, COCO_DETECTOR, NO_DETECTOR
from boxwright.ui.actions.action import HELP, AppAction, always
from boxwright.ui.project.context import AppContext


def report(app: AppContext) -> None:
    from boxwright.ui.help.report_dialog import ReportDialog

    ReportDialog(app).open()


def about(app: AppContext) -> None:
    from boxwright.ui.help.about_dialog import AboutDialog

    AboutDialog(app).open()


HELP_ROWS = (
    AppAction("help.guide", "Guide", HELP, ("Shift+F1",), always, lambda app: app.show_guide(), "help"),
    AppAction("help.no_detector", "I have no detector", HELP, (), always, lambda app: app.show_guide(NO_DETECTOR)),
    AppAction("help.coco", "I have a COCO detector", HELP, (), always, lambda app: app.show_guide(COCO_DETECTOR)),
    AppAction(
        "help.palette",
        "Find an action…",
        HELP,
        ("Ctrl+K",),
        always,
        lambda app: app.find_action(),
        "palette",
        separated=True,
    ),
    AppAction("help.shortcuts", "Shortcuts", HELP, ("?", "F1"), always, lambda app: app.show_shortcuts()),
    AppAction("help.keys", "Change shortcuts…", HELP, (), always, lambda app: app.edit_shortcuts()),
    AppAction("help.report", "Save a report…", HELP, (), always, report, separated=True),
    AppAction("help.news", "What is new", HELP, (), always, lambda app: app.show_guide(CHANGES)),
    AppAction("help.about", "About Boxwright", HELP, (), always, about),
)
