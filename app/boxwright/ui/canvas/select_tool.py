"""Tool that selects, moves and resizes boxes."""

from __future__ import annotations

from enum import Enum, auto

from PySide6.QtCore import QPointF, Qt

from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind
from boxwright.ui.canvas import handles
from boxwright.ui.canvas.handles import Handle
from boxwright.ui.canvas.tool import Pointer, Tool, edge_reach, far_enough
from boxwright.ui.labelling import commands
from boxwright.ui.labelling.box_geometry import bounds, move_snapped, moved_together
from boxwright.ui.labelling.box_keys import Key

_TARGET = 12.0
"""A box smaller than this on screen, in device-independent pixels, can be hit as if it were as large."""


class _Gesture(Enum):
    MOVE = auto()
    RESIZE = auto()
    BAND = auto()
    LOCKED = auto()
    """On a locked box: a click selects it, a drag is a rubber band."""


class SelectTool(Tool):
    """Tool that selects, moves and resizes.

    Click selects the smallest box under the pointer, Ctrl+click adds or takes away, Alt+click goes on to the next
    larger one. A drag moves the selection, a handle or edge resizes it; from an empty spot, or with Ctrl, it is a
    rubber band that selects what lies in it. Handles take drags alone: a click there is one like any other, for on a
    crowded picture they lie over boxes that have no other place to be clicked.
    """

    name = "select"
    _start: Pointer | None = None
    _gesture = _Gesture.MOVE
    _dragging = False
    _handle: Handle = (0, 0)
    _boxes: dict[Key, Box]
    _kept: tuple[Key, ...] = ()
    _clicked: QPointF | None = None

    @property
    def active(self) -> bool:
        return self._start is not None

    def press(self, pointer: Pointer) -> None:
        self._start, self._dragging, self._clicked = pointer, False, pointer.at
        handle = self._handle_at(pointer)
        if handle is not None and not pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
            self._gesture, self._handle = _Gesture.RESIZE, handle
            return
        hits = self._hits(pointer)
        if hits and not pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
            self._gesture = _Gesture.MOVE
            self._choose(hits, pointer)
            if any(map(self.surface.model.is_locked, self.surface.model.selection)):
                self._gesture = _Gesture.LOCKED
        else:
            self._gesture = _Gesture.BAND

    def _choose(self, hits: list[Key], pointer: Pointer) -> None:
        model = self.surface.model
        if _goes_round(pointer) and len(model.selection) == 1:
            (selected,) = model.selection
            later = hits.index(selected) + 1 if selected in hits else 0
            model.select([hits[later % len(hits)]])
        elif hits[0] not in model.selection:
            model.select([hits[0]])

    def move(self, pointer: Pointer) -> None:
        if self._start is None:
            hits = self._hits(pointer)
            self.surface.overlay.hover(hits[0] if hits else None)
            return
        if not self._dragging and far_enough(pointer.at, self._start.at):
            self._begin(self._start)
        if self._dragging:
            self._drag(self._start, pointer)

    def _begin(self, start: Pointer) -> None:
        model = self.surface.model
        if self._gesture is _Gesture.LOCKED:
            self._gesture = _Gesture.BAND
        if self._gesture is _Gesture.BAND:
            extending = start.modifiers & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
            self._kept = model.selection if extending else ()
        elif not self.surface.may_edit():
            self._start = None
            return
        self._dragging = True
        self._boxes = {key: model.box_of(key) for key in model.selection}
        if self._gesture is not _Gesture.BAND:
            self.surface.lift(self._boxes)

    def _drag(self, start: Pointer, now: Pointer) -> None:
        if self._gesture is _Gesture.BAND:
            area = Box.from_corners(start.x, start.y, now.x, now.y)
            self.surface.overlay.band(area)
            self.surface.model.select([*self._kept, *self.surface.box_painter.shapes.inside(area)])
        else:
            self.surface.overlay.preview(self._placed(start, now))

    def _placed(self, start: Pointer, now: Pointer) -> dict[Key, Box]:
        labels = self.surface.model.labels
        assert labels is not None
        size = labels.width, labels.height
        dx, dy = now.x - start.x, now.y - start.y
        reach = edge_reach(self.surface, now)
        if self._gesture is _Gesture.MOVE:
            around = bounds(list(self._boxes.values()))
            dx = move_snapped((around.x1, around.x2), float(round(dx)), labels.width, reach)
            dy = move_snapped((around.y1, around.y2), float(round(dy)), labels.height, reach)
            return moved_together(self._boxes, dx, dy, *size)
        return {key: handles.dragged(box, self._handle, dx, dy, *size, reach) for key, box in self._boxes.items()}

    def release(self, pointer: Pointer) -> None:
        start, dragging = self._start, self._dragging
        if start is None:
            return
        if not dragging:
            self.cancel()
            self._click(pointer)
        elif self._gesture is _Gesture.BAND:
            self._drag(start, pointer)
            self.cancel()
        else:
            placed = self._placed(start, pointer)
            self.cancel()
            kind = EditKind.MOVE_BOX if self._gesture is _Gesture.MOVE else EditKind.RESIZE_BOX
            commands.place(self.surface.model, placed, kind)

    def _click(self, pointer: Pointer) -> None:
        model, hits = self.surface.model, self._hits(pointer)
        if pointer.modifiers & Qt.KeyboardModifier.ControlModifier:
            if hits:
                model.select(
                    [k for k in model.selection if k != hits[0]]
                    if hits[0] in model.selection
                    else [*model.selection, hits[0]]
                )
        elif self._gesture is _Gesture.BAND:
            model.select([])
        elif self._gesture is _Gesture.RESIZE:
            if hits:
                self._choose(hits, pointer)
        elif not _goes_round(pointer):
            model.select(hits[:1])

    def pick(self, pointer: Pointer) -> bool:
        """Select the smallest box under the pointer; False when there is none. Several selected boxes with one of them
        there stay, and so does a larger box where it was clicked a moment ago, down in a stack."""
        hits, model = self._hits(pointer), self.surface.model
        there = set(hits) & set(model.selection)
        clicked_here = self._clicked is not None and not far_enough(pointer.at, self._clicked)
        if hits and not (there and (len(model.selection) > 1 or clicked_here)):
            model.select(hits[:1])
        return bool(hits)

    def leave(self) -> None:
        self.surface.overlay.hover(None)

    def cancel(self) -> None:
        lifted = self._dragging and self._gesture is not _Gesture.BAND
        self._start, self._dragging = None, False
        self.surface.overlay.band(None)
        if lifted:
            self.surface.lift({})

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        if self._dragging and self._gesture is _Gesture.RESIZE:
            return handles.cursor(self._handle)
        handle = self._handle_at(pointer)
        if handle is not None:
            return handles.cursor(handle)
        hits = self._hits(pointer)
        if hits and hits[0] in self.surface.model.selection and not self.surface.model.is_locked(hits[0]):
            return Qt.CursorShape.SizeAllCursor
        return Qt.CursorShape.PointingHandCursor if hits else Qt.CursorShape.ArrowCursor

    def _hits(self, pointer: Pointer) -> list[Key]:
        box_painter = self.surface.box_painter
        return box_painter.under(pointer.x, pointer.y, _TARGET / 2 / box_painter.scale)

    def _handle_at(self, pointer: Pointer) -> Handle | None:
        """Handles are there for a single selected box."""
        box_painter, selection = self.surface.box_painter, self.surface.model.selection
        if box_painter.hidden or len(selection) != 1 or selection[0] not in box_painter.shapes.index:
            return None
        if self.surface.model.is_locked(selection[0]):
            return None
        return handles.at(box_painter.exact_rect_of(box_painter.shapes.box(selection[0])), pointer.at)


def _goes_round(pointer: Pointer) -> bool:
    """To the next box of a stack."""
    return bool(pointer.modifiers & Qt.KeyboardModifier.AltModifier)
