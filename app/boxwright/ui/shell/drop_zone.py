"""Drop zone for folders, detectors and labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel

from boxwright.ui.actions.action import Situation
from boxwright.ui.actions.model_actions import add_detector
from boxwright.ui.actions.project_actions import add_images, import_labels, new_project
from boxwright.ui.project.context import AppContext, ProjectContext
from boxwright.ui.shell.drop import Drop, DropAction, what_drops

MARGIN = 24


class DropZone(QObject):
    """Drop zone: covers the middle of the window with words while something is dragged over it."""

    def __init__(
        self, app: AppContext, opened: Callable[[], ProjectContext | None], situation: Callable[[], Situation]
    ) -> None:
        window = app.dialog_parent
        super().__init__(window)
        self._app, self._opened, self._situation = app, opened, situation
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
            self._drop = what_drops(paths, self._situation())
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
        middle = self._app.dialog_parent.centralWidget() or self._app.dialog_parent
        self.words.setGeometry(middle.geometry().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN))
        self.words.show()
        self.words.raise_()

    def _do(self, drop: Drop) -> None:
        context, path = self._opened(), drop.path
        if drop.act is DropAction.NEW:
            new_project(self._app, path, drop.labels, drop.detector)
        elif path is None:
            return
        elif drop.act is DropAction.OPEN:
            self._app.open_project(path)
        elif context is None:
            return
        elif drop.act is DropAction.ADD:
            add_images(context, path)
        elif drop.act is DropAction.IMPORT:
            import_labels(context, path)
        elif drop.act is DropAction.DETECTOR:
            add_detector(context, path)
