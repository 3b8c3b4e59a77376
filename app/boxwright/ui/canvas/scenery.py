"""What is painted and where: image, boxes at rest and their tags, for one state of the view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QTransform

from boxwright.domain.box import Box
from boxwright.ui.canvas import outline, tags
from boxwright.ui.canvas.pyramid import Pyramid
from boxwright.ui.canvas.shapes import Shapes
from boxwright.ui.canvas.style import CHIP, CHIP_TEXT, ClassStyle, class_style
from boxwright.ui.keys import Key
from boxwright.ui.session import SessionModel

PLAIN_FROM = 500
"""With more boxes in view than this they are painted without casing and tint."""

_SHARP_FROM = 3.0
"""Device pixels per image pixel from which pixels are shown as squares."""

_MANY_CHANGED = 50
_TAG_PADDING = 4
_TAG_BAR = 3


@dataclass
class Scenery:
    """`transform` maps pixels of the image to device-independent pixels of the viewport `view`."""

    model: SessionModel
    font: QFont
    background: QColor
    shapes: Shapes
    pyramid: Pyramid | None = None
    transform: QTransform = field(default_factory=QTransform)
    view: QRect = field(default_factory=QRect)
    device_ratio: float = 1.0
    hidden: bool = False
    away: frozenset[Key] = frozenset()
    """Boxes that a gesture is moving: painted by the gesture, not here."""

    def __post_init__(self) -> None:
        self._styles: dict[int, ClassStyle] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._ascent = QFontMetrics(self.font).ascent()
        self._rects: NDArray[np.int64] | None = None
        self._tags: dict[int, QRect] | None = None

    # Keeping up

    def set_shapes(self, shapes: Shapes) -> list[QRect] | None:
        """Show other boxes; the parts of the viewport that look different now, None for all of it."""
        before = self.shapes
        changed = before.rows ^ shapes.rows
        if len(changed) > _MANY_CHANGED:
            self.shapes, self._rects, self._tags = shapes, None, None
            return None
        dirty = [self.reach_of(Box(*box)) for _, box, _ in changed]
        old_tags = {before.keys[i]: rect for i, rect in self.tags.items()}
        self.shapes, self._rects, self._tags = shapes, None, None
        new_tags = {shapes.keys[i]: rect for i, rect in self.tags.items()}
        for key in old_tags.keys() | new_tags.keys():
            old, new = old_tags.get(key), new_tags.get(key)
            if old != new:
                dirty.extend(rect for rect in (old, new) if rect is not None)
        return dirty

    def set_transform(self, transform: QTransform, view: QRect, device_ratio: float) -> None:
        self.transform, self.view, self.device_ratio = QTransform(transform), QRect(view), device_ratio
        self._rects = self._tags = None

    def forget_styles(self) -> None:
        """Classes or font changed."""
        self._styles.clear()
        self._sizes.clear()
        self._ascent = QFontMetrics(self.font).ascent()
        self._tags = None

    # Asking

    @property
    def scale(self) -> float:
        """Device-independent pixels per pixel of the image."""
        return self.transform.m11()

    def style_of(self, class_id: int) -> ClassStyle:
        style = self._styles.get(class_id)
        if style is None:
            style = self._styles[class_id] = class_style(self.model.class_named(class_id))
        return style

    def look_of(self, index: int) -> tuple[ClassStyle, bool]:
        """The style of a box's class, and whether it is a pre-label."""
        return self.style_of(int(self.shapes.class_ids[index])), not np.isnan(self.shapes.scores[index])

    def rect_of(self, box: Box) -> QRect:
        """`box` on screen."""
        return self.exact_rect_of(box).toRect()

    def exact_rect_of(self, box: Box) -> QRectF:
        return self.transform.mapRect(QRectF(box.x1, box.y1, box.width, box.height))

    def reach_of(self, box: Box) -> QRect:
        """The part of the viewport that `box` is painted in, lively or not, without its tag."""
        return self.rect_of(box).adjusted(-8, -8, 8, 8)

    @property
    def rects(self) -> NDArray[np.int64]:
        """(N,4) int64: every box as x1, y1, x2, y2 on screen."""
        if self._rects is None:
            offset = (self.transform.dx(), self.transform.dy()) * 2
            self._rects = np.rint(self.shapes.boxes * self.scale + offset).astype(np.int64)
        return self._rects

    @property
    def tags(self) -> dict[int, QRect]:
        """Index of a box at rest -> its tag on screen."""
        if self._tags is None:
            crowded = len(self.shapes) > tags.CROWDED and self._in_view() > tags.CROWDED
            order = [] if crowded else np.argsort(self.shapes.ranks).tolist()
            self._tags = tags.place_tags(self.rects, order, self._tag_size, self.view)
        return self._tags

    def _in_view(self) -> int:
        return len(self.shapes.touching(self._image_area(self.view)))

    def text_of(self, index: int) -> str:
        """The class, and the score of a pre-label."""
        name = self.style_of(int(self.shapes.class_ids[index])).name
        score = float(self.shapes.scores[index])
        return name if np.isnan(score) else f"{name} {score:.2f}"

    def _tag_size(self, index: int) -> tuple[int, int]:
        return self.tag_size(self.text_of(index))

    def tag_size(self, text: str) -> tuple[int, int]:
        """Width and height of a tag. Measured once per text: asking the font took most of a zoom step."""
        size = self._sizes.get(text)
        if size is None:
            metrics = QFontMetrics(self.font)
            size = metrics.horizontalAdvance(text) + 2 * _TAG_PADDING + _TAG_BAR, metrics.height()
            self._sizes[text] = size
        return size

    def tag_place(self, rect: QRect, text: str) -> QRect:
        """Where the tag of a lively box shown at `rect` stands."""
        return tags.place_one(rect, *self.tag_size(text), self.view)

    def _image_area(self, rect: QRect) -> Box:
        """The part of the image that can have a say in what `rect` looks like."""
        inverse, _ = self.transform.inverted()
        area = inverse.mapRect(QRectF(rect.adjusted(-4, -4, 4, 4)))
        return Box(area.left(), area.top(), area.right(), area.bottom())

    # Painting

    def paint(self, painter: QPainter, rect: QRect) -> None:
        """Background, image, boxes at rest and tags inside `rect` of the viewport."""
        whole = rect.contains(self.view)
        if not whole:  # clipping costs each box a third more
            painter.setClipRect(rect)
        painter.fillRect(rect, self.background)
        if self.pyramid:
            self._paint_image(painter, self.pyramid, rect)
        if not self.hidden:
            self._paint_boxes(painter, self.shapes.touching(self._image_area(rect)).tolist())
            self._paint_tags(painter, rect)
        painter.setClipping(False)

    def _paint_image(self, painter: QPainter, pyramid: Pyramid, rect: QRect) -> None:
        scale = self.scale * self.device_ratio
        image = pyramid.level_for(scale)
        # Only what is in sight is handed over: far zoomed in, the whole would lie beyond the raster engine's numbers.
        seen = self._image_area(self.view).clipped(pyramid.width, pyramid.height)
        left, top = np.floor(seen.x1), np.floor(seen.y1)
        part = QRectF(left, top, np.ceil(seen.x2) - left, np.ceil(seen.y2) - top)
        if part.isEmpty():
            return
        across, down = image.width() / pyramid.width, image.height() / pyramid.height
        source = QRectF(part.x() * across, part.y() * down, part.width() * across, part.height() * down)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < _SHARP_FROM)
        painter.drawImage(self.transform.mapRect(part), image, source)

    def _paint_boxes(self, painter: QPainter, indices: Iterable[int]) -> None:
        keys, rects = self.shapes.keys, self.rects.tolist()
        class_ids, predicted = self.shapes.class_ids.tolist(), (~np.isnan(self.shapes.scores)).tolist()
        plain = len(self.shapes) > PLAIN_FROM and self._in_view() > PLAIN_FROM
        for i in indices:
            if keys[i] not in self.away:
                outline.box(painter, rects[i], self.style_of(class_ids[i]), predicted[i], plain)

    def _paint_tags(self, painter: QPainter, rect: QRect) -> None:
        for i, place in self.tags.items():
            if place.intersects(rect) and self.shapes.keys[i] not in self.away:
                self.paint_tag(painter, place, i)

    def paint_tag(self, painter: QPainter, place: QRect, index: int) -> None:
        """A filled tag for what a person confirmed, a dark one with a coloured edge for a pre-label."""
        style, predicted = self.look_of(index)
        painter.fillRect(place, CHIP if predicted else style.solid)
        if predicted:
            painter.fillRect(QRect(place.left(), place.top(), _TAG_BAR, place.height()), style.solid)
        painter.setPen(CHIP_TEXT if predicted else style.text)
        painter.setFont(self.font)
        left = place.left() + _TAG_PADDING + (_TAG_BAR if predicted else 0)
        painter.drawText(QPointF(left, place.top() + self._ascent), self.text_of(index))


NO_SHAPES = Shapes((), np.empty((0, 4)), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
