"""Grid of tiles that lays nothing out.

What is on screen is worked out from the scroll bar, so that 100,000 tiles cost a frame no more than a hundred.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QRubberBand, QToolTip

from boxwright.ui.gallery.choice import TileSelection
from boxwright.ui.gallery.source import TileSource
from boxwright.ui.gallery.tile_painter import TILE, paint_choice, paint_tile, tile_words
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.tips import plain_tip

TILES_DRAWN = 240
"""Of about 100 KB each."""

_ASK_MS = 24
"""What is on screen is asked for at most this often, or a turn of the wheel would ask for every row that flies by."""

_FAR = 6
"""Pixels from which a press with a move is a rubber band."""


class GalleryGrid(QAbstractScrollArea):
    """Grid of tiles. `opened` carries the id of an image that was double-clicked or met with Return; `left`: Esc."""

    choice_changed = Signal()
    opened = Signal(int)
    left = Signal()

    def __init__(self, source: TileSource) -> None:
        super().__init__()
        self._source = source
        self.ids: NDArray[np.int64] = np.empty(0, np.int64)
        self._figures: NDArray[np.float64] | None = None
        self.choice = TileSelection()
        self._tiles: OrderedDict[int, tuple[tuple[object, bool, bool, bool, str], QPixmap]] = OrderedDict()
        self._press: QPoint | None = None
        self._before: NDArray[np.intp] = np.empty(0, np.intp)
        self._band = QRubberBand(QRubberBand.Shape.Rectangle, self.viewport())
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_ASK_MS)
        self._soon.timeout.connect(self._want)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The theme draws in it where the keyboard is.
        self.setFrameShape(QAbstractScrollArea.Shape.StyledPanel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # What scrolls is moved, not painted again.
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        source.changed.connect(self._read)
        self.retranslate()

    def retranslate(self) -> None:
        self.setAccessibleName(tr("Images of the pool"))
        self._tiles.clear()
        self.viewport().update()

    # What is shown

    def show_images(self, ids: NDArray[np.int64], figures: NDArray[np.float64] | None) -> None:
        """(N,) in the order of the grid. What was chosen and is still there stays chosen."""
        kept = self.ids[self.choice.places]
        current = int(self.ids[self.choice.current]) if self.choice.current >= 0 else None
        self.ids, self._figures = ids, figures
        self.choice = TileSelection(len(ids))
        self.choice.take(np.flatnonzero(np.isin(ids, kept)))
        if current is not None and len(found := np.flatnonzero(ids == current)):
            self.choice.current = int(found[0])
        self._measure()
        self.verticalScrollBar().setValue(0)
        if self.choice.current >= 0:
            self._reveal(self.choice.current)
        self.viewport().update()
        self.choice_changed.emit()

    @property
    def chosen_ids(self) -> list[int]:
        return [int(i) for i in self.ids[self.choice.places]]

    @property
    def columns(self) -> int:
        return max(1, self.viewport().width() // TILE.width())

    def rect_of(self, place: int) -> QRect:
        """A tile on the viewport."""
        row, column = divmod(place, self.columns)
        room = (self.viewport().width() - self.columns * TILE.width()) // 2
        x, y = room + column * TILE.width(), row * TILE.height() - self.verticalScrollBar().value()
        return QRect(QPoint(x, y), TILE)

    def place_at(self, point: QPoint) -> int | None:
        """The tile under a point of the viewport."""
        room = (self.viewport().width() - self.columns * TILE.width()) // 2
        column = (point.x() - room) // TILE.width()
        row = (point.y() + self.verticalScrollBar().value()) // TILE.height()
        place = row * self.columns + column
        return place if 0 <= column < self.columns and 0 <= place < len(self.ids) else None

    def _visible(self, rect: QRect) -> range:
        top = rect.top() + self.verticalScrollBar().value()
        bottom = rect.bottom() + self.verticalScrollBar().value()
        first = max(0, top // TILE.height()) * self.columns
        return range(first, min(len(self.ids), (bottom // TILE.height() + 1) * self.columns))

    def _measure(self) -> None:
        bar, rows = self.verticalScrollBar(), math.ceil(len(self.ids) / self.columns)
        bar.setRange(0, max(0, rows * TILE.height() - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(TILE.height() // 3)

    def _reveal(self, place: int) -> None:
        bar, rect = self.verticalScrollBar(), self.rect_of(place)
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() > self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() - self.viewport().height())

    def _read(self, read: set[int]) -> None:
        for place in self._visible(self.viewport().rect()):
            if int(self.ids[place]) in read:
                self.viewport().update(self.rect_of(place))

    def _want(self) -> None:
        """What is on screen, then a screen further down and one up."""
        shown = self._visible(self.viewport().rect())
        more = [*range(shown.stop, min(len(self.ids), shown.stop + len(shown)))]
        more += range(max(0, shown.start - len(shown)), shown.start)
        self._source.want([int(self.ids[place]) for place in (*shown, *more)])

    # Events

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        first = self.place_at(QPoint(self.viewport().width() // 2, 4))
        self._measure()
        if first is not None and event.oldSize().width() != event.size().width():
            self.verticalScrollBar().setValue(first // self.columns * TILE.height())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().scroll(dx, dy)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base))
        visible = self._visible(event.rect())
        origin, columns = self.rect_of(visible.start).topLeft(), self.columns
        for number, place in enumerate(visible):
            row, column = divmod(number, columns)
            x, y = origin.x() + column * TILE.width(), origin.y() + row * TILE.height()
            painter.drawPixmap(x, y, self._drawn(place))
        painter.end()
        if not self._soon.isActive():
            self._soon.start()

    def _drawn(self, place: int) -> QPixmap:
        """A tile as it looks now; painted anew only when that changed, for words cost more than a picture."""
        image_id = int(self.ids[place])
        tile = self._source.tile(image_id)
        if tile is None and place not in self.choice:
            return self._blank
        picture = self._source.picture(image_id)
        current = place == self.choice.current and self.hasFocus()
        looks = (tile, picture is not None, place in self.choice, current, self._figure(place))
        known = self._tiles.get(image_id)
        if known is not None and known[0] == looks:
            self._tiles.move_to_end(image_id)
            return known[1]
        pixmap = QPixmap(TILE * self.devicePixelRatioF())
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        palette, rect = self.palette(), QRect(QPoint(), TILE)
        pixmap.fill(palette.color(QPalette.ColorRole.Base))
        painter = QPainter(pixmap)
        painter.setFont(self.font())
        paint_choice(painter, rect, palette, looks[2], current)
        paint_tile(painter, rect, palette, tile, picture, looks[4])
        painter.end()
        self._tiles[image_id] = looks, pixmap
        while len(self._tiles) > TILES_DRAWN:
            self._tiles.popitem(last=False)
        return pixmap

    @cached_property
    def _blank(self) -> QPixmap:
        """A tile that nothing is known of yet, one for all."""
        pixmap = QPixmap(TILE * self.devicePixelRatioF())
        pixmap.setDevicePixelRatio(self.devicePixelRatioF())
        pixmap.fill(self.palette().color(QPalette.ColorRole.Base))
        painter = QPainter(pixmap)
        paint_tile(painter, QRect(QPoint(), TILE), self.palette(), None, None, "")
        painter.end()
        return pixmap

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._tiles.clear()
            self.__dict__.pop("_blank", None)

    def _figure(self, place: int) -> str:
        if self._figures is None or np.isnan(self._figures[place]):
            return ""
        return f"{self._figures[place]:.2f}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.RightButton:
            self._choose_for_menu(self.place_at(event.position().toPoint()))
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._press = event.position().toPoint()
        keys = event.modifiers()
        extending = keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
        self._before = self.choice.places if extending else np.empty(0, np.intp)
        place = self.place_at(self._press)
        if place is None:
            if not extending:
                self.choice.none()
        elif keys & Qt.KeyboardModifier.ShiftModifier:
            self.choice.run_to(place)
        elif keys & Qt.KeyboardModifier.ControlModifier:
            self.choice.toggle(place)
        else:
            self.choice.only(place)
        self._told()

    def _choose_for_menu(self, place: int | None) -> None:
        """What the menu that comes up is about."""
        if place is not None and place not in self.choice:
            self.choice.only(place)
            self._told()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        if self._press is None or (at - self._press).manhattanLength() < _FAR:
            return
        band = QRect(self._press, at).normalized()
        self._band.setGeometry(band)
        self._band.show()
        inside = [p for p in self._visible(band) if self.rect_of(p).adjusted(8, 8, -8, -8).intersects(band)]
        self.choice.take(np.union1d(self._before, np.array(inside, np.intp)).astype(np.intp))
        self._told()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._press = None
        self._band.hide()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.place_at(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and place is not None:
            self.opened.emit(int(self.ids[place]))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        page = max(1, self.viewport().height() // TILE.height()) * self.columns
        steps = {
            Qt.Key.Key_Left: -1,
            Qt.Key.Key_Right: 1,
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -len(self.ids),
            Qt.Key.Key_End: len(self.ids),
        }
        key = Qt.Key(event.key())
        if key in steps and len(self.ids):
            self._go(steps[key], event.modifiers())
        elif key == Qt.Key.Key_Space and self.choice.current >= 0:
            self.choice.toggle(self.choice.current)
            self._told()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.choice.current >= 0:
            self.opened.emit(int(self.ids[self.choice.current]))
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _go(self, by: int, keys: Qt.KeyboardModifier) -> None:
        start = self.choice.current
        place = min(max(start + by, 0), len(self.ids) - 1) if start >= 0 else 0
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self.choice.run_to(place)
        elif keys & Qt.KeyboardModifier.ControlModifier:
            self.choice.current = place
        else:
            self.choice.only(place)
        self._reveal(place)
        self._told()

    def choose_all(self) -> None:
        self.choice.all()
        self._told()

    def _told(self) -> None:
        tile = self._source.tile(int(self.ids[self.choice.current])) if self.choice.current >= 0 else None
        self.setAccessibleDescription(f"{tile.name}: {tile_words(tile)}" if tile else "")
        self.viewport().update()
        self.choice_changed.emit()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            place = self.place_at(event.pos())
            tile = self._source.tile(int(self.ids[place])) if place is not None else None
            words = f"{tile.path}\n{tile_words(tile)}\n{translate(tile.problem)}".strip() if tile else ""
            QToolTip.showText(event.globalPos(), plain_tip(words), self)
            return True
        return bool(super().viewportEvent(event))
