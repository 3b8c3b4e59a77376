"""The three columns of an open project: queue, image, boxes and classes."""

from __future__ import annotations

from contextlib import suppress

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from boxwright.ui.canvas.view import CanvasView
from boxwright.ui.keys import Key
from boxwright.ui.panels.boxes_panel import BoxesPanel
from boxwright.ui.panels.image_area import ImageArea
from boxwright.ui.panels.queue_panel import QueuePanel
from boxwright.ui.panels.review_bar import ReviewBar
from boxwright.ui.review import Review
from boxwright.ui.workspace import Workspace

QUEUE_WIDTH, BOXES_WIDTH = 256, 250


class WorkArea(QWidget):
    """Made anew for each project; `close_models` must be called before the workspace is closed."""

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.canvas = CanvasView(workspace.model)
        self.review = Review(workspace, self)
        self.image_area = ImageArea(workspace, self.canvas, ReviewBar(workspace, self.review))
        self.queue_panel = QueuePanel(workspace)
        self.boxes_panel = BoxesPanel(workspace.model)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setHandleWidth(1)
        splitter.addWidget(self.queue_panel)
        splitter.addWidget(self.image_area)
        splitter.addWidget(self.boxes_panel)
        for place, stretch in enumerate((0, 1, 0)):
            splitter.setStretchFactor(place, stretch)
        self.queue_panel.setMinimumWidth(170)
        self.boxes_panel.setMinimumWidth(190)
        splitter.setCollapsible(1, False)
        splitter.setSizes([QUEUE_WIDTH, 800, BOXES_WIDTH])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(splitter)
        self.review.went_to.connect(self._bring_in_sight)
        self.queue_panel.picked.connect(self.canvas.setFocus)
        self.boxes_panel.classes.picked.connect(self.canvas.setFocus)
        self.boxes_panel.details.picked.connect(self.canvas.setFocus)

    def _bring_in_sight(self, key: Key) -> None:
        with suppress(KeyError):  # hidden, for instance while only the selected boxes are shown
            self.canvas.show_box(key)

    def close_models(self) -> None:
        self.queue_panel.close_model()
