"""Story of the demo without a display: a detector, the edits that its pre-labels cost, and what they make of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boxwright.domain.errors import BoxwrightError
from boxwright.services.demo.report import Lap
from boxwright.services.demo.truth import FILE, read_truth
from boxwright.services.project.project import Project
from boxwright.ui.batches.next_batch import NextBatchDialog
from boxwright.ui.demo.play import Player, type_into
from boxwright.ui.demo.round import retrain, set_way
from boxwright.ui.demo.wait import wait_until
from boxwright.ui.demo.worker import PlayedWorker
from boxwright.ui.exchange.export_dialog import ExportDialog
from boxwright.ui.retraining.rounds import RoundsDialog
from boxwright.ui.widgets.dialog import Sheet

EXPORT = "coco"


@dataclass(frozen=True)
class StorySettings:
    """Settings of the story.

    `rounds` of retraining, each after a batch of `share` percent of the pool, and one more batch at the end.
    `images`: of a batch that are corrected, None for all; fewer than all only without a round, which begins with a
    finished batch. `epochs`: of a training, None leaves it to the trainer.
    """

    rounds: int = 1
    share: int = 20
    images: int | None = None
    epochs: int | None = None
    seed: int = 42


QUICK_LOOK = StorySettings(rounds=0, share=10, images=10)
"""Ten images of a first batch, and no training."""


class Story:
    """Story as far as it was played.

    `laps`: what was corrected with which detector's help. `note`: why it ended before its time, else empty.
    """

    def __init__(self, player: Player, project: Path, plot: StorySettings) -> None:
        self._player, self._project, self._plot = player, project, plot
        self._truth = read_truth(project / FILE)
        self.laps: list[Lap] = []
        self.note = ""

    def play(self) -> None:
        self._player.open(self._project)
        with Project.open(self._project, read_only=True) as project:
            count = len(project.images.candidates())
        self._player.narrate(f"Pre-label: the detector looks at {count} images that nobody has labelled.")
        self._player.through("detector.prelabel", "prelabel")
        self._player.shoot("prelabelled")
        set_way(self._player, self._plot.share)
        self.note = self._obstacle()
        if not self.note:
            self._draw_batch()
            self._label_batch()
        for number in range(1, self._plot.rounds + 1):
            self.note = self.note or self._obstacle()
            if self.note:
                break
            retrain(self._player, number, self._plot.epochs)
            self._label_batch()
        if self._plot.rounds:
            self._player.look("rounds.show", "rounds", _filled)
        self._export()

    def _obstacle(self) -> str:
        """Why there can be no further round."""
        with Project.open(self._project, read_only=True) as project:
            return "" if len(project.images.candidates()) else "Every image of the pool is labelled."

    def _draw_batch(self) -> None:
        queue = self._player.workspace.queue
        before, size = queue.latest, round(queue.pool_usable * self._plot.share / 100)
        self._player.narrate(f"Draw: a batch of {size} images.")

        def fill(dialog: Sheet) -> None:
            assert isinstance(dialog, NextBatchDialog)
            type_into(dialog.size_box, str(size))
            type_into(dialog.seed, str(self._plot.seed))

        self._player.through("batch.next", "next-batch", fill)
        wait_until(
            lambda: self._player.workspace.queue.batch not in (None, before) and self._player.shown(), "the new batch"
        )
        if not self._player.left():
            raise BoxwrightError("The played demo stopped: no image of the batch is left to label.")

    def _label_batch(self) -> None:
        player = self._player
        player.to_the_canvas()
        area, detector = player.opened.area, player.workspace.detector
        assert detector is not None
        worker = PlayedWorker(area.canvas, self._truth)
        lap = Lap(detector.id)
        self.laps.append(lap)
        most = 0
        player.narrate(f"Correct: the batch, image by image, with the pre-labels of '{detector.name}'.")
        while self._plot.images is None or len(lap.edits) < self._plot.images:
            record = player.workspace.record
            assert record is not None
            if record.image.id in lap.edits:
                break
            crowd = len(self._truth[record.file.name])
            told = len(self.laps) == 1 and (not lap.edits or crowd > most)
            most = max(most, crowd)
            name = "first" if not lap.edits else "crowded"
            if told:
                player.shoot(f"{name}-before", again=True)
            lap.edits[record.image.id] = worker.correct(record.file)
            if told:
                player.shoot(f"{name}-after", again=True)
            worker.accept()
            wait_until(lambda before=record: player.moved_on(before), "the next image")  # type: ignore[misc]
        wait_until(lambda: player.workspace.saved, "the saving")
        player.narrate(f"Correct: {len(lap.edits)} images done, {sum(lap.edits.values())} edits by hand.")
        player.shoot(f"batch-{len(self.laps)}-done")

    def _export(self) -> None:
        def fill(dialog: Sheet) -> None:
            assert isinstance(dialog, ExportDialog)
            dialog.format.setCurrentIndex(dialog.format.findData(EXPORT))
            type_into(dialog.out.edit, str(self._player.out / EXPORT))

        self._player.narrate(f"Export: the labels in COCO format into {self._player.out / EXPORT}.")
        self._player.through("project.export", "export", fill)


def _filled(dialog: Sheet) -> bool:
    assert isinstance(dialog, RoundsDialog)
    return dialog.table.topLevelItemCount() > 0
