"""One turn of the circle as a person takes it: "Retrain…", a look at how it goes, and the batch that follows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxwright.domain.errors import BoxwrightError
from boxwright.ui.demo_hand import LEFT, press, wait_at_most, wait_until
from boxwright.ui.demo_play import LONG, Player, type_into
from boxwright.ui.dialogs.base import Sheet
from boxwright.ui.dialogs.retrain import RetrainDialog
from boxwright.ui.dialogs.schedule import ScheduleDialog
from boxwright.ui.retrain_run import RetrainRun
from boxwright.ui.retrain_words import MEASURING
from boxwright.ui.turn import Turn

TRAINER = "transfer"
ESTIMATE = 60.0
"""Seconds that a person waits to be told how long it will take."""
TRAINING = 3 * 3600.0
"""Seconds that a training may take on a busy machine."""


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
    turn = player.window.turn
    assert turn is not None
    before = player.workspace.queue.latest

    def fill(dialog: Sheet) -> None:
        assert isinstance(dialog, RetrainDialog)
        wait_until(dialog.go.isEnabled, "the facts of the training")
        # Nobody labels meanwhile, so no core needs to be left free.
        type_into(dialog.left_free, "0")
        if epochs is not None:
            type_into(dialog.epochs, str(epochs))
        chosen = dialog.effort.times[dialog.effort.effort]
        wait_at_most(lambda: chosen.text() != MEASURING, ESTIMATE)

    player.through("retrain.start", f"retrain-{number}", fill)
    _watch(player, turn, f"training-{number}")
    if turn.comparison is not None:
        player.shoot(f"comparison-{number}", turn.comparison)
        QTest.mouseClick(turn.comparison.keep, LEFT)
        wait_until(lambda: turn.comparison is None and not turn.adviser.paused, "the decision")
        wait_until(player.window.advice.button.isVisible, "the advice")
        QTest.mouseClick(player.window.advice.button, LEFT)
    wait_until(lambda: player.workspace.queue.latest not in (None, before), "the next batch", LONG)
    _begin(player)
    player.shoot(f"next-batch-{number}")


def _watch(player: Player, turn: Turn, name: str) -> None:
    """Open the panel, take a picture half-way, wait for the end; fails as the training fails."""
    wait_until(lambda: turn.run is not None, "the training")
    run = turn.run
    assert run is not None
    errors: list[str] = []
    run.task.failed.connect(errors.append)
    if turn.panel is None or not turn.panel.isVisible():
        QTest.mouseClick(player.window.status.retraining.look, LEFT)
    wait_until(lambda: not run.running or _half(run), "half of the training", TRAINING)
    player.shoot(name)
    wait_until(lambda: not run.running, "the end of the training", TRAINING)
    if errors:
        raise BoxwrightError(f"The played demo stopped at the retraining: {errors[0]}")
    wait_until(lambda: turn.comparison is not None or not turn.adviser.paused, "the renewed pre-labels", LONG)


def _half(run: RetrainRun) -> bool:
    progress = run.progress
    return bool(run.epochs) and progress is not None and 2 * progress.done >= progress.total


def _begin(player: Player) -> None:
    """N shows the first image of the new batch."""
    player.to_the_canvas()
    area = player.window.work_area
    assert area is not None
    press(area.canvas, Qt.Key.Key_N)

    def there() -> bool:
        record = player.workspace.record
        return player.shown() and record is not None and record.image.id in player.workspace.queue.reasons

    wait_until(there, "the first image of the new batch")
