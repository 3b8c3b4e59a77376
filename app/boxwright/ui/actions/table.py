"""Table of actions, frozen: menus, toolbar, palette, overlay and the guide's page are all made from it."""

from __future__ import annotations

from boxwright.domain.messages import N_
from boxwright.ui.actions import navigation
from boxwright.ui.actions.action import (
    EDIT,
    GO,
    HELP,
    MENUS,
    MODEL,
    PROJECT,
    TOOLS,
    VIEW,
    Action,
    C,
    Run,
    Situation,
    Where,
    always,
    can_edit,
    can_prelabel,
    can_retrain,
    can_select,
    can_skip,
    can_start,
    can_undo,
    can_write,
    has_image,
    has_selection,
    in_project,
    on_canvas,
    watches,
)
from boxwright.ui.actions.box_actions import DRAWING, EDGES, LOOKING, MARKING, REACHING, SEEING
from boxwright.ui.actions.class_actions import NAMING
from boxwright.ui.actions.panel_actions import PANELS
from boxwright.ui.actions.pool_actions import GOING, JUDGING, POOL_ROWS, SHOWING
from boxwright.ui.labelling import commands, prelabel_commands
from boxwright.ui.recovery import rescue
from boxwright.ui.recovery.daily_backup import go_back

__all__ = ["ACTIONS", "BY_ID", "MENUS", "Action", "Situation", "Where"]


def _nudge(x: int, y: int) -> Run:
    return lambda desk: commands.nudge(desk.model, x, y)


def _resize(x: int, y: int) -> Run:
    return lambda desk: commands.resize(desk.model, x, y)


def _class_at(place: int) -> Run:
    return lambda desk: desk.class_at(place)


def _runner_up(rank: int) -> Run:
    return lambda desk: commands.runner_up(desk.model, rank)


def _nudges() -> tuple[Action, ...]:
    """Arrows move, Shift+arrows move by 10 pixels, Ctrl+arrows move the right and bottom edges."""
    made = []
    for key, x, y in (("Left", -1, 0), ("Right", 1, 0), ("Up", 0, -1), ("Down", 0, 1)):
        way = key.lower()
        steps = (
            (f"nudge.{way}", f"Move box 1 px {way}", key, _nudge(x, y)),
            (f"nudge10.{way}", f"Move box 10 px {way}", f"Shift+{key}", _nudge(10 * x, 10 * y)),
            (f"resize.{way}", f"Move the far edge 1 px {way}", f"Ctrl+{key}", _resize(x, y)),
        )
        made += [
            Action(i, text, None, (keys,), has_selection, run, where=C, repeats=True) for i, text, keys, run in steps
        ]
    return tuple(made)


def _digits() -> tuple[Action, ...]:
    """1..9, 0 give the first ten classes; Shift+digit the n-th runner-up of the selected box."""
    classes = [
        Action(f"class.{n}", f"Class {n}", None, (str(n % 10),), has_image, _class_at(n - 1)) for n in range(1, 11)
    ]
    runners = [
        Action(f"runner_up.{n}", f"Runner-up {n} of the pre-label", None, (f"Shift+{n}",), has_selection, _runner_up(n))
        for n in range(1, 4)
    ]
    return (*classes, *runners)


