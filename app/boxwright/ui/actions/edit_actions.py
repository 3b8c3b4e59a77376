"""The menu Edit: rows of the table of actions, and what they do to the image and its pre-labels."""

from __future__ import annotations

from boxwright.domain.messages import N_
from boxwright.ui.actions.action import (
    EDIT,
    Action,
    AppAction,
    C,
    always,
    can_edit,
    can_mark,
    can_select,
    can_skip,
    can_undo,
    has_selection,
)
from boxwright.ui.actions.context import ActionContext
from boxwright.ui.actions.go_actions import go_on, key_of
from boxwright.ui.labelling import commands, prelabel_commands
from boxwright.ui.language.translation import tr
from boxwright.ui.project.context import AppContext
from boxwright.ui.project.queue import View


def accept_all_and_go_on(context: ActionContext) -> None:
    """Take every pre-label on screen and go on. Where there is no box at all nobody has said that it is empty."""
    if context.model.labels is None or context.workspace.shown_scale is None:
        return
    if commands.accept_all(context.model):
        go_on(context)
    else:
        words = tr("Nothing to accept here: {key} confirms that it is empty.")
        context.model.message.emit(words.format(key=key_of(context.app, "label.empty")))


def confirm_empty_and_go_on(context: ActionContext) -> None:
    if commands.confirm_empty(context.model):
        go_on(context)


def accept_selected(context: ActionContext) -> None:
    """In the list to review it does what the detector says of the finding that is selected, and goes on."""
    if context.workspace.view is not View.REVIEW or not context.review.fix_selected():
        commands.accept_selected(context.model)


def skip(context: ActionContext) -> None:
    from boxwright.ui.panels.skip import SkipDialog

    def skip_for(reason: str) -> None:
        commands.skip(context.model, reason)
        go_on(context)

    if context.gallery.shown:
        context.gallery.skip()
        return
    dialog = SkipDialog(context.app.dialog_parent)
    dialog.chosen.connect(skip_for)
    dialog.open()


def undo(context: ActionContext) -> None:
    if context.gallery.shown:
        context.gallery.page.undo()
    else:
        context.model.undo()


def select_all(context: ActionContext) -> None:
    if context.gallery.shown:
        context.gallery.page.grid.choose_all()
    else:
        commands.select_all(context.model)


def image_marks(context: ActionContext) -> None:
    from boxwright.ui.panels.image_marks import ImageMarksDialog

    if context.gallery.shown:
        context.gallery.tag()
    else:
        ImageMarksDialog(context.app.dialog_parent, context.model).open()


def settings(app: AppContext) -> None:
    from boxwright.ui.settings.dialog import SettingsDialog

    SettingsDialog(app).open()


JUDGING = (
    Action("label.accept_all", "Accept all and go on", EDIT, ("Space",), can_edit, accept_all_and_go_on, "accept", C,
           toolbar=N_("Accept all"), judges=True),
    Action("label.accept", "Accept selected", EDIT, ("Return",), has_selection, accept_selected, where=C, judges=True),
    Action("label.reject", "Reject or delete box", EDIT, ("X", "Del"), has_selection,
           lambda c: commands.reject_or_delete_selected(c.model), "reject", toolbar=N_("Reject"), judges=True),
    Action("label.accept_shown", "Accept all and stay", EDIT, ("Shift+Return",), can_edit,
           lambda c: prelabel_commands.accept_shown(c.model), "accept_all", C, judges=True),
    Action("label.accept_surer", "Accept all at least as sure as this", EDIT, ("Ctrl+Return",), has_selection,
           lambda c: prelabel_commands.accept_surer(c.model), where=C, judges=True),
    Action("label.reject_shown", "Reject all pre-labels shown", EDIT, ("Shift+X",), can_edit,
           lambda c: prelabel_commands.reject_shown(c.model), "reject_all", C, judges=True),
    Action("label.empty", "Confirm empty", EDIT, ("E",), can_edit, confirm_empty_and_go_on, "empty",
           toolbar=N_("Empty"), judges=True),
    Action("label.skip", "Skip with a reason…", EDIT, ("S",), can_skip, skip, "skip", toolbar=N_("Skip"), judges=True),
)  # fmt: skip

CHANGING = (
    Action("edit.undo", "Undo", EDIT, ("Ctrl+Z",), can_undo, undo, "undo", separated=True, judges=True),
    Action("edit.redo", "Redo", EDIT, ("Ctrl+Shift+Z", "Ctrl+Y"), can_edit, lambda c: c.model.redo(), "redo",
           judges=True),
    Action("edit.copy", "Copy boxes", EDIT, ("Ctrl+C",), has_selection, lambda c: commands.copy(c.model),
           separated=True),
    Action("edit.paste", "Paste boxes", EDIT, ("Ctrl+V",), can_edit, lambda c: commands.paste(c.model), judges=True),
    Action("edit.duplicate", "Duplicate box", EDIT, ("Ctrl+D",), has_selection, lambda c: commands.duplicate(c.model),
           "duplicate", judges=True),
    Action("edit.from_previous", "Boxes of the previous image", EDIT, ("Ctrl+P",), can_edit,
           lambda c: commands.paste_previous(c.model), judges=True),
    Action("edit.select_all", "Select all", EDIT, ("Ctrl+A",), can_select, select_all),
    AppAction("window.settings", "Settings…", EDIT, ("Ctrl+,",), always, settings, "settings", separated=True),
)  # fmt: skip

IMAGE_MARKS = (
    Action("image.marks", "Tags and note of the image…", EDIT, ("M",), can_mark, image_marks, "tag", separated=True),
)
