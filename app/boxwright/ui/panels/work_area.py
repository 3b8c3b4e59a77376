"""Work area: the image of an open project, and the panels around it that dock, float and hide."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QDockWidget, QMainWindow, QWidget

from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.labelling.box_keys import Key
from boxwright.ui.language.translation import tr
from boxwright.ui.panels.boxes_panel import BoxesPanel
from boxwright.ui.panels.image_area import ImageArea
from boxwright.ui.panels.queue_panel import QueuePanel
from boxwright.ui.panels.review_bar import ReviewBar
from boxwright.ui.project.review import Review
from boxwright.ui.project.workspace import Workspace

QUEUE, BOXES = "queue", "boxes"
WIDTHS = {QUEUE: 256, BOXES: 250}
_PRESSES = (QEvent.Type.MouseButtonPress, QEvent.Type.NonClientAreaMouseButtonPress)


class WorkArea(QMainWindow):
    """Work area. Made anew for each project; `close_models` must be called before the workspace is closed."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        # A window inside the window: its panels dock around the image, and float out of it.
        self.setWindowFlags(Qt.WindowType.Widget)
        self.canvas = CanvasView(workspace.model)
        self.review = Review(workspace, self)
        self.image_area = ImageArea(workspace, self.canvas, ReviewBar(workspace, self.review))
        self.queue_panel = QueuePanel(workspace, self.review)
        self.boxes_panel = BoxesPanel(workspace.model)
        self.queue_panel.setMinimumWidth(170)
        self.boxes_panel.setMinimumWidth(190)
        self.setCentralWidget(self.image_area)
        self.docks = {
            QUEUE: self._docked(QUEUE, self.queue_panel, Qt.DockWidgetArea.LeftDockWidgetArea),
            BOXES: self._docked(BOXES, self.boxes_panel, Qt.DockWidgetArea.RightDockWidgetArea),
        }
        self.retranslate()
        self._first_place = self.saveState()
        self._sized = False
        self._kept: QByteArray | None = None
        self._restoring = False
        self._places: list[tuple[bool, bool]] = []
        for dock in self.docks.values():
            for moved in (dock.toggleViewAction().toggled, dock.topLevelChanged):
                moved.connect(self._moved)
            dock.installEventFilter(self)
        self.review.went_to.connect(self._bring_in_sight)
        self.queue_panel.picked.connect(self.canvas.setFocus)
        self.boxes_panel.classes.picked.connect(self.canvas.setFocus)
        self.boxes_panel.details.picked.connect(self.canvas.setFocus)

    def retranslate(self) -> None:
        """Say everything in the language of now; nothing else changes."""
        for name, title in ((QUEUE, tr("Queue")), (BOXES, tr("Boxes and classes"))):
            self.docks[name].setWindowTitle(title)
            self._name_buttons(self.docks[name])
        for part in (self.image_area, self.queue_panel, self.boxes_panel):
            part.retranslate()

    def _name_buttons(self, dock: QDockWidget) -> None:
        """Qt names them once and for all when it makes them."""
        for name, words, about in (
            ("float", tr("Float"), tr("Takes the panel out of the window, or puts it back")),
            ("close", tr("Close"), tr("Hides the panel; the menu View shows it again")),
        ):
            button = dock.findChild(QAbstractButton, f"qt_dockwidget_{name}button")
            if button is not None:
                button.setAccessibleName(words)
                button.setAccessibleDescription(about)
                button.setToolTip(words)

    def _bring_in_sight(self, key: Key) -> None:
        with suppress(KeyError):  # hidden, for instance while only the selected boxes are shown
            self.canvas.show_box(key)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        # Only a window that is shown has a width to share out.
        if not self._sized:
            self._set_widths()
        self._restore_kept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._restore_kept()

    def event(self, event: QEvent) -> bool:
        if event.type() in _PRESSES:
            # Perhaps on the edge between two panels, which is no widget of its own.
            self._arranged()
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _PRESSES:
            self._arranged()
        return super().eventFilter(watched, event)

    def put_back(self) -> None:
        """Every panel docked where it was at first, and shown."""
        self._kept = None
        self.restoreState(self._first_place)
        self._set_widths()

    def layout_state(self) -> bytes:
        """Where the panels are, for `restore_layout`."""
        # One that nobody has arranged since stays as it was, also where a smaller window had no room for it.
        return bytes((self._kept or self.saveState()).data())

    def restore_layout(self, state: bytes) -> None:
        """Take up a layout that was saved; one that is not understood changes nothing."""
        self._kept = QByteArray(state)
        self._sized = self._restore_kept()
        if not self._sized:
            self.put_back()

    def _restore_kept(self) -> bool:
        """Qt squeezes widths into the size that the area has at the time, so they are taken up again with each size
        until a person arranges something."""
        if self._kept is None or self._restoring:
            return False
        self._restoring = True
        try:
            return self.restoreState(self._kept)
        finally:
            self._restoring = False
            self._places = self._places_now()

    def _places_now(self) -> list[tuple[bool, bool]]:
        return [(dock.isHidden(), dock.isFloating()) for dock in self.docks.values()]

    def _moved(self) -> None:
        """Qt tells so, too, when the whole area comes on screen."""
        if not self._restoring and self._places_now() != self._places:
            self._arranged()

    def _arranged(self) -> None:
        self._kept = None

    def focus_next(self, forward: bool) -> None:
        """Give the keyboard to the next panel that is shown: queue, image, boxes, classes, and round again."""
        stops: list[QWidget] = [
            self.queue_panel.list,
            self.canvas,
            self.boxes_panel.boxes,
            self.boxes_panel.classes.list,
        ]
        shown = [stop for stop in stops if stop.isVisible()]
        now = next((place for place, stop in enumerate(shown) if stop.hasFocus()), shown.index(self.canvas))
        shown[(now + (1 if forward else -1)) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)

    def _docked(self, name: str, panel: QWidget, where: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(self)
        dock.setObjectName(name)
        dock.setWidget(panel)
        self.addDockWidget(where, dock)
        return dock

    def _set_widths(self) -> None:
        self._sized = True
        self.resizeDocks(list(self.docks.values()), list(WIDTHS.values()), Qt.Orientation.Horizontal)

    def close_models(self) -> None:
        self.queue_panel.close_model()