ACTIONS: tuple[Action, ...] = (
    Action("project.new", "New project…", PROJECT, ("Ctrl+N",), always, lambda d: d.new_project(), "new"),
    Action("project.open", "Open project…", PROJECT, ("Ctrl+O",), always, lambda d: d.open_project_dialog(), "open"),
    Action("project.demo", "Try the demo", PROJECT, (), always, lambda d: d.open_demo()),
    Action("project.add_images", "Add images…", PROJECT, (), can_start, lambda d: d.add_images(), "images",
           separated=True),
    Action("project.import", "Import labels…", PROJECT, ("Ctrl+I",), can_start, lambda d: d.import_labels(), "import"),
    Action("project.undo_import", "Undo the last import…", PROJECT, (), can_start, lambda d: d.undo_import()),
    Action("project.go_back", "Go back to…", PROJECT, (), can_start, go_back),
    Action("project.rescue", "Take in a rescue copy…", PROJECT, (), can_start, rescue.take_in),
    Action("project.undo_class", "Undo the last removal of a class", PROJECT, (), can_start,
           lambda d: d.undo_class_removal()),
    Action("project.export", "Export…", PROJECT, ("Ctrl+E",), in_project, lambda d: d.export(), "export"),
    Action("project.save", "Save now", PROJECT, ("Ctrl+S",), in_project, lambda d: d.save_now(), separated=True),
    Action("project.close", "Close project", PROJECT, ("Ctrl+W",), in_project, lambda d: d.close_project(),
           separated=True),
    Action("window.quit", "Quit", PROJECT, ("Ctrl+Q",), always, lambda d: d.quit()),

    Action("go.previous", "Previous image", GO, ("A", "PgUp"), on_canvas, lambda d: navigation.step(d, -1), "previous",
           toolbar=N_("Previous"), repeats=True),
    Action("go.next", "Next image", GO, ("D", "PgDown"), on_canvas, lambda d: navigation.step(d, 1), "next",
           toolbar=N_("Next"), repeats=True),
    Action("label.accept_all", "Accept all and go on", EDIT, ("Space",), can_edit,
           prelabel_commands.accept_all_and_go_on, "accept", C, toolbar=N_("Accept all"), judges=True),
    Action("label.accept", "Accept selected", EDIT, ("Return",), has_selection,
           lambda d: d.accept_selected(), where=C, judges=True),
    Action("label.reject", "Reject or delete box", EDIT, ("X", "Del"), has_selection,
           lambda d: commands.reject_or_delete_selected(d.model), "reject", toolbar=N_("Reject"), judges=True),
    *JUDGING,
    Action("label.empty", "Confirm empty", EDIT, ("E",), can_edit, prelabel_commands.confirm_empty_and_go_on, "empty",
           toolbar=N_("Empty"), judges=True),
    Action("label.skip", "Skip with a reason…", EDIT, ("S",), can_skip, lambda d: d.skip(), "skip", toolbar="Skip",
           judges=True),

    Action("edit.undo", "Undo", EDIT, ("Ctrl+Z",), can_undo, lambda d: d.undo(), "undo", separated=True, judges=True),
    Action("edit.redo", "Redo", EDIT, ("Ctrl+Shift+Z", "Ctrl+Y"), can_edit, lambda d: d.redo(), "redo", judges=True),
    Action("edit.copy", "Copy boxes", EDIT, ("Ctrl+C",), has_selection, lambda d: commands.copy(d.model),
           separated=True),
    Action("edit.paste", "Paste boxes", EDIT, ("Ctrl+V",), can_edit, lambda d: commands.paste(d.model), judges=True),
    Action("edit.duplicate", "Duplicate box", EDIT, ("Ctrl+D",), has_selection, lambda d: commands.duplicate(d.model),
           "duplicate", judges=True),
    Action("edit.from_previous", "Boxes of the previous image", EDIT, ("Ctrl+P",), can_edit,
           lambda d: commands.paste_previous(d.model), judges=True),
    Action("edit.select_all", "Select all", EDIT, ("Ctrl+A",), can_select, lambda d: d.select_all()),
    Action("window.settings", "Settings…", EDIT, ("Ctrl+,",), always, lambda d: d.settings(), "settings",
           separated=True),
    *DRAWING,
    *NAMING,
    *MARKING,

    Action("go.doubtful", "Next doubtful box", GO, ("Tab",), has_image, lambda d: commands.next_doubtful(d.model),
           "doubt", C, separated=True, repeats=True),
    Action("go.doubtful_back", "Previous doubtful box", GO, ("Shift+Tab",), has_image,
           lambda d: commands.previous_doubtful(d.model), where=C, repeats=True),
    *REACHING,
    Action("go.open", "Next unlabelled image", GO, ("N",), on_canvas, lambda d: d.go_on(), repeats=True),
    *GOING,

    Action("tool.select", "Select tool", VIEW, ("V", "Esc"), has_image, lambda d: d.use_tool("select"), "select",
           toolbar=N_("Select"), checkable=True),
    Action("tool.draw", "Draw tool", VIEW, ("W", "R"), can_edit, lambda d: d.use_tool("draw"), "draw",
           toolbar=N_("Draw"), checkable=True),
    Action("tool.stay", "Keep the draw tool after a box", VIEW, (), has_image, lambda d: d.toggle_stay_in_draw(),
           checkable=True),
    Action("view.hide", "Hide boxes", VIEW, ("H",), has_image, lambda d: d.toggle_boxes(), "hide", separated=True,
           checkable=True),
    *SHOWING,
    *SEEING,
    Action("view.zoom_in", "Zoom in", VIEW, ("+", "=", "Ctrl++"), has_image, lambda d: d.zoom(1.25),
           separated=True, repeats=True),
    Action("view.zoom_out", "Zoom out", VIEW, ("-", "Ctrl+-"), has_image, lambda d: d.zoom(0.8), repeats=True),
    Action("view.actual", "Actual size (100 %)", VIEW, ("Ctrl+0",), has_image, lambda d: d.canvas.actual_size()),
    Action("view.fit", "Fit the image", VIEW, ("F",), has_image, lambda d: d.canvas.fit(), "fit", toolbar=N_("Fit")),
    *LOOKING,
    *PANELS,
    Action("view.theme", "Light, dark or high contrast", VIEW, (), always, lambda d: d.next_theme(), separated=True),

    *POOL_ROWS,

    Action("batch.next", "Draw a batch…", MODEL, ("B",), can_start, lambda d: d.draw_batch(), "batch",
           toolbar=N_("Draw a batch")),
    Action("retrain.start", "Retrain…", MODEL, ("Ctrl+R",), can_retrain, lambda d: d.retrain(), "retrain",
           toolbar="Retrain"),
    Action("retrain.watch", "Watch the retraining", MODEL, (), watches, lambda d: d.watch_retraining()),
    Action("rounds.show", "Rounds…", MODEL, (), in_project, lambda d: d.rounds()),
    Action("rounds.schedule", "Way of working…", MODEL, (), can_write, lambda d: d.schedule()),
    Action("detector.list", "Detectors…", MODEL, (), in_project, lambda d: d.detectors(), separated=True),
    Action("detector.add", "Add a detector…", MODEL, (), can_start, lambda d: d.add_detector(), "detector"),
    Action("detector.prelabel", "Pre-label the pool…", MODEL, (), can_prelabel, lambda d: d.prelabel(), "prelabel"),
    Action("detector.map", "Class map of the detector…", MODEL, (), can_prelabel, lambda d: d.class_map()),

    Action("tools.experiment", "Try sampling strategies on your labels…", TOOLS, (), can_start,
           lambda d: d.try_rules()),

    Action("help.palette", "Find an action…", HELP, ("Ctrl+K",), always, lambda d: d.palette(), "palette"),
    Action("help.shortcuts", "Shortcuts", HELP, ("?", "F1"), always, lambda d: d.shortcuts(), "help"),
    Action("help.keys", "Change shortcuts…", HELP, (), always, lambda d: d.change_keys()),
    Action("help.about", "About Boxwright", HELP, (), always, lambda d: d.about()),
    *_digits(),
    *_nudges(),
    *EDGES,
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}
