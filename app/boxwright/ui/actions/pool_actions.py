"""Rows of the table of actions: judging pre-labels together, what is shown of them, and the pool."""

from __future__ import annotations

from boxwright.ui.actions import navigation
from boxwright.ui.actions.action import (
    EDIT,
    GO,
    POOL,
    VIEW,
    Action,
    C,
    can_act,
    can_decide,
    can_edit,
    can_predict,
    has_chosen,
    has_image,
    has_selection,
    in_project,
    on_canvas,
)
from boxwright.ui.labelling import prelabel_commands

THRESHOLD_STEP = 0.05

JUDGING: tuple[Action, ...] = (
    Action("label.accept_shown", "Accept all and stay", EDIT, ("Shift+Return",), can_edit,
           lambda d: prelabel_commands.accept_shown(d.model), "accept_all", C, judges=True),
    Action("label.accept_surer", "Accept all at least as sure as this", EDIT, ("Ctrl+Return",), has_selection,
           lambda d: prelabel_commands.accept_surer(d.model), where=C, judges=True),
    Action("label.reject_shown", "Reject all pre-labels shown", EDIT, ("Shift+X",), can_edit,
           lambda d: prelabel_commands.reject_shown(d.model), "reject_all", C, judges=True),
)  # fmt: skip

SHOWING: tuple[Action, ...] = (
    Action("view.doubt", "Boxes by doubt", VIEW, ("U",), has_image, lambda d: d.toggle_doubt(), "doubt",
           checkable=True),
    Action("view.fewer", "Fewer pre-labels: higher scores only", VIEW, ("]",), has_image,
           lambda d: prelabel_commands.shift_threshold(d.model, THRESHOLD_STEP), repeats=True),
    Action("view.more", "More pre-labels: lower scores too", VIEW, ("[",), has_image,
           lambda d: prelabel_commands.shift_threshold(d.model, -THRESHOLD_STEP), repeats=True),
)  # fmt: skip

LEAP = 10

GOING: tuple[Action, ...] = (
    Action("go.open_back", "Previous unlabelled image", GO, ("Alt+N",), on_canvas, navigation.back_to_open,
           repeats=True),
    Action("go.leap", "Ten images forward", GO, ("Shift+D", "Shift+PgDown"), on_canvas,
           lambda d: navigation.leap(d, LEAP), repeats=True),
    Action("go.leap_back", "Ten images back", GO, ("Shift+A", "Shift+PgUp"), on_canvas,
           lambda d: navigation.leap(d, -LEAP), repeats=True),
    Action("go.first", "First image", GO, ("Home",), on_canvas, lambda d: navigation.to_end(d, False), where=C),
    Action("go.last", "Last image", GO, ("End",), on_canvas, lambda d: navigation.to_end(d, True), where=C),
    Action("go.jump", "Go to image…", GO, ("Ctrl+J",), on_canvas, lambda d: d.jump(), "jump"),
)  # fmt: skip

POOL_ROWS: tuple[Action, ...] = (
    Action("pool.gallery", "Gallery", POOL, ("Ctrl+G",), in_project, lambda d: d.gallery.toggle(), "gallery",
           toolbar="Gallery", checkable=True),
    Action("gallery.open", "Open the image", POOL, (), has_chosen, lambda d: d.gallery.page.open_current(),
           "edit", separated=True),
    Action("gallery.batch", "Add to the batch", POOL, ("Ctrl+B",), can_act, lambda d: d.gallery.add_to_batch(),
           "batch"),
    Action("gallery.predict", "Pre-label again", POOL, (), can_predict, lambda d: d.gallery.predict(), "prelabel"),
    Action("pool.review", "Review what is labelled…", POOL, ("Ctrl+L",), in_project, lambda d: d.look_again(), "review",
           separated=True),
    Action("review.next", "Next finding", POOL, (".",), has_image, lambda d: d.review.step(1), "next", repeats=True),
    Action("review.previous", "Previous finding", POOL, (",",), has_image, lambda d: d.review.step(-1), "previous",
           repeats=True),
    Action("review.fix", "Do what the detector says", POOL, ("I",), can_decide, lambda d: d.review.fix(), "accept",
           judges=True),
    Action("review.keep", "Keep mine", POOL, ("K",), can_decide, lambda d: d.review.keep(), "reject", judges=True),
    Action("pool.statistics", "Statistics…", POOL, (), in_project, lambda d: d.statistics(), "statistics",
           separated=True),
)  # fmt: skip
