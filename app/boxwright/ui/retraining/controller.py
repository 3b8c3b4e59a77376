"""Controller of retraining: a run beside the person's work, and what follows it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from boxwright.domain.batch import Batch
from boxwright.domain.messages import joined
from boxwright.domain.model import Model
from boxwright.ui.batches.drawing import draw_batch
from boxwright.ui.batches.sampler_words import batch_summary
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.jobs import PRELABELLING
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.project.queue import View
from boxwright.ui.retraining.advice import AdviceController
from boxwright.ui.retraining.advice_bar import AdviceBar
from boxwright.ui.retraining.run import RetrainRun, start_run
from boxwright.ui.retraining.words import change_words
from boxwright.ui.widgets.job_row import JobRow

if TYPE_CHECKING:
    from boxwright.services.prelabelling.prelabel import PrelabelResult
    from boxwright.services.project.project import Project
    from boxwright.services.retraining.request import RetrainRequest
    from boxwright.services.retraining.result import RetrainResult
    from boxwright.ui.project.context import ProjectContext
    from boxwright.ui.retraining.comparison import ComparisonDialog
    from boxwright.ui.retraining.panel import RetrainPanel

STOPPING_SECONDS = 10.0


class RetrainController(QObject):
    """Controller of one open project's retraining. Nothing here touches the image on screen: what changed is shown
    when it is left."""

    def __init__(self, context: ProjectContext, bar: AdviceBar, row: JobRow) -> None:
        """`bar` says what the schedule advises; `row` of the status line how far a retraining is."""
        super().__init__(context.workspace)
        self._context, self._workspace = context, context.workspace
        self._window = context.app.dialog_parent
        self._bar, self._row = bar, row
        self.run: RetrainRun | None = None
        self.panel: RetrainPanel | None = None
        self.comparison: ComparisonDialog | None = None
        self.adviser = AdviceController(bar, context.workspace, self)
        self.adviser.retrain_wanted.connect(context.app.live_actions["retrain.start"].trigger)
        self.adviser.batch_wanted.connect(self._draw)

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.running

    def start(self, request: RetrainRequest, title: str) -> None:
        """Retrain in the background. Raises BoxwrightError when it cannot begin."""
        run = self.run = start_run(self._workspace, request, title, self)
        self.adviser.pause()
        row = self._row
        row.follow(run.task)
        run.changed.connect(lambda: row.say(run.words))
        run.task.finished.connect(self._done)
        run.task.failed.connect(self._failed)
        run.task.stopped.connect(self._stopped)
        if self.panel is not None:
            self.panel.follow(run)
        self._context.app.update_actions()

    def advise(self) -> None:
        self.adviser.look()

    def watch(self) -> None:
        """Show how the retraining goes, or hide it."""
        from boxwright.ui.retraining.panel import RetrainPanel

        if self.run is None:
            return
        if self.panel is None:
            self.panel = RetrainPanel(self._window)
            self._window.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.panel)
            self.panel.follow(self.run)
            self.panel.show()
        else:
            self.panel.setVisible(not self.panel.isVisible())

    def retranslate(self) -> None:
        if self.panel is not None:
            self.panel.retranslate()
        self.adviser.look()

    def close(self) -> None:
        """End the retraining, if one runs, and take everything of it off the context."""
        self.adviser.close()
        if self.run is not None and self.run.running:
            self.run.task.cancel()
            self.run.task.wait(STOPPING_SECONDS)
        if self.comparison is not None:
            # Closed with its project, it has not been answered.
            self.comparison.blockSignals(True)
            self.comparison.close()
        self._row.let_go()
        if self.panel is not None:
            self._window.removeDockWidget(self.panel)
            self.panel.deleteLater()
            self.panel = None

    # --- how it ended ----------------------------------------------------------------------------------------------

    def _ended(self, outcome: str) -> None:
        if self.run is not None:
            self.run.outcome = outcome
            self.run.changed.emit()
        self._context.app.update_actions()

    def _failed(self, sentence: str) -> None:
        self._ended(tr("Not finished. The present detector goes on."))
        self._context.app.show_error(tr("Retraining: not done"), sentence)
        self.adviser.resume()

    def _stopped(self, sentence: str) -> None:
        self._ended(sentence)
        self._context.app.say(sentence)
        self.adviser.resume()

    def _done(self, result: RetrainResult) -> None:
        from boxwright.services.retraining.result import RetrainVerdict

        images = result.after.images if result.after else 0
        words = change_words(result.before, result.after, images)
        if result.verdict is RetrainVerdict.ACTIVATED:
            self._ended(tr("Done: {0}.").format(words))
            self._bar.offer(f"{tr('The new detector is in use: {0}.').format(words)} {translate(result.note)}".strip())
            self._activated(result.model_id)
            return
        useless = result.verdict is RetrainVerdict.USELESS
        self._ended(
            tr("Finished; the new detector is of no use yet and not in use.")
            if useless
            else tr("Finished; you decide which detector goes on.")
        )
        self._workspace.refresh(hold=True)
        self._workspace.reader.ask(lambda project: project.models.all(), partial(self._compare, result), self)

    def _compare(self, result: RetrainResult, models: list[Model]) -> None:
        """Shown beside the work without taking the keyboard: the next key was meant for the canvas."""
        from boxwright.ui.retraining.comparison import ComparisonDialog

        new = next(m.name for m in models if m.id == result.model_id)
        present = next((m.name for m in models if m.active), "")
        dialog = self.comparison = ComparisonDialog(self._window, result, present, new)
        dialog.setModal(False)
        dialog.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        dialog.chosen.connect(self._use)
        dialog.rejected.connect(partial(self._keep, bool(present)))
        dialog.destroyed.connect(self._forget_comparison)
        active, focus = self._window.isActiveWindow(), self._window.focusWidget()
        dialog.show()
        # Not every window system heeds the attribute.
        if active:
            self._window.activateWindow()
            if focus is not None:
                focus.setFocus()

    def _forget_comparison(self) -> None:
        self.comparison = None

    def _keep(self, present: bool) -> None:
        self._context.app.say(
            tr("The present detector goes on; the new one stays in the list of detectors.")
            if present
            else tr("The new detector is not in use; it stays in the list of detectors.")
        )
        self.adviser.resume()

    def _use(self, model_id: int) -> None:
        from boxwright.services.retraining.run import activate

        def use(project: Project) -> None:
            activate(project, model_id)

        op = ProjectOp(self._workspace, tr("Changing the detector"), use, owner=self)
        op.success(lambda _: self._activated(model_id)).failure(self._not_changed).start()

    def _not_changed(self, sentence: str) -> None:
        self._context.app.show_error(tr("The detector was not changed"), sentence)

    # --- what follows ----------------------------------------------------------------------------------------------

    def _activated(self, model_id: int) -> None:
        self._workspace.refresh(hold=True)
        self._workspace.reader.ask(lambda project: project.models.get(model_id), self._renew, self)

    def _renew(self, model: Model) -> None:
        """New pre-labels for what nobody has touched. What the detector before was still doing is of no use now; any
        other long work comes to its end first."""
        from boxwright.ui.detectors.prelabel import begin_prelabelling

        task = self._context.task
        if task is not None:
            for signal in (task.finished, task.failed, task.stopped):
                signal.connect(lambda _: self._renew(model))
            if task.title == tr(PRELABELLING):
                task.cancel()
            return
        begin_prelabelling(self._context, model, self._context.app.settings.device, hold=True, then=self._renewed)

    def _renewed(self, result: PrelabelResult) -> None:
        if result.stopped:
            self.adviser.resume()
            return
        self.adviser.resume(draw=True)

    def _draw(self) -> None:
        """The batch that the schedule asks for."""
        from boxwright.services.batches.schedule import scheduled_request

        def refused(sentence: str) -> None:
            self._context.app.show_error(tr("No batch was drawn"), sentence)

        draw_batch(self._context, scheduled_request, self._drawn, refused)

    def _drawn(self, batch: Batch) -> None:
        if not batch.items:
            self._bar.offer(joined(" ", batch.notes) or tr("No unlabelled image is left to draw."))
            return
        workspace = self._workspace
        workspace.load(View.BATCH if workspace.view is View.BATCH else workspace.view, hold=True)
        key = self._context.app.live_actions["go.open"].shortcut().toString()
        self._bar.offer(f"{batch_summary(batch)} {tr('Press {0} to begin with it.').format(key)}")
