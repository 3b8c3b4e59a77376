"""The main states of the program in one table: how each comes on screen, and what a person does there next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget
from tests.presence import present
from tests.ui.screens.stage import Stage

from boxwright.domain.messages import Message, joined, plural
from boxwright.domain.pool_query import Order
from boxwright.domain.progress import Progress
from boxwright.services.retraining.result import Figures, RetrainResult, RetrainVerdict
from boxwright.services.retraining.result import Stage as TrainingStage
from boxwright.training.protocol import Epoch, LogLine
from boxwright.ui.actions.project_actions import new_project
from boxwright.ui.batches.experiment import AnswerDialog
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.queue import View
from boxwright.ui.retraining.comparison import ComparisonDialog
from boxwright.ui.retraining.run import RetrainRun
from boxwright.ui.shell.main_window import MainWindow

Show = Callable[[Stage], QWidget]
# It knows the window or dialog of its own state.
Next = Callable[[Any], QWidget | None]


def go(shown: Any) -> QWidget:
    button: QWidget = shown.go
    return button


def close(shown: Any) -> QWidget:
    button: QWidget = shown.buttons.buttons()[0]
    return button


def focused(shown: QWidget) -> QWidget | None:
    return shown.focusWidget()


def tool(action_id: str) -> Next:
    """The button of the tool bar."""

    def find(window: MainWindow) -> QWidget | None:
        action = window.live_actions[action_id]
        return next((b for b in action.associatedObjects() if isinstance(b, QToolButton)), None)

    return find


@dataclass(frozen=True)
class State:
    """`show` brings it on screen and returns the window or the dialog to look at; `next_step`: what a person presses
    or types into next."""

    name: str
    show: Show
    next_step: Next
    waits: Callable[[Any], object] = field(default=lambda _: True)

    def on(self, stage: Stage) -> QWidget:
        """What `show` returns, complete and painted."""
        shown = self.show(stage)
        stage.until(lambda: self.waits(shown))
        stage.settle()
        return shown


# --- the window ----------------------------------------------------------------------------------------------------


def start_empty(stage: Stage) -> QWidget:
    stage.home()
    stage.window.start_page.show_recent(())
    return stage.window


def start_recent(stage: Stage) -> QWidget:
    stage.home()
    stage.window.start_page.show_recent((str(stage.folder), "/projects/harbour 2025", "/projects/weld seams"))
    stage.window.start_page.recent.setCurrentRow(0)
    return stage.window


def labelling(stage: Stage) -> QWidget:
    window = stage.batch()
    QTest.keyClick(present(window.opened).area.canvas, Qt.Key.Key_Tab)
    stage.until(lambda: bool(present(window.opened).workspace.model.selection))
    return window


def crowded(stage: Stage) -> QWidget:
    window = stage.project()
    present(window.opened).workspace.load(View.ALL)
    stage.until(
        lambda: (
            present(window.opened).workspace.queue.view is View.ALL and present(window.opened).workspace.queue_loaded
        )
    )
    last = int(present(window.opened).workspace.queue.ids[-1])
    present(window.opened).workspace.show_image(last)
    stage.until(
        lambda: (labels := present(window.opened).workspace.model.labels) is not None and labels.image_id == last
    )
    return window


def error_banner(stage: Stage) -> QWidget:
    window = stage.batch()
    where = Message("the project file {0}", "weld seams")
    why = Message("There is no room left on the disk for {0}: free some space, then it is tried again.", where)
    waiting = translate(plural("1 edit waits for room on the disk.", "{0:,} edits wait for room on the disk.", 12))
    window.banner.hold(f"{waiting} {translate(why)}", tr("Rescue copy…"))
    return window


def nothing_left(stage: Stage) -> QWidget:
    window = stage.project(done=True)
    present(window.opened).workspace.load(View.TO_DO)
    stage.until(
        lambda: (
            present(window.opened).workspace.queue.view is View.TO_DO and present(window.opened).workspace.queue_loaded
        )
    )
    stage.until(lambda: len(present(window.opened).workspace.queue) == 0)
    return window


def gallery(stage: Stage) -> QWidget:
    window = stage.batch()
    present(window.opened).gallery.toggle()
    page = present(window.opened).gallery.page
    page.filters.order.setCurrentIndex(page.filters.order.findData(Order.UNCERTAINTY))
    page.look()
    stage.until(lambda: page.grid.ids.size)
    stage.until(lambda: all(page.source.tile(int(i)) for i in page.grid.ids))
    for place, keys in ((1, Qt.KeyboardModifier.NoModifier), (3, Qt.KeyboardModifier.ShiftModifier)):
        QTest.mouseClick(
            page.grid.viewport(), Qt.MouseButton.LeftButton, keys, page.grid.rect_of(place).center()
        )  # fmt: skip
    stage.until(lambda: all(page.source.picture(int(i)) for i in page.grid.ids))
    return window


def review(stage: Stage) -> QWidget:
    window = stage.batch()
    present(window.opened).workspace.show_list(View.REVIEW)
    stage.until(
        lambda: (
            present(window.opened).workspace.view is View.REVIEW
            and present(window.opened).workspace.model.labels is not None
        )
    )
    stage.until(lambda: present(window.opened).area.review.current)
    return window


def training(stage: Stage, outcome: str = "") -> QWidget:
    """The panel of a retraining, as its events tell it."""
    window = stage.batch()
    run = RetrainRun("transfer", present(window.opened).retraining)
    present(window.opened).retraining.run = run
    run.tell(TrainingStage("training"))
    for number in range(1, 13):
        run.tell(Epoch(number, 3.2 / number**0.5, 1.0, 1.0, number * 9.0, 0.2 + 0.04 * number))
        run.tell(LogLine(f"epoch {number}: loss {3.2 / number**0.5:.3f}"))
    run.tell(Progress(12, 40, Message("epoch {0} of {1}", 12, 40), 0.11))
    stage.until(lambda: len(run.epochs) == 12)
    if outcome:
        run.outcome = outcome
        run.task.succeed(None)
        stage.until(lambda: run.task.ended)
    else:
        row = window.status.retraining
        row.follow(run.task)
        row.say(run.words)
    if present(window.opened).retraining.panel is None:
        present(window.opened).retraining.watch()
    present(present(window.opened).retraining.panel).follow(run)
    present(present(window.opened).retraining.panel).show()
    return window


def retrain_finished(stage: Stage) -> QWidget:
    words = tr("AP50 {0} on {2:,} validation images; fixes per image {1}").format("0.72 → 0.77", "3.1 → 2.4", 16)
    return training(stage, tr("The new detector is in use: {0}.").format(words))


# --- dialogs -------------------------------------------------------------------------------------------------------


def sheet(action_id: str) -> Show:
    """The dialog of an action, with a project open."""
    return lambda stage: stage.dialog(stage.batch(), action_id)


def palette(stage: Stage) -> QWidget:
    dialog: Any = stage.dialog(stage.batch(), "help.palette")
    dialog.search.setText("box")
    return dialog


def filled_import(stage: Stage) -> QWidget:
    dialog: Any = stage.dialog(stage.batch(), "project.import")
    dialog.path.path = stage.folder.parent / "dataset"
    stage.until(dialog.go.isEnabled)
    return dialog


def filled_detector(stage: Stage) -> QWidget:
    dialog: Any = stage.dialog(stage.batch(), "detector.add")
    dialog.file.path = stage.detector
    stage.until(dialog.go.isEnabled)
    return dialog


def comparison(stage: Stage) -> QWidget:
    classes = {"bolt": (0.5, 0.8, 40), "nut": (0.45, 0.74, 31), "washer": (0.36, 0.61, 22)}
    worse = {name: (ap - 0.03, ap50 - 0.05, boxes) for name, (ap, ap50, boxes) in classes.items()}
    before, after = Figures(0.437, 0.717, classes, 2.1, 16), Figures(0.407, 0.667, worse, 2.6, 16)
    result = RetrainResult(2, RetrainVerdict.WORSE, before, after, 130.0, {}, (), 52, 470)
    dialog = ComparisonDialog(stage.batch(), result, "starter", "round 4")
    dialog.open()
    return dialog


def verdict(stage: Stage) -> QWidget:
    from boxwright.simulate.from_project import Answer

    rule = "uncertainty:score=detection_entropy,aggregate=mean"
    ahead = Message(
        "Use {0}: it is {1:.1f} AP points ahead of random batches at equal boxes, 95 % interval {2:+.1f} to {3:+.1f}, "
        "over {4} repeats.",
        "uncertainty", 2.1, 0.4, 3.9, 10,
    )  # fmt: skip
    text = joined(" ", (ahead, Message("It needs {0:.0%} fewer boxes for what random batches end with.", 0.28)))
    rows = [(rule, 2.1, 0.4, 3.9), ("uncertainty-random", 0.9, -0.3, 2.2), ("hybrid", 0.2, None, None)]
    dialog = AnswerDialog(present(stage.batch().opened), Answer(rule, text, rows, stage.folder))
    dialog.open()
    return dialog


def wizard(page: int) -> Show:
    def show(stage: Stage) -> QWidget:
        stage.home()
        new_project(stage.window, Path("/pictures/harbour"))
        dialog: Any = stage.topmost()
        for _ in range(page):
            dialog._show(dialog.place + 1)
        return dialog

    return show


def problem(stage: Stage) -> QWidget:
    window = stage.batch()
    window.show_error(
        tr("The project could not be opened"),
        joined(
            " ",
            [
                Message("The project file {0} is damaged or is no project.", "weld seams"),
                Message(
                    "Its newest backup is of {0}: Project → Go back to… in the window, "
                    "or 'boxwright restore \"{1}\"', puts it in place.",
                    "2026-05-04 09:12",
                    "weld seams",
                ),
            ],
        ),
    )
    return stage.topmost()


STATES: tuple[State, ...] = (
    State("start, empty", start_empty, lambda w: w.start_page.new),
    State("start, recent projects", start_recent, lambda w: w.start_page.recent),
    *(State(f"new project, page {n + 1}", wizard(n), (lambda w: w.next) if n < 4 else go) for n in range(5)),
    State("pre-labels to correct", labelling, tool("label.accept_all")),
    State("crowded", crowded, tool("label.accept_all")),
    State("error banner", error_banner, tool("label.accept_all")),
    State("gallery", gallery, lambda w: w.opened.gallery.page.grid),
    State("review", review, lambda w: w.opened.area.image_area.review.findChildren(QToolButton)[0]),
    State("retraining", training, lambda w: w.opened.retraining.panel.hide_button),
    State("retraining, finished", retrain_finished, lambda w: w.opened.retraining.panel.hide_button),
    State("statistics", sheet("pool.statistics"), close, lambda d: d.states.amounts),
    State("rounds", sheet("rounds.show"), close, lambda d: d.table.topLevelItemCount() == 3),
    State("retrain", sheet("retrain.start"), go, lambda d: d.facts.table.topLevelItemCount()),
    State("which detector", comparison, lambda d: d.keep),
    State("export", sheet("project.export"), focused),
    State("import, preview", filled_import, go),
    State("draw a batch", sheet("batch.next"), go, lambda d: d.plan.text()),
    State("way of working", sheet("rounds.schedule"), go),
    State("experiment", sheet("tools.experiment"), close),
    State("experiment, verdict", verdict, go),
    State("settings", sheet("window.settings"), close),
    State("shortcuts", sheet("help.shortcuts"), focused),
    State("shortcut editor", sheet("help.keys"), close),
    State("find an action", palette, lambda d: d.search),
    State("detectors", sheet("detector.list"), close),
    State("add a detector", filled_detector, go),
    State("skip", sheet("label.skip"), focused),
    State("tags and note", sheet("image.marks"), go),
    State("a problem", problem, close),
    State("nothing left to label", nothing_left, tool("batch.next")),
)  # fmt: skip
