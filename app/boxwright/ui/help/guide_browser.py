"""Browser of the guide's pages: their look, their pictures, their links, and the words that were searched for."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from PySide6.QtCore import QEvent, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageReader,
    QKeyEvent,
    QPalette,
    QResizeEvent,
    Qt,
    QTextCursor,
    QTextDocument,
    QWheelEvent,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from boxwright.config import paths
from boxwright.services.guide.pages import is_there, text_of
from boxwright.services.guide.render import PAGE, address, code_html, page_html
from boxwright.ui.language.translation import tr

HTML, IMAGE = QTextDocument.ResourceType.HtmlResource, QTextDocument.ResourceType.ImageResource
READABLE = (".md", ".py", ".txt", ".toml", ".json", ".yaml", "LICENSE")
SMALLEST, LARGEST = -4, 12
_MARGIN = 18
_ROLES = QPalette.ColorRole
_SHEET = """
a {{ color: {link}; }}
code {{ background-color: {ground}; }}
pre {{ white-space: pre-wrap; margin: 0; }}
.key {{ background-color: {key}; }}
table.code {{ background-color: {ground}; margin-top: 6px; margin-bottom: 6px; }}
table.rows {{ border-collapse: collapse; border-color: {line}; border-style: solid; }}
table.rows {{ margin-top: 6px; margin-bottom: 10px; }}
table.wide th, table.wide td {{ white-space: nowrap; }}
th {{ background-color: {ground}; text-align: left; }}
h2 {{ margin-top: 20px; }}
h3 {{ margin-top: 14px; }}
li {{ margin-bottom: 3px; }}
"""


class GuideBrowser(QTextBrowser):
    """Browser of pages. `left(address)`: a link that leads out of the program was clicked. `absent(place)`: one to
    a file that does not come with it. `moved()`: another page, or another place of it, is shown."""

    left = Signal(str)
    absent = Signal(str)
    moved = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(tr("Page of the guide"))
        self.document().setDocumentMargin(_MARGIN)
        self.zoomed = 0
        self.hits: list[QTextCursor] = []
        self.hit = -1
        self._wanted: list[str] = []
        self._fit = QTimer(self, singleShot=True, interval=0)
        self._fit.timeout.connect(self._fit_pictures)
        self.anchorClicked.connect(self.follow)
        self.sourceChanged.connect(self._page_came)

    @property
    def place(self) -> str:
        """Of the page on screen; empty before the first."""
        return self.source().path().removeprefix("/")

    def show_page(self, place: str, anchor: str = "") -> None:
        self.setSource(QUrl(address(place, anchor)), HTML)
        self.moved.emit()

    def follow(self, url: QUrl) -> None:
        """Go where a link leads."""
        if not url.toString().startswith(PAGE):
            self.left.emit(url.toString())
            return
        place = url.path().removeprefix("/")
        if is_there(place) and place.endswith(READABLE):
            self.show_page(place, url.fragment())
        else:
            self.absent.emit(place)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        place = QUrl(name).path().removeprefix("/")
        if kind != HTML.value or not place:
            # Pictures are put in by their size, once the width is known; nothing is fetched.
            return None
        self.document().setDefaultStyleSheet(_SHEET.format(**_colors(self.palette())))
        try:
            text = text_of(place)
        except OSError:
            absent = tr("This page does not come with this installation.")
            return f"<p>{absent}</p>"
        return page_html(text, place) if place.endswith(".md") else code_html(text)

    # --- words that were searched for --------------------------------------------------------------------------------

    def mark(self, wanted: list[str]) -> None:
        """Highlight every place of these words, and let the first from the top of the view be the current one."""
        self._wanted, self.hits = wanted, []
        for word in wanted:
            found = self.document().find(word)
            while not found.isNull():
                self.hits.append(found)
                found = self.document().find(word, found)
        self.hits.sort(key=lambda cursor: cursor.selectionStart())
        top = self.cursorForPosition(self.viewport().rect().topLeft()).position()
        self.hit = next((n for n, one in enumerate(self.hits) if one.selectionStart() >= top), 0) if self.hits else -1
        self._paint_hits()

    def step(self, by: int) -> bool:
        """To the next hit, or with -1 the one before. False where there is none in that direction."""
        if not 0 <= self.hit + by < len(self.hits):
            return False
        self.hit += by
        self.show_hit()
        return True

    def show_hit(self) -> None:
        if self.hits:
            bare = QTextCursor(self.hits[self.hit])
            bare.clearSelection()
            self.setTextCursor(bare)
            self.ensureCursorVisible()
            # Not at the very edge, where what it belongs to is not seen.
            place = self.cursorRect(bare)
            if place.bottom() > self.viewport().height() - 3 * place.height():
                self.verticalScrollBar().setValue(self.verticalScrollBar().value() + self.viewport().height() // 3)
        self._paint_hits()
        self.moved.emit()

    def _paint_hits(self) -> None:
        selections = []
        colors = self.palette()
        for number, cursor in enumerate(self.hits):
            one = QTextEdit.ExtraSelection()
            one.cursor = cursor
            current = number == self.hit
            one.format.setBackground(colors.color(_ROLES.Highlight) if current else QColor("#ffe27a"))
            one.format.setForeground(colors.color(_ROLES.HighlightedText) if current else QColor("#1c2127"))
            selections.append(one)
        self.setExtraSelections(selections)

    # --- size and look -----------------------------------------------------------------------------------------------

    def zoom(self, by: int) -> None:
        """Steps of the font; 0 takes it back to that of the program."""
        wanted = max(SMALLEST, min(LARGEST, self.zoomed + by)) if by else 0
        self.zoomIn(wanted - self.zoomed)
        self.zoomed = wanted

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(1 if event.angleDelta().y() > 0 else -1)
        else:
            super().wheelEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + (-bar.pageStep() if shift else bar.pageStep()))
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit.start()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and self.place:
            at = self.verticalScrollBar().value()
            self.reload()
            self._page_came()
            self.verticalScrollBar().setValue(at)

    def _page_came(self) -> None:
        self._fit_pictures()
        self.mark(self._wanted)

    def _fit_pictures(self) -> None:
        """Every picture as large as it is, or as wide as the page where it is wider."""
        room = self.viewport().width() - 2 * _MARGIN
        block = self.document().begin()
        while block.isValid():
            at = block.begin()
            while not at.atEnd():
                fragment = at.fragment()
                if fragment.charFormat().isImageFormat():
                    self._fit_picture(fragment.position(), room)
                at += 1
            block = block.next()

    def _fit_picture(self, position: int, room: int) -> None:
        cursor = QTextCursor(self.document())
        cursor.setPosition(position)
        cursor.setPosition(position + 1, QTextCursor.MoveMode.KeepAnchor)
        shape = cursor.charFormat().toImageFormat()
        place = QUrl(shape.name()).path().removeprefix("/")
        reader = QImageReader(str(paths.docs().parent / PurePosixPath(place)))
        size = reader.size()
        if not size.isValid() or not is_there(place):
            return
        ratio = self.devicePixelRatioF()
        width = max(1, min(room, size.width()))
        height = max(1, round(size.height() * width / size.width()))
        if (shape.width(), shape.height()) == (width, height):
            return
        picture = QImage(reader.read())
        smooth = Qt.TransformationMode.SmoothTransformation
        scaled = picture.scaled(round(width * ratio), round(height * ratio), mode=smooth)
        scaled.setDevicePixelRatio(ratio)
        self.document().addResource(IMAGE, QUrl(shape.name()), scaled)
        shape.setWidth(width)
        shape.setHeight(height)
        cursor.setCharFormat(shape)


def _colors(palette: QPalette) -> dict[str, str]:
    roles = {"link": _ROLES.Link, "ground": _ROLES.AlternateBase, "key": _ROLES.Midlight, "line": _ROLES.Mid}
    return {name: palette.color(role).name() for name, role in roles.items()}
