"""Box painter: image, boxes at rest and their tags, for one state of the view."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPixmap, QTransform

from boxwright.domain.box import Box
from boxwright.ui.canvas import outline, tags
from boxwright.ui.canvas.pyramid import Pyramid
from boxwright.ui.canvas.shapes import Shapes
from boxwright.ui.canvas.strips import Strips, striped
from boxwright.ui.canvas.style import ClassStyle, class_style
from boxwright.ui.canvas.tag_picture import TAG_BAR, TAG_PADDING, tag_picture
from boxwright.ui.canvas.tone import PLAIN, Tone, Toner
from boxwright.ui.canvas.uncertainty_colors import doubt_style, looks_of
from boxwright.ui.labelling.box_keys import Key
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr

PLAIN_FROM = 500
"""With more boxes in view than this they are painted without casing and tint."""

COARSE_FROM = 250
"""With more boxes in view than this they are painted so, and without tags, while the picture is moving."""

_SHARP_ABOVE = 1.0
"""Device pixels per image pixel above which pixels are shown as squares: what is judged is not made up."""

_MANY_CHANGED = 50
_TAGS_KEPT = 3000
_BEYOND = 16
"""Pixels that a box out of sight is painted beyond the edge of the view."""


@dataclass
class BoxPainter:
    """Painter of an image with its boxes.

    `transform` maps pixels of the image to device-independent pixels of the viewport `view`.
    """

    model: SessionModel
    font: QFont
    background: QColor
    shapes: Shapes
    pyramid: Pyramid | None = None
    transform: QTransform = field(default_factory=QTransform)
    view: QRect = field(default_factory=QRect)
    device_ratio: float = 1.0
    hidden: bool = False
    moving: bool = False
    """The picture is being zoomed or scrolled: the next state of the view follows at once."""
    line: int = 2
    """Width of a box's line in device-independent pixels."""
    alone: frozenset[Key] = frozenset()
    """Boxes beside which no other is shown; none: all are."""
    tone: Tone = PLAIN
    by_doubt: bool = False
    """Pre-labels are coloured by how doubtful they are, and not by class."""
    away: frozenset[Key] = frozenset()
    """Boxes that a gesture is moving: painted by the gesture, not here."""

    def __post_init__(self) -> None:
        self._styles: dict[int, ClassStyle] = {}
        self._strips: dict[int, Strips] = {}
        self._sizes: dict[str, tuple[int, int]] = {}
        self._chips: dict[tuple[int, bool, str], QPixmap] = {}
        self._texts: list[str] | None = None
        self._toner = Toner()
        self._asked: tuple[object, list[Key]] = (None, [])
        self._looks: NDArray[np.int64] | None = None
        self._rects: NDArray[np.int64] | None = None
        self._tags: dict[int, QRect] | None = None
        self.names_shown = True
        # By index, of boxes without a tag at rest that were pointed at.
        self._singles: dict[int, QRect] = {}
        self._tag_rects: NDArray[np.int64] | None = None

    # Keeping up

    def set_shapes(self, shapes: Shapes) -> list[QRect] | None:
        """Show other boxes; the parts of the viewport that look different now, None for all of it."""
        before = self.shapes
        changed = before.rows ^ shapes.rows
        if len(changed) > _MANY_CHANGED:
            self._take(shapes)
            return None
        dirty = [self.reach_of(Box(*box)) for _, box, *_ in changed]
        old_tags = {before.keys[i]: rect for i, rect in self.tags.items()}
        self._take(shapes)
        new_tags = {shapes.keys[i]: rect for i, rect in self.tags.items()}
        for key in old_tags.keys() | new_tags.keys():
            old, new = old_tags.get(key), new_tags.get(key)
            if old != new:
                dirty.extend(rect for rect in (old, new) if rect is not None)
        return dirty

    def _take(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self._asked = (None, [])
        self._rects = self._tags = self._texts = self._looks = None

    def settle(self) -> bool:
        """The picture stands still; True when it must be painted anew, because it was painted coarsely."""
        was_coarse, self.moving = self.coarse, False
        if was_coarse:
            self._tags = None
        return was_coarse

    def set_transform(self, transform: QTransform, view: QRect, device_ratio: float) -> None:
        if device_ratio != self.device_ratio:
            self._strips.clear()
            self._chips.clear()
        self.transform, self.view, self.device_ratio = QTransform(transform), QRect(view), device_ratio
        self._rects = self._tags = None

    def forget_styles(self) -> None:
        """Classes, font or line changed."""
        for kept in (self._styles, self._strips, self._sizes, self._chips):
            kept.clear()
        self._tags = self._texts = self._looks = None

    def set_names_shown(self, shown: bool) -> None:
        """Whether boxes at rest have tags."""
        self.names_shown, self._tags = shown, None

    # Asking

    @property
    def scale(self) -> float:
        """Device-independent pixels per pixel of the image."""
        return self.transform.m11()

    def style_of(self, look: int) -> ClassStyle:
        """`look` is a class id, or below 0 a step of doubt."""
        style = self._styles.get(look)
        if style is None:
            found = doubt_style(look) if look < 0 else class_style(self.model.class_named(look))
            style = self._styles[look] = found
        return style

    def look_of(self, index: int) -> tuple[ClassStyle, bool]:
        """The style of a box, and whether it is a pre-label."""
        return self.style_of(int(self.looks[index])), not np.isnan(self.shapes.scores[index])

    @property
    def looks(self) -> NDArray[np.int64]:
        """(N,) what `style_of` takes for each box."""
        if self._looks is None:
            self._looks = looks_of(self.shapes, self.model, self.by_doubt)
        return self._looks

    def is_out(self, key: Key) -> bool:
        """Whether this box is hidden because others stand alone."""
        return bool(self.alone) and key not in self.alone

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
            none = not self.names_shown or self.coarse or self._more_in_view_than(tags.CROWDED)
            self._tags = {} if none else self._placed_tags()
            self._singles.clear()
            self._tag_rects = None
        return self._tags

    @property
    def coarse(self) -> bool:
        return self.moving and self._more_in_view_than(COARSE_FROM)

    def _more_in_view_than(self, count: int) -> bool:
        return len(self.shapes) > count and len(self.shapes.touching(self._image_area(self.view))) > count

    def _placed_tags(self) -> dict[int, QRect]:
        sizes = np.array([self.tag_size(text) for text in self.texts], dtype=np.int64).reshape(-1, 2)
        order = np.argsort(self.shapes.ranks)
        return tags.place_tags(self.rects, order[~self.shapes.ghosts[order]], sizes, self.view)

    @property
    def texts(self) -> list[str]:
        """What the tag of each box says: the class, and the score of a pre-label."""
        if self._texts is None:
            names = {look: self.style_of(look).name for look in set(self.shapes.class_ids.tolist())}
            shapes = self.shapes
            rows = zip(shapes.class_ids.tolist(), shapes.scores.tolist(), shapes.locked.tolist())
            self._texts = [_tag_text(names[class_id], score, locked) for class_id, score, locked in rows]
        return self._texts

    def tag_size(self, text: str) -> tuple[int, int]:
        """Width and height of a tag. Measured once per text: asking the font took most of a zoom step."""
        size = self._sizes.get(text)
        if size is None:
            metrics = QFontMetrics(self.font)
            size = metrics.horizontalAdvance(text) + 2 * TAG_PADDING + TAG_BAR, metrics.height()
            self._sizes[text] = size
        return size

    def tag_place(self, rect: QRect, text: str) -> QRect:
        """Where the tag of a box that is being moved stands, now at `rect`: it keeps its side of the box."""
        return tags.place_one(rect, *self.tag_size(text), self.view)

    def tag_of(self, index: int) -> QRect:
        """Where the tag of a box stands that is selected or under the pointer: as at rest, and where there was no room
        for it out of the way of the other boxes and their tags."""
        found = self.tags.get(index) or self._singles.get(index)
        if found is None or self.alone:
            x1, y1, x2, y2 = self.rects[index].tolist()
            rect, size = QRect(x1, y1, x2 - x1, y2 - y1), self.tag_size(self.texts[index])
            found = tags.place_one(rect, *size, self.view, tags.NOTHING if self.alone else self._in_the_way(index))
        if not self.alone:
            self._singles[index] = found
        return found

    def _in_the_way(self, index: int) -> NDArray[np.int64]:
        """(N,4) every other box, and the tags at rest."""
        if self._tag_rects is None:
            placed = [(r.left(), r.top(), r.right() + 1, r.bottom() + 1) for r in self.tags.values()]
            self._tag_rects = np.array(placed, np.int64).reshape(-1, 4)
        return np.concatenate((self.rects[:index], self.rects[index + 1 :], self._tag_rects))

    def _image_area(self, rect: QRect) -> Box:
        """The part of the image that can have a say in what `rect` looks like."""
        inverse, _ = self.transform.inverted()
        area = inverse.mapRect(QRectF(rect.adjusted(-4, -4, 4, 4)))
        return Box(area.left(), area.top(), area.right(), area.bottom())

    def under(self, x: float, y: float, reach: float) -> list[Key]:
        """The shown boxes at a point of the image, as `Shapes.under` orders them."""
        # A move of the mouse asks twice: for the box to light up and for the cursor.
        question = (self.hidden, self.alone, x, y, reach)
        if question != self._asked[0]:
            hits = [] if self.hidden else self.shapes.under(x, y, reach)
            self._asked = question, [key for key in hits if not self.is_out(key)]
        return list(self._asked[1])

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
        if pyramid.deep or not self.tone.is_plain:
            self._paint_toned(painter, pyramid, image, self.transform.mapRect(part).toAlignedRect() & rect)
            return
        source = QRectF(part.x() * across, part.y() * down, part.width() * across, part.height() * down)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, scale < _SHARP_ABOVE)
        painter.drawImage(self.transform.mapRect(part), image, source)

    def _paint_toned(self, painter: QPainter, pyramid: Pyramid, image: QImage, place: QRect) -> None:
        ratio = self.device_ratio
        x1, y1 = int(place.left() * ratio), int(place.top() * ratio)
        area = (x1, y1, int(np.ceil((place.right() + 1) * ratio)), int(np.ceil((place.bottom() + 1) * ratio)))
        whole = self.transform.mapRect(QRectF(0, 0, pyramid.width, pyramid.height))
        # The picture ends where the image does, also within a pixel of the screen that it shares with the ground.
        end = int(np.ceil(whole.right() * ratio)), int(np.ceil(whole.bottom() * ratio))
        area = (x1, y1, min(area[2], end[0]), min(area[3], end[1]))
        if area[2] <= x1 or area[3] <= y1:
            return
        to_view = QTransform.fromScale(pyramid.width / image.width(), pyramid.height / image.height())
        to_view = to_view * self.transform * QTransform.fromScale(ratio, ratio)
        window = (self.tone.window or pyramid.window) if pyramid.deep else (0.0, 255.0)
        piece = self._toner.piece(image, to_view, area, self.tone, window, self.scale * ratio < _SHARP_ABOVE)
        piece.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(x1 / ratio, y1 / ratio), piece)

    def whole(self, size: QSize, device_ratio: float) -> QPixmap:
        """The whole image at `size`, in device-independent pixels."""
        result = QPixmap(size * device_ratio)
        result.setDevicePixelRatio(device_ratio)
        result.fill(self.background)
        if self.pyramid:
            small = replace(self, device_ratio=device_ratio, view=QRect(QPoint(0, 0), size))
            small.transform = QTransform.fromScale(
                size.width() / self.pyramid.width, size.height() / self.pyramid.height
            )
            painter = QPainter(result)
            small._paint_image(painter, self.pyramid, small.view)
            painter.end()
        return result

    def _paint_boxes(self, painter: QPainter, indices: Iterable[int]) -> None:
        view, keys, line = self.view, self.shapes.keys, self.line
        low, high = (view.left() - _BEYOND, view.top() - _BEYOND), (view.right() + _BEYOND, view.bottom() + _BEYOND)
        rects = np.clip(self.rects, low * 2, high * 2).tolist()
        looks, predicted = self.looks.tolist(), (~np.isnan(self.shapes.scores)).tolist()
        ghosts = self.shapes.ghosts.tolist()
        plain = self.coarse or self._more_in_view_than(PLAIN_FROM)
        for i in indices:
            if keys[i] in self.away or self.is_out(keys[i]):
                continue
            style = self.style_of(looks[i])
            if ghosts[i]:
                outline.ghost(painter, rects[i], style)
            elif predicted[i]:
                outline.offered(painter, rects[i], self._strips_of(looks[i]), None if plain else style.tint)
            else:
                outline.confirmed(painter, rects[i], style.solid, line, cased=not plain)

    def _strips_of(self, look: int) -> Strips:
        length = max(self.view.width(), self.view.height()) + 4 * _BEYOND
        strips = self._strips.get(look)
        if strips is None or strips.length < length:
            color = self.style_of(look).solid.color()
            strips = self._strips[look] = striped(color, self.line, length, self.device_ratio)
        return strips

    def _paint_tags(self, painter: QPainter, rect: QRect) -> None:
        for i, place in self.tags.items():
            key = self.shapes.keys[i]
            if place.intersects(rect) and key not in self.away and not self.is_out(key):
                self.paint_tag(painter, place, i)

    def paint_tag(self, painter: QPainter, place: QRect, index: int) -> None:
        """A filled tag for what a person confirmed, a dark one with a coloured edge for a pre-label."""
        look, text = int(self.looks[index]), self.texts[index]
        predicted = not np.isnan(self.shapes.scores[index])
        chip = self._chips.get((look, predicted, text))
        if chip is None:
            if len(self._chips) > _TAGS_KEPT:
                self._chips.clear()
            chip = tag_picture(self.style_of(look), text, predicted, place.size(), self.font, self.device_ratio)
            self._chips[look, predicted, text] = chip
        painter.drawPixmap(place.topLeft(), chip)


def _tag_text(name: str, score: float, locked: bool) -> str:
    score_words = "" if score != score else f" {score:.2f}"
    lock_words = f" ({tr('locked')})" if locked else ""
    return f"{name}{score_words}{lock_words}"


_NONE = np.empty(0, dtype=bool)
NO_SHAPES = Shapes((), np.empty((0, 4)), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32), _NONE, _NONE)
