"""Drawing of a batch in the window: where no detector compares the images, they are looked at first."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from boxwright.ui.language.translation import tr
from boxwright.ui.project.jobs import on_own_connection
from boxwright.ui.project.project_op import ProjectOp

if TYPE_CHECKING:
    from boxwright.domain.batch import Batch
    from boxwright.domain.features import ImageFeatures
    from boxwright.domain.progress import Report, ShouldStop
    from boxwright.services.batches.next_batch import NextRequest
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext


def draw_batch(
    context: ProjectContext,
    rule: Callable[[Project], NextRequest],
    drawn: Callable[[Batch], object],
    refused: Callable[[str], object],
) -> None:
    """Draw what `rule` asks for, as the project is by then. `drawn` or `refused`, with a sentence, follows on the GUI
    thread."""
    workspace = context.workspace

    def draw(appearances: ImageFeatures | None) -> None:
        def change(project: Project) -> Batch:
            from boxwright.services.batches.next_batch import next_batch

            return next_batch(project, rule(project), appearances)

        ProjectOp(workspace, tr("Drawing a batch"), change).success(drawn).failure(refused).start()

    if workspace.detector is not None or context.task is not None or workspace.writer is None:
        draw(None)
        return

    def look(local: Project, report: Report, should_stop: ShouldStop) -> ImageFeatures | None:
        from boxwright.services.batches.appearances import appearances_for

        return appearances_for(local, rule(local), report, should_stop)

    task = on_own_connection(tr("Looking at the images"), workspace.project, look)
    for signal in (task.failed, task.stopped):
        signal.connect(refused)
    context.run(task, draw)
