"""Advice of the schedule in one quiet line: never twice for a batch once it was put away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from boxwright.domain.messages import N_
from boxwright.ui.language.translation import tr
from boxwright.ui.project.queue import View
from boxwright.ui.project.saving import SavingState
from boxwright.ui.retraining.advice_bar import AdviceBar

if TYPE_CHECKING:
    from boxwright.services.batches.schedule import Advice
    from boxwright.services.project.project import Project
    from boxwright.ui.project.workspace import Workspace

BUTTONS = {
    "draw_initial": "Draw the batch",
    "label": N_("Show them"),
    "retrain": "Retrain…",
    "draw_next": "Draw the batch",
}
# The batch whose advice a person has put away.


@dataclass(frozen=True)
class Known:
    """Facts that advice is given by. `batch_id` 0: there is none yet."""

    advice: Advice
    batch_id: int
    dismissed: int | None


class AdviceController(QObject):
    """Controller of advice. `paused` from the start of a retraining until everything that follows from it is done."""

    retrain_wanted = Signal()
    batch_wanted = Signal()

    def __init__(self, bar: AdviceBar, workspace: Workspace, parent: QObject) -> None:
        super().__init__(parent)
        self._bar, self._workspace = bar, workspace
        self._known: Known | None = None
        self.paused = workspace.writer is None
        self._draw = False
        bar.taken.connect(self._taken)
        bar.dismissed.connect(self._put_away)
        workspace.queue_changed.connect(self.look)
        workspace.saving_changed.connect(self._saved)

    def look(self) -> None:
        """Ask the schedule, unless a retraining runs or the batch on screen is plainly not done."""
        if self.paused:
            return
        if self._workspace.queue.view is View.BATCH and self._batch_is_open():
            self._known = None
            self._bar.withdraw_offer()
            return
        self._workspace.reader.ask(_read, self._answer, self)

    def pause(self) -> None:
        self.paused = True
        self._known = None
        self._bar.withdraw()

    def resume(self, draw: bool = False) -> None:
        """`draw`: a batch that is due now is drawn without being asked for."""
        self.paused = False
        self._draw = draw
        self._workspace.reader.ask(_read, self._answer, self)

    def close(self) -> None:
        self.paused = True
        self._bar.taken.disconnect(self._taken)
        self._bar.dismissed.disconnect(self._put_away)
        self._bar.withdraw()

    def _saved(self, saving: SavingState, _sentence: str) -> None:
        if saving is SavingState.SAVED:
            self.look()

    def _answer(self, known: Known) -> None:
        from boxwright.services.batches.schedule import ScheduleStep

        if self.paused:
            return
        draw, self._draw = self._draw, False
        step = known.advice.step
        if step is ScheduleStep.LABEL and self._batch_is_open():
            self._bar.withdraw_offer()
            return
        if draw and step is ScheduleStep.DRAW_NEXT:
            self.batch_wanted.emit()
            return
        if known.dismissed == known.batch_id:
            self._bar.withdraw_offer()
            return
        self._known = known
        possible = known.advice.size > 0 or step in (ScheduleStep.LABEL, ScheduleStep.RETRAIN)
        self._bar.offer(known.advice.text, tr(BUTTONS.get(step.value, "")) if possible else "")

    def _taken(self) -> None:
        from boxwright.services.batches.schedule import ScheduleStep

        known, self._known = self._known, None
        if known is None:
            return
        if known.advice.step is ScheduleStep.RETRAIN:
            self.retrain_wanted.emit()
        elif known.advice.step is ScheduleStep.LABEL:
            self._workspace.show_list(View.VALIDATION)
        else:
            self.batch_wanted.emit()

    def _batch_is_open(self) -> bool:
        """Or it cannot be told, because the queue shows something else."""
        queue = self._workspace.queue
        return queue.view is not View.BATCH or (queue.batch is not None and queue.next_open(-1) is not None)

    def _put_away(self) -> None:
        known, self._known = self._known, None
        if known is not None:
            batch_id = known.batch_id

            def keep(project: Project) -> None:
                project.settings.advice_dismissed = batch_id

            self._workspace.saver.keep(tr("That the advice was put away"), keep)


def _read(project: Project) -> Known:
    from boxwright.services.batches.schedule import advice

    latest = project.batches.latest()
    return Known(advice(project), latest.id if latest else 0, project.settings.advice_dismissed)
