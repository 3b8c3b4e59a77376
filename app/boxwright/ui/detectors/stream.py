"""Judging of images that arrived while the project takes a stream, once the detector has seen them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.language.translation import tr
from boxwright.ui.project.project_op import ProjectOp

if TYPE_CHECKING:
    from boxwright.services.batches.stream import Arrivals
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext


def judge_arrivals(context: ProjectContext) -> None:
    """Queue those worth a label and say so; the image on screen stays. Nothing happens without a stream."""
    workspace = context.workspace

    def judge(project: Project) -> Arrivals:
        from boxwright.services.batches.stream import queue_arrivals

        return queue_arrivals(project)

    def judged(arrivals: Arrivals) -> None:
        if arrivals.queued:
            workspace.load(workspace.view, hold=True)
            words = tr("{0:,} of {1:,} new images are worth a label and wait in the queue.")
            context.app.say(words.format(arrivals.queued, arrivals.looked_at))

    def refused(sentence: str) -> None:
        context.app.show_error(tr("New images were not judged"), sentence)

    ProjectOp(workspace, tr("Judging what has arrived"), judge).success(judged).failure(refused).start()
