"""Judging of images that arrived while the project takes a stream, once the detector has seen them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.ui.language.translation import tr
from boxwright.ui.project.task import BackgroundTask

if TYPE_CHECKING:
    from boxwright.services.batches.stream import Arrivals
    from boxwright.services.project.project import Project
    from boxwright.ui.shell.main_window import MainWindow


def judge_arrivals(window: MainWindow) -> None:
    """Queue those worth a label and say so; the image on screen stays. Nothing happens without a stream."""
    workspace = window.workspace
    assert workspace is not None and workspace.writer is not None

    def judge(project: Project) -> Arrivals:
        from boxwright.services.batches.stream import queue_arrivals

        return queue_arrivals(project)

    def judged(arrivals: Arrivals) -> None:
        if arrivals.queued:
            workspace.load(workspace.view, hold=True)
            words = tr("{0:,} of {1:,} new images are worth a label and wait in the queue.")
            window.status.say(words.format(arrivals.queued, arrivals.looked_at))

    task = BackgroundTask(tr("Judging what has arrived"), workspace)
    task.finished.connect(judged)
    task.failed.connect(lambda sentence: window.show_error(tr("New images were not judged"), sentence))
    task.follow(workspace.writer.submit(judge))
