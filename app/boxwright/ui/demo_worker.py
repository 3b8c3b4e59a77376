"""A played annotator: knows the true boxes, sees the pre-labels, and puts right what a careful person would, in the
way that costs the hand least."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt

from boxwright.domain.box import Box, iou_matrix
from boxwright.domain.prediction import Prediction
from boxwright.services.demo.truth import TrueBox
from boxwright.ui.canvas.handles import HANDLES, Handle
from boxwright.ui.canvas.view import CanvasView
from boxwright.ui.commands import selected_items
from boxwright.ui.demo_hand import Hand
from boxwright.ui.demo_tally import CLICK_IN_KEYS, Tally, Task
from boxwright.ui.keys import prediction_key
from boxwright.ui.session import SessionModel

SAME_OBJECT = 0.4
"""From this IoU on a pre-label is about the object; below it somebody rejects it and draws anew."""

GOOD_ENOUGH = 0.85
"""From this IoU on a person leaves a box as it is."""


class PlayedWorker:
    """Corrects the image on the canvas with mouse and keys. `good_enough`, `same_object`: IoU, see above. `tally`
    counts what it does."""

    def __init__(
        self,
        canvas: CanvasView,
        truth: Mapping[str, tuple[TrueBox, ...]],
        good_enough: float = GOOD_ENOUGH,
        same_object: float = SAME_OBJECT,
    ) -> None:
        self._canvas, self._truth = canvas, truth
        self._good_enough, self._same_object = good_enough, same_object
        self.tally = Tally()
        self._hand = Hand(canvas, self.tally)

    @property
    def _model(self) -> SessionModel:
        return self._canvas.model

    def correct(self, file: Path) -> int:
        """Make the current image, whose file is `file`, what the truth says, up to accepting; the edits it took."""
        wanted = self._truth[file.name]
        # In the order of Tab, so that the next one is a key away.
        seen = sorted(self._model.visible_predictions(), key=lambda p: (-self._model.uncertainty_of(p.id), p.id))
        pairs = self._pairs(seen, wanted)
        edits = 0
        for i, prediction in enumerate(seen):
            edits += self._mend(prediction, wanted[pairs[i]]) if i in pairs else self._reject(prediction)
        for j in sorted(set(range(len(wanted))) - set(pairs.values())):
            edits += self._draw(wanted[j])
        return edits

    def accept(self) -> None:
        """One key ends the image: E when nothing is on it, else Space."""
        self.tally.begin(Task.IMAGE)
        empty = not self._model.visible_keys()
        self._hand.tap(Qt.Key.Key_E if empty else Qt.Key.Key_Space)

    def _reject(self, prediction: Prediction) -> int:
        self.tally.begin(Task.EXTRA)
        if not self._reach(prediction):
            return 0
        self._hand.tap(Qt.Key.Key_X)
        return 1

    def _mend(self, prediction: Prediction, wanted: TrueBox) -> int:
        """Move it, change the class; both only where they are wrong."""
        class_id = self._class_id(wanted)
        off = prediction.box.iou(wanted.box) < self._good_enough
        wrong = prediction.class_id != class_id
        self.tally.begin(Task.WRONG_CLASS if wrong else Task.MISPLACED if off else Task.RIGHT)
        if not off and not wrong:
            return 0
        edits = 0
        if wrong:
            if not self._reach(prediction):
                return 0
            self._press_class(class_id)
            edits += 1
        if off:
            edits += self._place(prediction, wanted.box)
        return edits

    def _place(self, prediction: Prediction, target: Box) -> int:
        """One drag where that is enough, else one of each of two corners."""
        key, held = prediction_key(prediction.id), self._holds(prediction)
        if not held and self._hand.meets(key) and self._is_good(_centred(prediction.box, target), target):
            self._hand.move(key, target)
            return 1
        if not held and not self._reach(prediction):
            return 0
        dragged = {handle: _with_sides(prediction.box, target, handle) for handle in HANDLES}
        best = max(HANDLES, key=lambda handle: dragged[handle].iou(target))
        return int(self._hand.reshape(key, target, best if self._is_good(dragged[best], target) else None))

    def _is_good(self, box: Box, target: Box) -> bool:
        return box.iou(target) >= self._good_enough + _ROUNDING

    def _holds(self, prediction: Prediction) -> bool:
        """It is selected, as a pre-label or as the annotation that it became."""
        items = [item for _, item in selected_items(self._model)]
        return len(items) == 1 and prediction.id == (
            items[0].id if isinstance(items[0], Prediction) else items[0].prediction_id
        )

    def _draw(self, wanted: TrueBox) -> int:
        self.tally.begin(Task.MISSING)
        before, closer = self._count(), False
        while not self._is_good(self._hand.as_drawn(wanted.box), wanted.box) and self._canvas.zoom < _CLOSEST:
            self._hand.closer(wanted.box)
            closer = True
        self._hand.draw(wanted.box)
        if closer:
            self._hand.tap(Qt.Key.Key_F)
        if self._count() == before:
            self._hand.tap(Qt.Key.Key_Escape)
            return 0
        if self._model.class_of(self._model.selection[0]) != self._class_id(wanted):
            self._press_class(self._class_id(wanted))
        return 1

    def _reach(self, prediction: Prediction) -> bool:
        """Select it by Tab where that is a few keys away, else by a click."""
        key = prediction_key(prediction.id)
        if self._holds(prediction):
            return True
        order = sorted((-self._model.uncertainty_of(p.id), p.id) for p in self._model.visible_predictions())
        cursor = self._model.doubt_cursor
        later = [entry for entry in order if cursor is None or entry > cursor]
        ahead = (later + order).index((-self._model.uncertainty_of(prediction.id), prediction.id)) + 1
        if self._canvas.tool == "select" and (ahead <= CLICK_IN_KEYS or not self._hand.meets(key)):
            for _ in range(ahead):
                self._hand.tap(Qt.Key.Key_Tab)
        return self._hand.select(key)

    def _count(self) -> int:
        labels = self._model.labels
        return len(labels.annotations) if labels else 0

    def _class_id(self, wanted: TrueBox) -> int:
        return next(c.id for c in self._model.classes if c.name == wanted.name)

    def _press_class(self, class_id: int) -> None:
        place = [c.id for c in self._model.classes].index(class_id)
        self._hand.tap(Qt.Key(Qt.Key.Key_1.value + place))

    def _pairs(self, seen: list[Prediction], wanted: tuple[TrueBox, ...]) -> dict[int, int]:
        """Index of a pre-label -> index of the true box it is about, each used once: those of the right class first,
        best overlap first."""
        if not seen or not wanted:
            return {}
        overlap = iou_matrix(np.stack([p.box.array() for p in seen]), np.stack([t.box.array() for t in wanted]))
        same = np.array([[p.class_id == self._class_id(t) for t in wanted] for p in seen])
        pairs: dict[int, int] = {}
        for flat in np.argsort(-(overlap + same), axis=None, kind="stable").tolist():
            i, j = divmod(flat, overlap.shape[1])
            if overlap[i, j] >= self._same_object and i not in pairs and j not in pairs.values():
                pairs[i] = j
        return pairs


_ROUNDING = 0.02
"""IoU in reserve, because places are rounded to pixels of the screen and of the image."""

_CLOSEST = 8.0
"""Zoom beyond which nobody looks closer."""


def _centred(box: Box, target: Box) -> Box:
    return box.moved((target.x1 + target.x2 - box.x1 - box.x2) / 2, (target.y1 + target.y2 - box.y1 - box.y2) / 2)


def _with_sides(box: Box, target: Box, handle: Handle) -> Box:
    """`box` with the sides of `handle` where they are in `target`; turned inside out it has the same area."""
    across, down = handle
    x = {-1: {"x1": target.x1}, 0: {}, 1: {"x2": target.x2}}[across]
    y = {-1: {"y1": target.y1}, 0: {}, 1: {"y2": target.y2}}[down]
    moved = replace(box, **x, **y)
    return Box.from_corners(moved.x1, moved.y1, moved.x2, moved.y2)
