"""What is wrong with a picture of the program, on any machine and with any font: words that do not fit, widgets that
lie outside or on one another, text that does not stand out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

import numpy as np
from PySide6.QtCore import QModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QHeaderView,
    QLabel,
    QPushButton,
    QRadioButton,
    QSizeGrip,
    QStyle,
    QStyleOptionButton,
    QTableView,
    QTreeView,
    QWidget,
)

W = TypeVar("W", bound=QWidget)

READABLE = 4.5
SHARP = 2
"""Device pixels per pixel: strokes are as wide as a pixel at least, so that they have their full colour somewhere."""

PUSH_CONTENTS = QStyle.SubElement.SE_PushButtonContents
LARGEST_DIALOG = QSize(1366, 700)


def faults(shown: QWidget) -> list[str]:
    """Everything that is wrong with the window or dialog `shown`."""
    found = [*clipped(shown), *headers_cut(shown), *cells_cut(shown), *outside(shown), *overlapping(shown)]
    return [*found, *too_large(shown), *faint(shown)]


def clipped(shown: QWidget) -> Iterator[str]:
    """Labels and buttons whose words need more room than they have, unless a tool tip has them."""
    for widget in _wordy(shown):
        if widget.toolTip() or _in_scrolled(widget) or not widget.text().strip():
            continue
        if isinstance(widget, QLabel):
            if not widget.pixmap().isNull() or hasattr(widget, "full_text"):
                continue
            inner = widget.contentsRect().width()
            if widget.wordWrap():
                cut = widget.heightForWidth(widget.width()) > widget.height() + 1
            else:
                cut = _width(widget, widget.text()) > inner + 1
        elif isinstance(widget, (QCheckBox, QRadioButton)):
            cut = widget.sizeHint().width() > widget.width() + 1
        else:
            icon = 0 if widget.icon().isNull() else widget.iconSize().width() + 4
            border = _border(widget)
            cut = _width(widget, widget.text().replace("&", "")) + icon > widget.width() - border
        if cut:
            yield f"cut: {_name(widget)}"


def _border(button: QAbstractButton) -> int:
    """What border and padding, those of the style sheet too, take off a push button at both sides."""
    if not isinstance(button, QPushButton):
        return 0
    option = QStyleOptionButton()
    button.initStyleOption(option)
    return button.width() - button.style().subElementRect(PUSH_CONTENTS, option, button).width()


def headers_cut(shown: QWidget) -> Iterator[str]:
    for header in _visible(shown, QHeaderView):
        if header.orientation() is not Qt.Orientation.Horizontal or header.model() is None:
            continue
        for column in range(header.count()):
            words = header.model().headerData(column, Qt.Orientation.Horizontal)
            tip = header.model().headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
            shown_bare = words and not tip and not header.isSectionHidden(column)
            if shown_bare and _width(header, str(words)) > header.sectionSize(column):
                yield f"cut: the header “{words}”"


def cells_cut(shown: QWidget) -> Iterator[str]:
    """Cells of the first rows that are elided and say so nowhere."""
    for view in _visible(shown, QAbstractItemView):
        if not isinstance(view, (QTableView, QTreeView)):
            continue
        model = view.model()
        header = view.header() if isinstance(view, QTreeView) else view.horizontalHeader()
        if not header.isVisible():
            continue
        for row in range(min(model.rowCount(QModelIndex()), 12) if model is not None else 0):
            for column in range(header.count()):
                index = model.index(row, column)
                words = index.data()
                if not words or index.data(Qt.ItemDataRole.ToolTipRole) or view.isColumnHidden(column):
                    continue
                if view.visualRect(index).isValid() and _width(view, str(words)) > view.columnWidth(column):
                    yield f"cut: the cell “{words}”"


def outside(shown: QWidget) -> Iterator[str]:
    """Controls that reach over the edge of the window."""
    whole = shown.rect()
    controls = (QLabel, QAbstractButton, QComboBox, QAbstractScrollArea)
    for widget in _visible(shown, QWidget):
        if isinstance(widget, controls) and not _in_scrolled(widget) and not whole.contains(_place(widget, shown)):
            yield f"outside: {_name(widget)}"


def overlapping(shown: QWidget) -> Iterator[str]:
    """Siblings of one layout that lie on one another."""
    for parent in [shown, *_visible(shown, QWidget)]:
        layout = parent.layout()
        if layout is None:
            continue
        own = [w for w in parent.children() if isinstance(w, QWidget) and w.isVisible() and not w.isWindow()]
        own = [w for w in own if not isinstance(w, QSizeGrip) and layout.indexOf(w) >= 0 and w.width() and w.height()]
        for place, one in enumerate(own):
            for other in own[place + 1 :]:
                common = one.geometry() & other.geometry()
                if common.width() > 1 and common.height() > 1:
                    yield f"overlap: {_name(one)} and {_name(other)}"


def too_large(shown: QWidget) -> Iterator[str]:
    most = QSize(1366, 768) if shown.parentWidget() is None else LARGEST_DIALOG
    if shown.width() > most.width() or shown.height() > most.height():
        yield f"larger than a small screen: {shown.width()} × {shown.height()}"


def faint(shown: QWidget) -> Iterator[str]:
    """Words that stand out from their ground by less than `READABLE`, measured on what is painted. What is disabled is
    meant to stand back."""
    pixels = painted(shown)
    for widget in _wordy(shown):
        if not widget.text().strip() or not widget.isEnabled() or _in_scrolled(widget):
            continue
        if isinstance(widget, QLabel) and not widget.pixmap().isNull():
            continue
        place = _place(widget, shown)
        rows = slice(place.top() * SHARP, (place.bottom() + 1) * SHARP)
        part = pixels[rows, place.left() * SHARP : (place.right() + 1) * SHARP]
        if part.size and (ratio := strongest_contrast(part)) < READABLE:
            yield f"faint: {_name(widget)} {ratio:.1f} : 1"


def painted(shown: QWidget) -> np.ndarray:
    """(H,W,3) uint8 RGB of the widget at `SHARP` device pixels a pixel."""
    image = QImage(shown.size() * SHARP, QImage.Format.Format_RGB888)
    image.setDevicePixelRatio(SHARP)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    shown.render(painter, QPoint(0, 0))
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def strongest_contrast(part: np.ndarray) -> float:
    """Of the most frequent colour to the one that differs most from it, by WCAG 2: 1 to 21."""
    flat = part.reshape(-1, 3).astype(np.int64)
    codes = flat[:, 0] << 16 | flat[:, 1] << 8 | flat[:, 2]
    colours, counts = np.unique(codes, return_counts=True)
    channels = np.stack([colours >> 16 & 255, colours >> 8 & 255, colours & 255], 1) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    bright = linear @ np.array([0.2126, 0.7152, 0.0722])
    ground = bright[counts.argmax()]
    high, low = np.maximum(bright, ground), np.minimum(bright, ground)
    return float(((high + 0.05) / (low + 0.05)).max())


def _visible(shown: QWidget, kind: type[W]) -> list[W]:
    return [w for w in shown.findChildren(kind) if w.isVisible() and w.window() is shown]


def _wordy(shown: QWidget) -> list[QLabel | QAbstractButton]:
    return [w for w in _visible(shown, QWidget) if isinstance(w, (QLabel, QAbstractButton))]


def _in_scrolled(widget: QWidget) -> bool:
    """What does not fit a scrolled area is scrolled to; Qt's own parts of a view are not ours."""
    parent = widget.parentWidget()
    while parent is not None and not parent.isWindow():
        if isinstance(parent, QAbstractScrollArea):
            return True
        parent = parent.parentWidget()
    return False


def _place(widget: QWidget, shown: QWidget) -> QRect:
    return QRect(widget.mapTo(shown, QPoint(0, 0)), widget.size())


def _width(widget: QWidget, text: str) -> int:
    return max(widget.fontMetrics().horizontalAdvance(line) for line in text.splitlines() or [""])


def _name(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, (QLabel, QAbstractButton)) else widget.accessibleName()
    return f"{type(widget).__name__} “{words}”"
