"""Operation on the open project, made by its writer, and what follows in the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from PySide6.QtCore import QObject

from boxwright.domain.errors import ReadOnlyProject
from boxwright.ui.project.task import BackgroundTask

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.services.project.writer import WriteQueue
    from boxwright.ui.project.workspace import Workspace

T = TypeVar("T")


class ProjectOp(Generic[T]):
    """Operation on a project.

    `change` runs on the writer's thread, after every edit that came before it.

    `ProjectOp(workspace, tr("Classes"), change).success(done).failure(told).start()`. `done` gets the result, `told`
    one sentence; both on the GUI thread, and neither once `owner` (the workspace where nobody says otherwise) is gone.
    A project that can only be read fails with the sentence that says why.
    """

    def __init__(
        self, workspace: Workspace, title: str, change: Callable[[Project], T], owner: QObject | None = None
    ) -> None:
        self._workspace, self._change = workspace, change
        self._task = BackgroundTask(title, owner or workspace)

    def success(self, done: Callable[[T], object]) -> Self:
        self._task.finished.connect(done)
        return self

    def failure(self, told: Callable[[str], object]) -> Self:
        self._task.failed.connect(told)
        return self

    def ended(self, then: Callable[[object], object]) -> Self:
        """However it ends: done, failed or stopped."""
        for signal in (self._task.finished, self._task.failed, self._task.stopped):
            signal.connect(then)
        return self

    def start(self) -> None:
        try:
            self._task.follow(writer_of(self._workspace).submit(self._change))
        except ReadOnlyProject as error:
            self._task.fail(error)


def writer_of(workspace: Workspace) -> WriteQueue:
    """Raises ReadOnlyProject, with the sentence that says why, for a project that can only be read."""
    if workspace.writer is None:
        raise ReadOnlyProject(workspace.project.read_only_reason)
    return workspace.writer
