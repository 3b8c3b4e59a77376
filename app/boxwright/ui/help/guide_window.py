"""Window of the guide: its pages beside a list of them, and a search through all."""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from boxwright.services.guide.pages import CHANGES, START, Page, pages, text_of
from boxwright.services.guide.render import sections
from boxwright.services.guide.search import Hit, SearchIndex, words_in
from boxwright.ui.help.guide_browser import GuideBrowser
from boxwright.ui.language.translation import tr
from boxwright.ui.look.icons import icon
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.list_steps import ListSteps

PLACE_ROLE, ANCHOR_ROLE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
_LIST_WIDTH = 290


class GuideWindow(QWidget):
    """Window of the guide. It has no parent, so that a dialog that waits for an answer does not hold it; whoever made
    it closes it."""

    def __init__(self) -> None:
        super().__init__()
        # The program ends with its main window.
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.resize(1080, 700)
        self._pages = pages()
        self._index = SearchIndex()
        self._left = list(self._pages)
        self.search, self.list = QLineEdit(), QListWidget()
        self.browser = GuideBrowser()
        self.back = self._button("previous", self.browser.backward)
        self.forward = self._button("next", self.browser.forward)
        self.smaller = self._button("A−", lambda: self.browser.zoom(-1))
        self.larger = self._button("A+", lambda: self.browser.zoom(1))
        self.title, self.found, self.english = QLabel(), QLabel(), plain_label(quiet=True)
        self._read_on = QTimer(self, interval=0)
        self._read_on.timeout.connect(self._read_page)
        self._lay_out()
        self._connect()
        self.retranslate()

    def show_page(self, place: str = START, anchor: str = "") -> None:
        """Come to the front with that page."""
        self.search.clear()
        self.browser.show_page(place, anchor)
        self.show()
        if self._left:
            self._read_on.start()
        self.raise_()
        self.activateWindow()
        self.search.setFocus()

    def retranslate(self) -> None:
        self.setWindowTitle(f"{tr('Guide')} – Boxwright")
        self.search.setPlaceholderText(tr("Search the guide"))
        self.search.setAccessibleName(tr("Search the guide"))
        self.list.setAccessibleName(tr("Pages of the guide"))
        for button, words, keys in (
            (self.back, tr("Back"), "Alt+Left"),
            (self.forward, tr("Forward"), "Alt+Right"),
            (self.smaller, tr("Smaller text"), "Ctrl+-"),
            (self.larger, tr("Larger text"), "Ctrl++"),
        ):
            button.setToolTip(f"{words} ({QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)})")
            button.setAccessibleName(words)
        english = "The guide is in English."
        self.english.setText(tr("The guide is in English."))
        self.english.setVisible(self.english.text() != english)
        self._fill()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() != Qt.Key.Key_Escape:
            super().keyPressEvent(event)
        elif self.search.text():
            self.search.clear()
        else:
            self.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Return in the search field goes on to the next place, with Shift to the one before."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _RETURNS:
            self.go_on(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
            return True
        return super().eventFilter(watched, event)

    def go_on(self, by: int) -> None:
        """To the next place of the words, on this page or the next that has them; after the last the first."""
        if not self.search.text().strip() or not self.list.count() or self.browser.step(by):
            return
        if self.list.count() > 1:
            self.list.setCurrentRow((self.list.currentRow() + by) % self.list.count())
        self.browser.hit = 0 if by > 0 else len(self.browser.hits) - 1
        self.browser.show_hit()

    def _lay_out(self) -> None:
        side, main = QWidget(), QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 8, 4, 8)
        for widget in (self.search, self.list, self.english):
            column.addWidget(widget)
        bar = QHBoxLayout()
        self.title.setObjectName("panelTitle")
        self.found.setObjectName("quiet")
        for label in (self.title, self.found):
            label.setTextFormat(Qt.TextFormat.PlainText)
        in_bar = (self.back, self.forward, self.title, self.found, self.smaller, self.larger)
        for part in in_bar:
            bar.addWidget(part, int(part is self.title))
        page = QVBoxLayout(main)
        page.setContentsMargins(4, 8, 8, 8)
        page.addLayout(bar)
        page.addWidget(self.browser, 1)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(side)
        split.addWidget(main)
        split.setStretchFactor(1, 1)
        split.setSizes([_LIST_WIDTH, self.width() - _LIST_WIDTH])
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(split)
        self.list.setWordWrap(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet("QListWidget::item { padding: 4px 6px; }")

    def _connect(self) -> None:
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.installEventFilter(self)
        ListSteps(self.search, self.list)
        self.list.currentItemChanged.connect(self._chosen)
        self.browser.moved.connect(self._tell)
        self.browser.sourceChanged.connect(self._tell)
        self.browser.backwardAvailable.connect(self.back.setEnabled)
        self.browser.forwardAvailable.connect(self.forward.setEnabled)
        self.browser.left.connect(lambda address: OutsideDialog(self, address).open())
        self.browser.absent.connect(self._not_there)
        for button in (self.back, self.forward):
            button.setEnabled(False)
        keys: dict[str, Callable[[], object]] = {
            "Ctrl+F": self._to_search,
            "Alt+Left": self.browser.backward,
            "Alt+Right": self.browser.forward,
            "F3": lambda: self.go_on(1),
            "Shift+F3": lambda: self.go_on(-1),
            "Ctrl++": lambda: self.browser.zoom(1),
            "Ctrl+=": lambda: self.browser.zoom(1),
            "Ctrl+-": lambda: self.browser.zoom(-1),
            "Ctrl+0": lambda: self.browser.zoom(0),
        }
        for key, run in keys.items():
            QShortcut(QKeySequence(key), self).activated.connect(run)

    def _button(self, face: str, run: Callable[[], object]) -> QToolButton:
        button = QToolButton()
        if face.startswith("A"):
            button.setText(face)
        else:
            button.setIcon(icon(face))
        button.clicked.connect(run)
        return button

    def _to_search(self) -> None:
        self.search.setFocus()
        self.search.selectAll()

    def _read_page(self) -> None:
        """One page more for the search; page by page, so that the window stays quick."""
        if self._left:
            page = self._left.pop(0)
            self._index.add(page, sections(text_of(page.place)))
        if not self._left:
            self._read_on.stop()
            if self.search.text().strip():
                self._search()

    def _search(self) -> None:
        wanted = words_in(self.search.text())
        self.browser.mark(wanted)
        self._fill()
        if wanted and self.list.count():
            self.list.setCurrentRow(0)
        self._tell()

    def _fill(self) -> None:
        """The list: what was found, or all pages."""
        searched = bool(self.search.text().strip())
        self.list.blockSignals(True)
        self.list.clear()
        if searched:
            for hit in self._index.find(self.search.text()):
                self._add(hit.page, hit)
        else:
            for page in (*self._pages, Page(CHANGES, tr("What is new"))):
                self._add(page)
            self._mark_page()
        self.list.blockSignals(False)

    def _add(self, page: Page, hit: Hit | None = None) -> None:
        item = QListWidgetItem(page.title if hit is None else f"{page.title}  ({hit.count})\n{hit.snippet}")
        item.setData(PLACE_ROLE, page.place)
        item.setData(ANCHOR_ROLE, hit.anchor if hit is not None else "")
        self.list.addItem(item)

    def _mark_page(self) -> None:
        """Let the list show which page is on screen."""
        rows = range(self.list.count())
        at = next((row for row in rows if self.list.item(row).data(PLACE_ROLE) == self.browser.place), -1)
        self.list.blockSignals(True)
        self.list.setCurrentRow(at)
        self.list.blockSignals(False)

    def _chosen(self, item: QListWidgetItem | None, _before: object) -> None:
        if item is not None:
            self.browser.show_page(item.data(PLACE_ROLE), item.data(ANCHOR_ROLE))
            if self.search.text().strip():
                self.browser.show_hit()

    def _tell(self) -> None:
        page = next((one.title for one in self._pages if one.place == self.browser.place), "")
        if self.browser.place == CHANGES:
            page = tr("What is new")
        self.title.setText(page or posixpath.basename(self.browser.place))
        if not self.search.text().strip():
            self._mark_page()
            self.found.setText("")
        elif not self.list.count():
            self.found.setText("" if self._left else tr("Nothing found"))
        elif self.browser.hits:
            self.found.setText(tr("{0} of {1} on this page").format(self.browser.hit + 1, len(self.browser.hits)))
        else:
            self.found.setText(tr("Not on this page"))

    def _not_there(self, place: str) -> None:
        self.found.setText(tr("{0} does not come with this installation.").format(posixpath.basename(place) or place))


class OutsideDialog(Sheet):
    """Dialog before a link that leads out of the program: nothing here contacts anything by itself."""

    outlives_project = True

    def __init__(self, parent: QWidget, address: str) -> None:
        super().__init__(parent, tr("This link leads out of the program"), tr("Open in the browser"))
        self.address = plain_label(address)
        self.address.setMinimumWidth(380)
        self.body.addWidget(self.address)
        self.go.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(address)))
        self.go.clicked.connect(self.accept)


_RETURNS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
