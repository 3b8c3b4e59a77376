"""Image area in the middle: why this image was chosen, then the canvas, or why the image cannot be shown."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from boxwright.domain.changes import Changes
from boxwright.services.images.decoded import DecodedImage
from boxwright.ui.canvas.canvas import CanvasView
from boxwright.ui.labelling.mark_words import image_marks_text
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.panels.empty_page import EmptyPage, why_empty
from boxwright.ui.panels.replaced_bar import ReplacedBar
from boxwright.ui.panels.review_bar import ReviewBar
from boxwright.ui.panels.tone_bar import ToneBar
from boxwright.ui.project.reasons import why_this_image
from boxwright.ui.project.workspace import ImageRecord, Workspace
from boxwright.ui.widgets.elided import ElidedLabel
from boxwright.ui.widgets.notice_page import NoticePage

_ROUNDED = 2
"""Pixels by which a reduced picture may be off its proportions."""


class ProblemPage(NoticePage):
    """Page for an image that cannot be shown."""

    next_wanted = Signal()
    skip_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(640)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.next, self.skip = QPushButton(), QPushButton()
        for button, wanted in ((self.next, self.next_wanted), (self.skip, self.skip_wanted)):
            button.clicked.connect(wanted)
            self.add_button(button)
        self.retranslate()

    def retranslate(self) -> None:
        self.title.setText(tr("This image cannot be shown"))
        self.next.setText(tr("Next image (D)"))
        self.skip.setText(tr("Skip it… (S)"))


class ImageArea(QWidget):
    """Image area. Gives the canvas its picture; the canvas takes its boxes from the session by itself."""

    def __init__(self, workspace: Workspace, canvas: CanvasView, review: ReviewBar) -> None:
        super().__init__()
        self._workspace = workspace
        self.canvas, self.review = canvas, review
        self.problem = ProblemPage()
        self.replaced = ReplacedBar(workspace)
        self.replaced.skip_wanted.connect(self.problem.skip_wanted)
        self.problem.next_wanted.connect(lambda: workspace.step(1))
        self.empty = EmptyPage()
        self.name = ElidedLabel(Qt.TextElideMode.ElideMiddle)
        self.name.setMaximumWidth(280)
        self.name.setObjectName("panelTitle")
        self.why = ElidedLabel()
        self.why.setObjectName("quiet")
        self.marks = ElidedLabel()
        self.tone = ToneBar(canvas)
        self.tone.left.connect(canvas.setFocus)
        self.marks.setMaximumWidth(260)
        self._stack = QStackedWidget()
        self._stack.addWidget(canvas)
        self._stack.addWidget(self.problem)
        self._stack.addWidget(self.empty)
        head = QHBoxLayout()
        head.setContentsMargins(10, 6, 10, 6)
        head.setSpacing(12)
        head.addWidget(self.name)
        head.addWidget(self.why, 1)
        head.addWidget(self.marks)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(head)
        layout.addWidget(self.replaced)
        layout.addWidget(review)
        layout.addWidget(self.tone)
        layout.addWidget(self._stack, 1)
        workspace.model.changed.connect(self._labels_changed)
        workspace.record_shown.connect(self._record_shown)
        workspace.picture_changed.connect(self._picture_changed)
        workspace.queue_changed.connect(self._show_empty)

    def retranslate(self) -> None:
        for part in (self.problem, self.replaced, self.review, self.tone, self.canvas):
            part.retranslate()
        if self._workspace.record is not None:
            self._record_shown(self._workspace.record)
        self.empty.tell(self.empty.why, self.empty.detector)

    def _record_shown(self, record: ImageRecord) -> None:
        self.name.setText(record.image.path.rsplit("/", 1)[-1])
        self.name.show()
        self.name.setToolTip(plain_tip(str(record.file)))
        queue = self._workspace.queue
        words = why_this_image(record, queue.reasons.get(record.image.id), queue.latest, self._workspace.model)
        self.why.setText(words)
        self.why.setToolTip(plain_tip(words))

    def _show_empty(self) -> None:
        """While the list has no image, and is known to have none."""
        workspace = self._workspace
        if not workspace.queue_loaded or workspace.row >= 0 or workspace.record is not None:
            return
        self.name.setText("")
        self.name.hide()
        self.why.setText("")
        self.empty.tell(why_empty(workspace.queue), workspace.detector is not None)
        self._stack.setCurrentWidget(self.empty)

    def show_tone_bar(self, shown: bool) -> None:
        """Show the sliders, with the keys on the first of them; hidden, the tone stays as it is."""
        self.tone.setVisible(shown)
        (self.tone.brightness if shown else self.canvas).setFocus()

    def _labels_changed(self, changes: Changes) -> None:
        if changes & (Changes.MARKS | Changes.IMAGE):
            labels = self._workspace.model.labels
            words = image_marks_text(labels.marks) if labels else ""
            self.marks.setText(words)
            self.marks.setToolTip(
                plain_tip(f"{', '.join(sorted(labels.marks.tags))}\n{labels.marks.note}" if labels else "")
            )
            self.marks.setVisible(bool(words))

    def _picture_changed(self, picture: DecodedImage[object] | None) -> None:
        record = self._workspace.record
        if picture is None or record is None:
            self.canvas.set_image(None, 0, 0)
            self._stack.setCurrentWidget(self.canvas)
            self._show_empty()
            return
        if not isinstance(picture.pixels, QImage):
            self.canvas.set_image(None, 0, 0)
            self.problem.words.setText(translate(picture.problem or ""))
            self._stack.setCurrentWidget(self.problem)
            return
        self._stack.setCurrentWidget(self.canvas)
        self.canvas.set_image(picture.pixels, *_true_size(picture.pixels, record))


def _true_size(picture: QImage, record: ImageRecord) -> tuple[int, int]:
    """Pixels of the whole image; of a picture in other proportions its own, as it was never stretched."""
    width, height = record.image.width, record.image.height
    scale = max(picture.width(), picture.height()) / max(width, height, 1)
    apart = max(abs(width * scale - picture.width()), abs(height * scale - picture.height()))
    return (width, height) if apart <= _ROUNDED else (picture.width(), picture.height())
