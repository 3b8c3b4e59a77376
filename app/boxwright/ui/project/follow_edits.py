"""Wiring of edits to the disk: each is followed; while the project file refuses edits, none is taken."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from boxwright.domain.changes import Changes
from boxwright.domain.labels import ImageLabels
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.saving import Saver

if TYPE_CHECKING:
    from boxwright.ui.project.workspace import Workspace

_EVERYTHING = Changes.BOXES | Changes.PREDICTIONS | Changes.STATE | Changes.MARKS | Changes.CLASSES


def follow_edits(workspace: Workspace) -> None:
    def edited(labels: ImageLabels, written: Future[Any]) -> None:
        assert workspace.record is not None
        workspace.saver.follow(workspace.record.image, labels, written)

    workspace.model.session.on_edit = edited
    _heed_refusal(workspace.saver, workspace.model)


def _heed_refusal(saver: Saver, model: SessionModel) -> None:
    """Let `model` be read-only for as long as `saver` is refused; what was edited stays on screen."""

    def look(*_: object) -> None:
        session, refused = model.session, saver.refused
        stopped = bool(session.stopped)
        session.stopped = (
            tr("Nothing can be changed now. {0}").format(translate(refused.message)) if refused is not None else ""
        )
        if bool(session.stopped) is not stopped:
            model.changed.emit(_EVERYTHING)

    saver.changed.connect(look)
