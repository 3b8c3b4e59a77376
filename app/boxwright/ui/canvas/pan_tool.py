"""Tool that drags the picture under the window."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from boxwright.ui.canvas.tool import Pointer, Tool


class PanTool(Tool):
    """Tool that pans."""

    name = "pan"
    _last: QPointF | None = None

    @property
    def active(self) -> bool:
        return self._last is not None

    def press(self, pointer: Pointer) -> None:
        self._last = pointer.at

    def move(self, pointer: Pointer) -> None:
        if self._last is not None:
            moved = pointer.at - self._last
            self._last = pointer.at
            self.surface.scroll_by(-moved.x(), -moved.y())

    def release(self, pointer: Pointer) -> None:
        self._last = None

    def cancel(self) -> None:
        self._last = None

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.ClosedHandCursor if self.active else Qt.CursorShape.OpenHandCursor
