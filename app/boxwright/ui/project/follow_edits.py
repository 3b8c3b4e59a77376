"""Wiring of edits to the disk: each is followed; while the project file refuses edits, none is taken."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from boxwright.domain.changes import Changes
from boxwright.domain.image import Image
from boxwright.domain.labels import ImageLabels
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.saving import Saver

_EVERYTHING = Changes.BOXES | Changes.PREDICTIONS | Changes.STATE | Changes.MARKS | Changes.CLASSES


def follow_edits(saver: Saver, model: SessionModel, shown: Callable[[], Image | None]) -> None:
    """`shown`: the image on screen, which is the one that an edit is of."""

    def edited(labels: ImageLabels, written: Future[Any]) -> None:
        if (image := shown()) is not None:
            saver.follow(image, labels, written)

    model.edited.connect(edited)
    _heed_refusal(saver, model)


def _heed_refusal(saver: Saver, model: SessionModel) -> None:
    """Let `model` be read-only for as long as `saver` is refused; what was edited stays on screen."""

    def look(*_: object) -> None:
        refused, stopped = saver.refused, model.read_only
        model.read_only_reason = (
            tr("Nothing can be changed now. {0}").format(translate(refused.message)) if refused is not None else ""
        )
        if model.read_only is not stopped:
            model.changed.emit(_EVERYTHING)

    saver.changed.connect(look)
