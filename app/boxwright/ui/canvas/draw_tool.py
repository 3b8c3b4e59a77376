"""Draw a box by dragging from corner to corner."""

from __future__ import annotations

from PySide6.QtCore import Qt

from boxwright.domain.box import Box
from boxwright.ui import commands
from boxwright.ui.canvas.tool import MIN_DRAG, Pointer, Tool
from boxwright.ui.placing import MIN_SIDE, spanned


class DrawTool(Tool):
    name = "draw"
    _start: Pointer | None = None

    @property
    def active(self) -> bool:
        return self._start is not None

    def press(self, pointer: Pointer) -> None:
        model = self.surface.model
        if model.labels is None or not self.surface.may_edit():
            return
        if model.current_class_id is None:
            model.message.emit("Add a class first: a box needs one.")
            return
        self._start = pointer

    def move(self, pointer: Pointer) -> None:
        self.surface.overlay.crosshair(pointer.at)
        if self._start is not None:
            self.surface.overlay.draft(self._box(self._start, pointer))

    def release(self, pointer: Pointer) -> None:
        start = self._start
        if start is None:
            return
        self.cancel()
        box = self._box(start, pointer)
        moved = pointer.at - start.at
        if box is None or min(abs(moved.x()), abs(moved.y())) < MIN_DRAG:
            return
        commands.draw(self.surface.model, box)
        if not self.surface.stay_in_draw:
            self.surface.choose_tool("select")

    def leave(self) -> None:
        self.surface.overlay.crosshair(None)

    def cancel(self) -> None:
        self._start = None
        self.surface.overlay.draft(None)

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def _box(self, start: Pointer, now: Pointer) -> Box | None:
        """None while no pixel of the image is spanned."""
        labels = self.surface.model.labels
        if labels is None:
            return None
        box = spanned(start.x, start.y, now.x, now.y, labels.width, labels.height)
        return box if min(box.width, box.height) >= MIN_SIDE else None
