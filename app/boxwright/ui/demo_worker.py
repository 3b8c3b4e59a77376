"""A played annotator: knows the true boxes, sees the pre-labels, and puts right what a careful person would."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt

from boxwright.domain.box import iou_matrix
from boxwright.domain.prediction import Prediction
from boxwright.services.demo.truth import TrueBox
from boxwright.ui.canvas.view import CanvasView
from boxwright.ui.demo_hand import Hand
from boxwright.ui.keys import prediction_key
from boxwright.ui.session import SessionModel

SAME_OBJECT = 0.4
"""From this IoU on a pre-label is about the object; below it somebody rejects it and draws anew."""

GOOD_ENOUGH = 0.85
"""From this IoU on a person leaves a box as it is."""


class PlayedWorker:
    """Corrects the image on the canvas with mouse and keys."""

    def __init__(self, canvas: CanvasView, truth: Mapping[str, tuple[TrueBox, ...]]) -> None:
        self._canvas, self._truth = canvas, truth
        self._hand = Hand(canvas)

    @property
    def _model(self) -> SessionModel:
        return self._canvas.model

    def correct(self, file: Path) -> int:
        """Make the current image, whose file is `file`, what the truth says, up to accepting; the edits it took."""
        wanted = self._truth[file.name]
        seen = self._model.visible_predictions()
        pairs = _pairs(seen, wanted)
        edits = sum(self._reject(p) for i, p in enumerate(seen) if i not in pairs)
        for i, j in pairs.items():
            edits += self._mend(seen[i], wanted[j])
        for j in sorted(set(range(len(wanted))) - set(pairs.values())):
            edits += self._draw(wanted[j])
        return edits

    def accept(self) -> None:
        """One key ends the image: E when nothing is on it, else Space."""
        empty = not self._model.visible_keys()
        self._hand.tap(Qt.Key.Key_E if empty else Qt.Key.Key_Space)

    def _reject(self, prediction: Prediction) -> int:
        if not self._hand.select(prediction_key(prediction.id)):
            return 0
        self._hand.tap(Qt.Key.Key_X)
        return 1

    def _mend(self, prediction: Prediction, wanted: TrueBox) -> int:
        """Move corners, change the class; both only where they are wrong."""
        class_id = self._class_id(wanted)
        off = prediction.box.iou(wanted.box) < GOOD_ENOUGH
        if not off and prediction.class_id == class_id:
            return 0
        key = prediction_key(prediction.id)
        if not self._hand.select(key):
            return 0
        edits = int(off and self._hand.reshape(key, wanted.box))
        if prediction.class_id != class_id:
            self._press_class(class_id)
            edits += 1
        return edits

    def _draw(self, wanted: TrueBox) -> int:
        before = self._count()
        self._hand.draw(wanted.box)
        if self._count() == before:
            self._hand.tap(Qt.Key.Key_Escape)
            return 0
        if self._model.class_of(self._model.selection[0]) != self._class_id(wanted):
            self._press_class(self._class_id(wanted))
        return 1

    def _count(self) -> int:
        labels = self._model.labels
        return len(labels.annotations) if labels else 0

    def _class_id(self, wanted: TrueBox) -> int:
        return next(c.id for c in self._model.classes if c.name == wanted.name)

    def _press_class(self, class_id: int) -> None:
        place = [c.id for c in self._model.classes].index(class_id)
        self._hand.tap(Qt.Key(Qt.Key.Key_1.value + place))


def _pairs(seen: list[Prediction], wanted: tuple[TrueBox, ...]) -> dict[int, int]:
    """Index of a pre-label -> index of the true box it is about, best overlap first, each used once."""
    if not seen or not wanted:
        return {}
    overlap = iou_matrix(np.stack([p.box.array() for p in seen]), np.stack([t.box.array() for t in wanted]))
    pairs: dict[int, int] = {}
    for flat in np.argsort(-overlap, axis=None, kind="stable").tolist():
        i, j = divmod(flat, overlap.shape[1])
        if overlap[i, j] < SAME_OBJECT:
            break
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return pairs
