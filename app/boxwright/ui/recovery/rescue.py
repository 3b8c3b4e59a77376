"""Rescue copies in the window: where to write one, and taking one in again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from boxwright.domain.errors import BoxwrightError
from boxwright.ui.language.translation import tr
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.recovery.problem import ProblemDialog

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.services.project.rescue import TakenIn
    from boxwright.ui.project.context import AppContext, ProjectContext
    from boxwright.ui.project.workspace import Workspace

SHOWN = 5


def write_copy(app: AppContext, workspace: Workspace, then: Callable[[], object] = lambda: None) -> None:
    """Ask where, write what is not saved there, then what can still be read of the project, and say what to do with
    it. `then` follows when it is written."""
    from boxwright.services.project.rescue import Lost, copy_pool, write_rescue

    chosen = QFileDialog.getExistingDirectory(app.dialog_parent, tr("Where shall the rescue copy be written?"))
    if not chosen:
        return
    old = workspace.project.folder
    folder = Path(chosen) / f"{old.name}-rescue-{datetime.now():%Y%m%d-%H%M%S}"
    saver, writer = workspace.saver, workspace.writer
    unsaved, waiting = saver.every_unsaved(), writer.unsaved if writer is not None else []
    lost = [Lost(one.image, one.labels) for one in unsaved]
    try:
        write_rescue(folder, old, lost, workspace.model.classes, about_words(folder))
    except BoxwrightError as error:
        app.show_error(tr("The rescue copy could not be written"), str(error))
        return
    saver.rescued_to(folder)

    def copied(whole: bool) -> None:
        saver.tell()
        title = tr("The rescue copy is written")
        dialog = ProblemDialog(app, title, whole_words(folder) if whole else labels_words(folder, len(lost)))
        dialog.finished.connect(lambda _: then())
        dialog.open()

    workspace.reader.ask(lambda project: copy_pool(folder, project, waiting), copied, app.dialog_parent)


def whole_words(folder: Path) -> str:
    return tr("The whole project is in {0}, with every edit. Open that folder as a project to go on there.").format(
        folder
    )


def labels_words(folder: Path, images: int) -> str:
    return tr(
        "The labels of {0:,} images are in {1}. When the project can be written again, or a backup of it is open, "
        "choose “Take in a rescue copy…” in the menu Project."
    ).format(images, folder)


def about_words(folder: Path) -> str:
    """For whoever finds the folder later."""
    lines = (
        tr("A rescue copy that Boxwright wrote because edits could not be saved."),
        tr("If there is a file project.db here, this folder is a whole project with those edits: open it."),
        tr(
            "In any case rescue.json holds the labels of the images with such edits: open the project, or a backup of "
            "it, and choose “Take in a rescue copy…” in the menu Project."
        ),
    )
    return "\n".join(lines) + "\n"


def take_in(context: ProjectContext) -> None:
    """Ask for a rescue copy and give the images of the open project the labels in it."""
    from boxwright.services.project import rescue

    app, workspace = context.app, context.workspace
    chosen, _ = QFileDialog.getOpenFileName(
        app.dialog_parent, tr("Take in a rescue copy"), "", f"{tr('Rescue copies')} ({rescue.RESCUE})"
    )
    if not chosen:
        return

    def take(project: Project) -> TakenIn:
        return rescue.take_in(project, Path(chosen))

    def taken(result: TakenIn) -> None:
        workspace.refresh()
        app.show_error(tr("The rescue copy is taken in"), taken_words(result))

    def failed(sentence: str) -> None:
        app.show_error(tr("The rescue copy was not taken in"), sentence)

    ProjectOp(workspace, tr("Taking in a rescue copy"), take).success(taken).failure(failed).start()


def taken_words(result: TakenIn) -> str:
    parts = [tr("{0:,} images have their edits again.").format(result.images)]
    if result.unchanged:
        parts.append(tr("{0:,} had them already.").format(result.unchanged))
    if result.changed:
        parts.append(
            tr("{0:,} were worked on since and stay as they are: {1}.").format(
                len(result.changed), _listed(result.changed)
            )
        )
    if result.missing:
        parts.append(tr("{0:,} are not in this project: {1}.").format(len(result.missing), _listed(result.missing)))
    return " ".join(parts)


def _listed(paths: tuple[str, ...]) -> str:
    return ", ".join(paths[:SHOWN]) + (" …" if len(paths) > SHOWN else "")
