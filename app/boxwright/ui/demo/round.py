"""Played round, as a person takes it: "Retrain…", a look at how it goes, and the batch that follows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxwright.domain.errors import BoxwrightError
from boxwright.services.retraining.result import RetrainResult, RetrainVerdict
from boxwright.ui.demo.hand import LEFT, press
from boxwright.ui.demo.play import Player, type_into
from boxwright.ui.demo.wait import wait_until
from boxwright.ui.language.translation import tr
from boxwright.ui.retraining.controller import RetrainController
from boxwright.ui.retraining.dialog import RetrainDialog
from boxwright.ui.retraining.run import RetrainRun
from boxwright.ui.retraining.schedule import ScheduleDialog
from boxwright.ui.retraining.words import MEASURING
from boxwright.ui.widgets.dialog import Sheet

TRAINER = "transfer"
# Of a training, when a line is told of it, and when it is pictured.
_TOLD, _PICTURED = (0.25, 0.5, 0.75), 0.5


def set_way(player: Player, step: int) -> None:
    """Batches of `step` percent of the pool, until all of it is labelled."""

    def fill(dialog: Sheet) -> None:
        assert isinstance(dialog, ScheduleDialog)
        wait_until(dialog.go.isEnabled, "the schedule")
        type_into(dialog.step, str(step))
        type_into(dialog.stop, "100")

    player.through("rounds.schedule", "way-of-working", fill)


def retrain(player: Player, number: int, epochs: int | None = None) -> None:
    """Round `number`; at its end the first image of the next batch is shown. Where the new detector is worse, the
    present one stays."""
    turn = player.opened.retraining
    before = player.workspace.queue.latest
    player.narrate(f"Retrain: round {number} learns from what is labelled.")

    def fill(dialog: Sheet) -> None:
        assert isinstance(dialog, RetrainDialog)
        wait_until(dialog.go.isEnabled, "the facts of the training")
        dialog.trainer.setCurrentIndex(dialog.trainer.findData(TRAINER))
        # Nobody labels meanwhile, so no core needs to be left free.
        type_into(dialog.left_free, "0")
        if epochs is not None:
            type_into(dialog.epochs, str(epochs))
        chosen = dialog.effort.times[dialog.effort.effort]
        wait_until(lambda: chosen.text() != tr(MEASURING), "the time that the training will take")

    player.through("retrain.start", f"retrain-{number}", fill)
    _watch(player, turn, f"training-{number}")
    if turn.comparison is not None:
        player.shoot(f"comparison-{number}", turn.comparison)
        QTest.mouseClick(turn.comparison.keep, LEFT)
        wait_until(lambda: turn.comparison is None and not turn.adviser.paused, "the decision")
        wait_until(player.window.advice.button.isVisible, "the advice")
        QTest.mouseClick(player.window.advice.button, LEFT)
    wait_until(lambda: player.workspace.queue.latest not in (None, before), "the next batch")
    _begin(player)
    player.narrate(f"Next batch: {len(player.workspace.queue)} images.")
    player.shoot(f"next-batch-{number}")


def _watch(player: Player, turn: RetrainController, name: str) -> None:
    """Open the panel, take a picture half-way, wait for the end; fails as the training fails."""
    wait_until(lambda: turn.run is not None, "the training")
    run = turn.run
    assert run is not None
    errors: list[str] = []
    results: list[RetrainResult] = []
    run.task.failed.connect(errors.append)
    run.task.finished.connect(results.append)
    if turn.panel is None or not turn.panel.isVisible():
        QTest.mouseClick(player.window.status.retraining.look, LEFT)
    told = ""
    for share in _TOLD:
        wait_until(lambda share=share: not run.running or _reached(run, share), "the training's progress")  # type: ignore[misc]
        if run.progress is not None and run.progress.what != told:
            told = run.progress.what
            player.narrate(f"Retrain: {told}.")
        if share == _PICTURED:
            player.shoot(name)
    wait_until(lambda: not run.running, "the end of the training")
    if errors or not results:
        raise BoxwrightError(f"The played demo stopped at the retraining: {errors[0] if errors else run.outcome}")
    result = results[0]
    if result.verdict is RetrainVerdict.ACTIVATED:
        player.narrate(f"Better pre-labels: the new detector looks at every image again{_change(result)}.")
    else:
        player.narrate(f"Pre-labels stay: the new detector is no better, and the present one goes on{_change(result)}.")
    wait_until(lambda: turn.comparison is not None or not turn.adviser.paused, "the renewed pre-labels")


def _change(result: RetrainResult) -> str:
    if result.before is None or result.after is None:
        return ""
    return f" (AP50 {result.before.ap50:.3f}, now {result.after.ap50:.3f})"


def _reached(run: RetrainRun, share: float) -> bool:
    progress = run.progress
    return bool(run.epochs) and progress is not None and progress.done >= share * progress.total


def _begin(player: Player) -> None:
    """N shows the first image of the new batch."""
    player.to_the_canvas()
    press(player.opened.canvas, Qt.Key.Key_N)

    def there() -> bool:
        record = player.workspace.record
        return player.shown() and record is not None and record.image.id in player.workspace.queue.reasons

    wait_until(there, "the first image of the new batch")
