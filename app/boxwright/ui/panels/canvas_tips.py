"""Tooltips with the provenance of the box under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip

from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.labelling.box_keys import item_of
from boxwright.ui.labelling.mark_words import marks_text
from boxwright.ui.labelling.provenance import provenance
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.panels.box_list import class_look


class ProvenanceTips(QObject):
    """Event filter that answers the tooltip event of a canvas for the smallest box under the pointer."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        canvas.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain_tip(self._words(event)), self._canvas)
            return True
        return super().eventFilter(watched, event)

    def _words(self, event: QHelpEvent) -> str:
        model, box_painter = self._canvas.model, self._canvas.box_painter
        if model.labels is None:
            return ""
        inverse, _ = self._canvas.viewportTransform().inverted()
        at = inverse.map(QPointF(event.pos()))
        found = box_painter.under(at.x(), at.y(), 0.0)
        if not found:
            return ""
        item = item_of(model.labels, found[0])
        lines = class_look(model, item.class_id)[0], marks_text(item), provenance(item, model)
        return "\n".join(line for line in lines if line)
