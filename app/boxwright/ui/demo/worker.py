"""Played annotator: knows the true boxes, sees the pre-labels, and puts right what a careful person would.

In the way that costs the hand least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt

from boxwright.domain.annotation import Annotation
from boxwright.domain.box import Box, iou_matrix
from boxwright.domain.prediction import Prediction
from boxwright.services.demo.truth import TrueBox
from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.canvas.handles import HANDLES, Handle
from boxwright.ui.demo.hand import Hand
from boxwright.ui.demo.tally import CLICK_IN_KEYS, Correction, WorkTally
from boxwright.ui.labelling.box_keys import annotation_key, prediction_key
from boxwright.ui.labelling.commands import selected_items
from boxwright.ui.labelling.corner_completion import Completion, Completions
from boxwright.ui.labelling.session import SessionModel

SAME_OBJECT = 0.4
"""From this IoU on a pre-label is about the object; below it somebody rejects it and draws anew."""

GOOD_ENOUGH = 0.85
"""From this IoU on a person leaves a box as it is."""


class PlayedWorker:
    """Annotator who corrects the image on the canvas with mouse and keys. `good_enough`, `same_object`: IoU, see
    above. `tally` counts what it does."""

    def __init__(
        self,
        canvas: CanvasView,
        truth: Mapping[str, tuple[TrueBox, ...]],
        good_enough: float = GOOD_ENOUGH,
        same_object: float = SAME_OBJECT,
    ) -> None:
        self._canvas, self._truth = canvas, truth
        self._good_enough, self._same_object = good_enough, same_object
        self.tally = WorkTally()
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
        self.tally.begin(Correction.IMAGE)
        empty = not self._model.visible_keys()
        self._hand.tap(Qt.Key.Key_E if empty else Qt.Key.Key_Space)

    def _reject(self, prediction: Prediction) -> int:
        self.tally.begin(Correction.EXTRA)
        for _ in range(_TRIES):
            if not self._reach(prediction):
                return 0
            self._hand.tap(Qt.Key.Key_X)
            if all(p.id != prediction.id for p in self._model.visible_predictions()):
                return 1
        return 0

    def _mend(self, prediction: Prediction, wanted: TrueBox) -> int:
        """Move it, change the class; both only where they are wrong."""
        class_id = self._class_id(wanted)
        off = prediction.box.iou(wanted.box) < self._good_enough
        wrong = prediction.class_id != class_id
        self.tally.begin(Correction.WRONG_CLASS if wrong else Correction.MISPLACED if off else Correction.RIGHT)
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
        """Put a box right, looking closer where the screen's pixels are too coarse for it; 0 when it cannot be had."""
        edits, closer = self._pull(prediction, target), False
        while self._box_of(prediction).iou(target) < self._good_enough and self._canvas.zoom < _CLOSEST:
            self._hand.closer(target)
            closer = True
            if self._reach(prediction):
                edits = max(edits, int(self._hand.reshape(prediction_key(prediction.id), target)))
        if closer:
            self._hand.tap(Qt.Key.Key_F)
        return edits

    def _pull(self, prediction: Prediction, target: Box) -> int:
        """One click or drag where that is enough, else a drag of each of two corners."""
        key, held = prediction_key(prediction.id), self._holds(prediction)
        if not held and self._put_corner(prediction, target):
            return 1
        if not held and self._hand.meets(key) and self._is_good(_centred(prediction.box, target), target):
            self._hand.move(key, target)
            return 1
        if not held and not self._reach(prediction):
            return 0
        dragged = {handle: _with_sides(prediction.box, target, handle) for handle in HANDLES}
        best = max(HANDLES, key=lambda handle: dragged[handle].iou(target))
        return int(self._hand.reshape(key, target, best if self._is_good(dragged[best], target) else None))

    def _box_of(self, prediction: Prediction) -> Box:
        """Where it is now, taken or not."""
        made = [a.box for a in self._annotations() if a.prediction_id == prediction.id]
        return made[0] if made else prediction.box

    def _annotations(self) -> list[Annotation]:
        return list(self._model.labels.annotations.values()) if self._model.labels else []

    def _is_good(self, box: Box, target: Box) -> bool:
        return box.iou(target) >= self._good_enough + _ROUNDING

    def _holds(self, prediction: Prediction) -> bool:
        """It is selected, as a pre-label or as the annotation that it became."""
        items = [item for _, item in selected_items(self._model)]
        return len(items) == 1 and prediction.id == (
            items[0].id if isinstance(items[0], Prediction) else items[0].prediction_id
        )

    def _draw(self, wanted: TrueBox) -> int:
        self.tally.begin(Correction.MISSING)
        before, closer = len(self._annotations()), False
        while not self._is_good(self._hand.as_drawn(wanted.box), wanted.box) and self._canvas.zoom < _CLOSEST:
            self._hand.closer(wanted.box)
            closer = True
        if not self._take_guess(wanted):
            self._hand.draw(wanted.box)
        if closer:
            self._hand.tap(Qt.Key.Key_F)
        if len(self._annotations()) == before:
            self._hand.tap(Qt.Key.Key_Escape)
            return 0
        if self._model.class_of(self._model.selection[0]) != self._class_id(wanted):
            self._press_class(self._class_id(wanted))
        return 1

    def _take_guess(self, wanted: TrueBox) -> bool:
        """Click where the box begins, if what the window offers there is good; one that is not was looked at in vain.
        Who draws by extreme points does not come by a corner."""
        if not self._sees_guesses:
            return False
        guess = self._hand.begin_at(wanted.box, FIRST_CORNER)
        if guess is None:
            return False
        if guess.box.iou(wanted.box) < self._good_enough:
            self.tally.judged[Correction.MISLED] += 1
            return False
        self.tally.change(Correction.OFFERED)
        self._hand.take_guess(wanted.box, FIRST_CORNER)
        return True

    @property
    def _sees_guesses(self) -> bool:
        return self._canvas.offer_guesses and self._canvas.draw_by == "drag"

    def _put_corner(self, prediction: Prediction, target: Box) -> bool:
        """Click where a corner of a badly placed pre-label should be. False where that is not offered or not enough."""
        labels = self._model.labels
        if not self._sees_guesses or labels is None:
            return False
        guesses = Completions.of(labels, self._model.threshold)
        for corner in CORNERS:
            x, y = (target.x1 if corner[0] < 0 else target.x2), (target.y1 if corner[1] < 0 else target.y2)
            if not self._mends(guesses.at(x, y), prediction, target):
                continue
            # At the edge of the image the pointer jumps to it, and what is offered there may be another.
            if self._mends(self._hand.begin_at(target, corner), prediction, target):
                self.tally.change(Correction.PUT)
                self._hand.take_guess(target, corner)
                return True
        return False

    def _mends(self, guess: Completion | None, prediction: Prediction, target: Box) -> bool:
        return guess is not None and guess.prediction.id == prediction.id and self._is_good(guess.box, target)

    def _reach(self, prediction: Prediction) -> bool:
        """Select it by Tab where that is a few keys away, else by a click."""
        key = prediction_key(prediction.id)
        if self._holds(prediction):
            return True
        made = [a.uid for a in self._annotations() if a.prediction_id == prediction.id]
        if made:
            return self._hand.select(annotation_key(made[0]))
        order = sorted((-self._model.uncertainty_of(p.id), p.id) for p in self._model.visible_predictions())
        cursor = self._model.doubt_cursor
        later = [entry for entry in order if cursor is None or entry > cursor]
        ahead = (later + order).index((-self._model.uncertainty_of(prediction.id), prediction.id)) + 1
        if self._canvas.tool == "select" and (ahead <= CLICK_IN_KEYS or not self._hand.meets(key)):
            for _ in range(ahead):
                self._hand.tap(Qt.Key.Key_Tab)
        return self._hand.select(key)

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


FIRST_CORNER: Handle = (-1, -1)
"""Where a box is begun: nobody knows beforehand at which corner the detector guesses best."""

CORNERS = [handle for handle in HANDLES if all(handle)]

_ROUNDING = 0.02
"""IoU in reserve, because places are rounded to pixels of the screen and of the image."""

_TRIES = 3

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
