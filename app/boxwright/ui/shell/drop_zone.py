"""Drop zone for folders, detectors and labels."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from boxwright.ui.shell.drop import Drop, DropAction, what_drops

if TYPE_CHECKING:
    from boxwright.ui.shell.main_window import MainWindow

MARGIN = 24


class DropZone(QObject):
    """Drop zone: covers the middle of the window with words while something is dragged over it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._drop: Drop | None = None
        self.words = QLabel(window)
        self.words.setObjectName("drop")
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words.setWordWrap(True)
        self.words.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.words.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.DragEnter and isinstance(event, QDropEvent):
            urls = event.mimeData().urls()
            paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
            self._drop = what_drops(paths, self._window.situation())
            self._show()
            # Taken even when nothing will come of it: only then Qt tells when it leaves, and the reason can be read.
            if self._drop is not None:
                event.acceptProposedAction()
            return self._drop is not None
        if kind is QEvent.Type.DragMove and isinstance(event, QDropEvent) and self._drop is not None:
            event.setAccepted(self._drop.act is not DropAction.NOTHING)
            return True
        if kind is QEvent.Type.DragLeave:
            self.words.hide()
        if kind is QEvent.Type.Drop and isinstance(event, QDropEvent) and self._drop is not None:
            self.words.hide()
            event.setAccepted(self._drop.act is not DropAction.NOTHING)
            self._do(self._drop)
            return True
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        if self._drop is None:
            return
        self.words.setText(self._drop.words)
        self.words.setEnabled(self._drop.act is not DropAction.NOTHING)
        middle = self._window.centralWidget() or self._window
        self.words.setGeometry(middle.geometry().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))
        self.words.show()
        self.words.raise_()

    def _do(self, drop: Drop) -> None:
        desk, path = self._window.desk, drop.path
        if drop.act is DropAction.NEW:
            desk.new_project(path, drop.labels, drop.detector)
        elif path is None:
            return
        elif drop.act is DropAction.OPEN:
            self._window.open_project(path)
        elif drop.act is DropAction.ADD:
            desk.add_images_of(path)
        elif drop.act is DropAction.IMPORT:
            desk.import_labels(path)
        elif drop.act is DropAction.DETECTOR:
            desk.add_detector(path)
