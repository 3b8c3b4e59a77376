"""Protocol of tools: one receives the mouse, previews on the overlay, and ends in one edit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from boxwright.config.settings import DrawBy
from boxwright.domain.box import Box
from boxwright.ui.canvas.box_painter import BoxPainter
from boxwright.ui.canvas.overlay import Overlay
from boxwright.ui.labelling.box_keys import Key
from boxwright.ui.labelling.session import SessionModel

MIN_DRAG = 3.0
"""Device-independent pixels the pointer must travel before a press becomes a drag."""


@dataclass(frozen=True)
class Pointer:
    """Mouse position: `at` on the viewport, `x, y` in pixels of the image, which may lie outside of it."""

    at: QPointF
    x: float
    y: float
    modifiers: Qt.KeyboardModifier


class Surface(Protocol):
    """Part of the canvas that tools use."""

    stay_in_draw: bool
    draw_by: DrawBy
    offer_guesses: bool

    @property
    def model(self) -> SessionModel: ...
    @property
    def box_painter(self) -> BoxPainter: ...
    @property
    def overlay(self) -> Overlay: ...
    def lift(self, boxes: dict[Key, Box]) -> None: ...
    def scroll_by(self, dx: float, dy: float) -> None: ...
    def choose_tool(self, name: str) -> None: ...
    def may_edit(self) -> bool: ...


class Tool:
    """Tool of the canvas, a State. Without a gesture under way `active` is False and `cancel` does nothing."""

    name = ""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface

    @property
    def active(self) -> bool:
        """A gesture is under way."""
        return False

    def press(self, pointer: Pointer) -> None:
        """The left button went down."""

    def move(self, pointer: Pointer) -> None:
        """The pointer moved, with the button down or not."""

    def release(self, pointer: Pointer) -> None:
        """The left button went up."""

    def take_back(self) -> bool:
        """Backspace: one step of the gesture back; False when a gesture has no steps."""
        return False

    def leave(self) -> None:
        """The pointer left the canvas, or another tool takes over."""

    def cancel(self) -> None:
        """End the gesture and leave everything as it was."""

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.ArrowCursor


EDGE_REACH = 5.0
"""Device-independent pixels within which a dragged edge jumps to the edge of the image. Ctrl held turns it off."""


def edge_reach(surface: Surface, pointer: Pointer) -> float:
    """Pixels of the image within which its edge attracts."""
    free = pointer.modifiers & Qt.KeyboardModifier.ControlModifier
    return 0.0 if free else EDGE_REACH / surface.box_painter.scale


def far_enough(a: QPointF, b: QPointF) -> bool:
    return max(abs(a.x() - b.x()), abs(a.y() - b.y())) >= MIN_DRAG
