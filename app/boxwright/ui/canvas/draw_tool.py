"""Tool that draws a box: from corner to corner, by dragging or by two clicks, or by its four extreme points."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from boxwright.domain.box import Box
from boxwright.ui.canvas.tool import MIN_DRAG, Pointer, Surface, Tool, edge_reach, far_enough
from boxwright.ui.labelling import commands
from boxwright.ui.labelling.box_geometry import MIN_SIDE, snapped, spanned, squared
from boxwright.ui.labelling.corner_completion import Completion, Completions
from boxwright.ui.language.translation import tr

EXTREME_POINTS = 4


class DrawTool(Tool):
    """Tool that draws a box.

    `points` are the places set so far. A dragged corner counts whichever way is chosen, but for extreme points, and
    Shift makes the box between two corners a square. Before the first point the detector may offer a guess, which
    `take_guess` takes, and a click where boxes are dragged.
    """

    name = "draw"

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self._points: list[Pointer] = []
        # Whether the button that set the first point is still down.
        self._fresh = False
        self._guess: Completion | None = None
        self._guesses: Completions | None = None
        self._told = False

    @property
    def active(self) -> bool:
        return bool(self._points)

    @property
    def _by_points(self) -> bool:
        return self.surface.draw_by == "points"

    def press(self, pointer: Pointer) -> None:
        model = self.surface.model
        if self._points:
            return  # a further click is taken when the button comes up
        if model.labels is None or not self.surface.may_edit():
            return
        if model.current_class_id is None:
            model.message.emit(tr("Add a class first: a box needs one."))
            return
        self._points = [self._placed(pointer)]
        self._fresh = True

    def move(self, pointer: Pointer) -> None:
        self.surface.overlay.crosshair(pointer.at)
        if not self._points:
            self._offer(self._guess_at(pointer))
        elif far_enough(pointer.at, self._points[0].at) or not self._fresh:
            self._offer(None)
            self._show(self._placed(pointer))

    def _guess_at(self, pointer: Pointer) -> Completion | None:
        model, labels = self.surface.model, self.surface.model.labels
        if not self.surface.offer_guesses or labels is None or model.read_only or self.surface.box_painter.hidden:
            return None
        known, now = self._guesses, (labels, model.threshold, model.current_class_id)
        if known is None or known.labels is not labels or (known.threshold, known.class_id) != now[1:]:
            known = self._guesses = Completions.of(*now)
        placed = self._placed(pointer)
        inside = 0 <= placed.x <= labels.width and 0 <= placed.y <= labels.height
        return known.at(placed.x, placed.y) if inside else None

    def renew(self, pointer: Pointer) -> None:
        """Boxes, threshold or image changed under a pointer that stands still."""
        if not self._points:
            self._offer(self._guess_at(pointer))

    def _offer(self, guess: Completion | None) -> None:
        if guess != self._guess:
            self._guess = guess
            self.surface.overlay.guess(guess)
            if guess is not None and not self._told:
                self._told = True
                self.surface.model.message.emit(self._how_to_take())

    def _how_to_take(self) -> str:
        """Said once in the life of a canvas."""
        if self.surface.draw_by == "drag":
            return tr("Click here to take the box that the detector guesses, or drag to draw your own.")
        return tr("Press T to take the box that the detector guesses, or draw your own.")

    def take_guess(self) -> bool:
        """Make the guess on screen a box; False when there is none."""
        guess = self._guess
        if guess is None or not self.surface.may_edit():
            return False
        self.cancel()
        commands.take_guess(self.surface.model, guess.prediction, guess.box)
        self._put_down()
        return True

    def release(self, pointer: Pointer) -> None:
        if not self._points:
            return
        now = self._placed(pointer)
        first_click, self._fresh = self._fresh, False
        if self._by_points:
            if not first_click:
                self._points.append(now)
            self._show(now)
            if len(self._points) == EXTREME_POINTS:
                self._finish(self._spanned(self._points))
            return
        moved = now.at - self._points[0].at
        if first_click and self.surface.draw_by == "drag" and not far_enough(now.at, self._points[0].at):
            if not self.take_guess():
                self.cancel()
        elif min(abs(moved.x()), abs(moved.y())) >= MIN_DRAG:
            self._finish(self._spanned([self._points[0], now]))
        elif not first_click or self.surface.draw_by == "drag" or far_enough(now.at, self._points[0].at):
            self.cancel()

    def _finish(self, box: Box | None) -> None:
        self.cancel()
        if box is not None:
            commands.draw(self.surface.model, box)
            self._put_down()

    def _put_down(self) -> None:
        if not self.surface.stay_in_draw:
            self.surface.choose_tool("select")

    def _show(self, now: Pointer) -> None:
        places = [*self._points, now]
        self.surface.overlay.draft(self._spanned(places))
        self.surface.overlay.points([(p.x, p.y) for p in self._points] if self._by_points else [])

    def take_back(self) -> bool:
        """Take back the last extreme point; False when there is none."""
        if not self._by_points or not self._points:
            return False
        last = self._points.pop()
        if self._points:
            self._show(last)
        else:
            self.cancel()
        return True

    def leave(self) -> None:
        self._offer(None)
        self.surface.overlay.crosshair(None)

    def cancel(self) -> None:
        self._points = []
        self._offer(None)
        self.surface.overlay.draft(None)
        self.surface.overlay.points([])

    def cursor(self, pointer: Pointer) -> Qt.CursorShape:
        return Qt.CursorShape.CrossCursor

    def _placed(self, pointer: Pointer) -> Pointer:
        """`pointer` as it counts: on the edge of the image when it is near, and squared with Shift."""
        labels = self.surface.model.labels
        if labels is None:
            return pointer
        reach = edge_reach(self.surface, pointer)
        x, y = snapped(pointer.x, labels.width, reach), snapped(pointer.y, labels.height, reach)
        if self._points and not self._by_points and pointer.modifiers & Qt.KeyboardModifier.ShiftModifier:
            first = self._points[0]
            x, y = squared(round(first.x), round(first.y), x, y, labels.width, labels.height)
        return replace(pointer, x=x, y=y)

    def _spanned(self, places: list[Pointer]) -> Box | None:
        """The box around these places; None while no pixel of the image is spanned."""
        labels = self.surface.model.labels
        if labels is None:
            return None
        across, down = [p.x for p in places], [p.y for p in places]
        box = spanned(min(across), min(down), max(across), max(down), labels.width, labels.height)
        return box if min(box.width, box.height) >= MIN_SIDE else None
