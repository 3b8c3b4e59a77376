"""Overlay of what moves: hovered and selected boxes, handles, previews of a gesture, crosshair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QPainter

from boxwright.domain.box import Box
from boxwright.ui.canvas import outline
from boxwright.ui.canvas.box_painter import PLAIN_FROM, BoxPainter
from boxwright.ui.canvas.style import (
    BAND,
    CASING,
    CHIP,
    CHIP_TEXT,
    CROSSHAIR,
    HANDLE_EDGE,
    HANDLE_FILL,
    SELECTED_CASING,
)
from boxwright.ui.labelling.box_keys import Key
from boxwright.ui.labelling.corner_completion import Completion

_TAGGED_AT_MOST = 12


class Overlay:
    """Overlay over the boxes at rest. It tells `update` which part of the viewport to repaint when what is lively
    changes."""

    def __init__(self, box_painter: BoxPainter, update: Callable[[QRect], None]) -> None:
        self._scenery = box_painter
        self._update = update
        self._hovered: Key | None = None
        self._selected: tuple[Key, ...] = ()
        self._preview: dict[Key, Box] = {}
        self._draft: Box | None = None
        self._guess: Completion | None = None
        self._points: list[tuple[float, float]] = []
        self._band: Box | None = None
        self._crosshair: QPointF | None = None

    @property
    def hovered(self) -> Key | None:
        return self._hovered

    def hover(self, key: Key | None) -> None:
        if key != self._hovered:
            self._repaint_boxes([self._hovered, key])
            self._hovered = key

    def select(self, keys: tuple[Key, ...]) -> None:
        self._repaint_boxes(self._selected)
        self._selected = keys
        self._repaint_boxes(self._selected)

    def preview(self, boxes: Mapping[Key, Box]) -> None:
        """Show these boxes where a gesture would put them."""
        for shown in (self._preview, boxes):
            self._repaint(list(shown), list(shown.values()))
        self._preview = dict(boxes)

    def draft(self, box: Box | None) -> None:
        """The box that is being drawn."""
        for one in (self._draft, box):
            if one is not None:
                self._update(self._scenery.reach_of(one).united(self._size_chip(one)).adjusted(-4, -4, 4, 4))
        self._draft = box

    @property
    def guessed(self) -> Completion | None:
        """What the draw tool offers now."""
        return self._guess

    def guess(self, guess: Completion | None) -> None:
        """The box that the detector would make of the corner under the pointer."""
        for one in (self._guess, guess):
            if one is not None:
                reach = self._scenery.reach_of(one.box).united(self._guess_tag(one))
                self._update(reach.adjusted(-4, -4, 4, 4))
        self._guess = guess

    def points(self, points: list[tuple[float, float]]) -> None:
        """Places that were clicked for a box to come, in pixels of the image."""
        if points != self._points:
            for x, y in [*self._points, *points]:
                self._update(self._point_square(x, y).adjusted(-2, -2, 2, 2))
            self._points = list(points)

    def _point_square(self, x: float, y: float) -> QRect:
        at = self._scenery.transform.map(QPointF(x, y)).toPoint()
        return QRect(at.x() - 3, at.y() - 3, 7, 7)

    def band(self, area: Box | None) -> None:
        """The rubber band, in pixels of the image."""
        for one in (self._band, area):
            if one is not None:
                self._update(self._scenery.rect_of(one).adjusted(-3, -3, 3, 3))
        self._band = area

    def crosshair(self, at: QPointF | None) -> None:
        for one in (self._crosshair, at):
            if one is not None:
                view = self._scenery.view
                self._update(QRect(round(one.x()) - 1, view.top(), 3, view.height()))
                self._update(QRect(view.left(), round(one.y()) - 1, view.width(), 3))
        self._crosshair = at

    # Painting

    def paint(self, painter: QPainter) -> None:
        if not self._scenery.hidden:
            self._paint_boxes(painter)
        if self._guess is not None:
            self._paint_guess(painter, self._guess)
        if self._draft is not None:
            self._paint_draft(painter, self._draft)
        for x, y in self._points:
            square = self._point_square(x, y)
            painter.fillRect(square.adjusted(-1, -1, 1, 1), HANDLE_EDGE)
            painter.fillRect(square, HANDLE_FILL)
        if self._band is not None:
            rect = self._scenery.rect_of(self._band)
            painter.fillRect(rect, BAND)
            outline.frame(painter, rect, 1, 1, CASING)
            outline.frame(painter, rect, 0, 1, SELECTED_CASING)
        if self._crosshair is not None:
            self._paint_crosshair(painter, self._crosshair)

    def _paint_boxes(self, painter: QPainter) -> None:
        index = self._scenery.shapes.index
        selected = [key for key in self._selected if key in index]
        hovered = self._hovered
        if hovered is not None and hovered in index and hovered not in selected and not self._preview:
            self._paint_lively(painter, hovered, selected=False)
            self._paint_tag(painter, hovered)
        if len(selected) > PLAIN_FROM:
            self._paint_many(painter, selected)
            return
        for key in selected:
            self._paint_lively(painter, key, selected=True)
        if len(selected) == 1:
            box = self._box(selected[0])
            outline.handle_squares(painter, self._scenery.exact_rect_of(box))
            if self._preview:
                self._paint_size(painter, box)
        if len(selected) <= _TAGGED_AT_MOST:
            for key in selected:
                self._paint_tag(painter, key)

    def _paint_lively(self, painter: QPainter, key: Key, selected: bool) -> None:
        box_painter = self._scenery
        style, predicted = box_painter.look_of(box_painter.shapes.index[key])
        outline.lively_box(painter, box_painter.rect_of(self._box(key)), style, predicted, selected, box_painter.line)

    def _paint_tag(self, painter: QPainter, key: Key) -> None:
        self._scenery.paint_tag(painter, self._tag_place(key, self._box(key)), self._scenery.shapes.index[key])

    def _paint_many(self, painter: QPainter, keys: list[Key]) -> None:
        for key in keys:
            rect = self._scenery.rect_of(self._box(key))
            outline.frame(painter, rect, 2, 3, SELECTED_CASING)

    def _paint_draft(self, painter: QPainter, box: Box) -> None:
        class_id = self._scenery.model.current_class_id
        style = self._scenery.style_of(class_id if class_id is not None else 0)
        outline.lively_box(painter, self._scenery.rect_of(box), style, False, True, self._scenery.line)
        self._paint_size(painter, box)

    def _paint_guess(self, painter: QPainter, guess: Completion) -> None:
        style = self._scenery.style_of(guess.prediction.class_id)
        outline.lively_box(painter, self._scenery.rect_of(guess.box), style, True, False, self._scenery.line)
        self._paint_chip(painter, self._guess_tag(guess), self._guess_text(guess))

    def _paint_size(self, painter: QPainter, box: Box) -> None:
        self._paint_chip(painter, self._size_chip(box), _size_text(box))

    def _paint_chip(self, painter: QPainter, place: QRect, text: str) -> None:
        painter.fillRect(place, CHIP)
        painter.setFont(self._scenery.font)
        painter.setPen(CHIP_TEXT)
        painter.drawText(place.adjusted(4, 0, 0, 0), 0, text)

    def _paint_crosshair(self, painter: QPainter, at: QPointF) -> None:
        view, x, y = self._scenery.view, round(at.x()), round(at.y())
        painter.fillRect(x + 1, view.top(), 1, view.height(), CASING)
        painter.fillRect(view.left(), y + 1, view.width(), 1, CASING)
        painter.fillRect(x, view.top(), 1, view.height(), CROSSHAIR)
        painter.fillRect(view.left(), y, view.width(), 1, CROSSHAIR)

    # Extents

    def _box(self, key: Key) -> Box:
        return self._preview.get(key) or self._scenery.shapes.box(key)

    def _tag_place(self, key: Key, box: Box) -> QRect:
        box_painter = self._scenery
        i = box_painter.shapes.index[key]
        return (
            box_painter.tag_of(i)
            if key not in self._preview
            else box_painter.tag_place(box_painter.rect_of(box), box_painter.texts[i])
        )

    def _size_chip(self, box: Box) -> QRect:
        width, height = self._scenery.tag_size(_size_text(box))
        rect, view = self._scenery.rect_of(box), self._scenery.view
        corner = QPoint(
            min(max(rect.right() - width, view.left()), view.right() - width),
            min(rect.bottom() + 8, view.bottom() - height),
        )
        return QRect(corner.x(), corner.y(), width, height)

    def _guess_tag(self, guess: Completion) -> QRect:
        return self._scenery.tag_place(self._scenery.rect_of(guess.box), self._guess_text(guess))

    def _guess_text(self, guess: Completion) -> str:
        known = self._scenery.model.class_named(guess.prediction.class_id)
        return f"{known.name if known else '?'} {guess.prediction.score:.2f}"

    def _extent(self, key: Key, box: Box) -> QRect:
        """Everything that is painted for a lively box."""
        if key not in self._scenery.shapes.index:
            return QRect()
        extent = self._scenery.reach_of(box).united(self._tag_place(key, box))
        return extent.united(self._size_chip(box)) if self._selected == (key,) else extent

    def _repaint_boxes(self, keys: Iterable[Key | None]) -> None:
        index = self._scenery.shapes.index
        known = [key for key in keys if key is not None and key in index]
        self._repaint(known, [self._box(key) for key in known])

    def _repaint(self, keys: Sequence[Key], boxes: Sequence[Box]) -> None:
        if len(keys) > _TAGGED_AT_MOST:
            self._update(self._scenery.view)
        else:
            self._repaint_rects(self._extent(key, box) for key, box in zip(keys, boxes))

    def _repaint_rects(self, rects: Iterable[QRect]) -> None:
        around = QRect()
        for rect in rects:
            around |= rect
        if not around.isEmpty():
            self._update(around)


def _size_text(box: Box) -> str:
    return f"{box.width:.0f} × {box.height:.0f}"
