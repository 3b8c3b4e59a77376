"""Bar above an image whose file is not the one that was labelled: what that means, and the two ways to decide."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from boxwright.ui.language.translation import tr
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.project.workspace import ImageRecord, Workspace

if TYPE_CHECKING:
    from boxwright.services.project.project import Project


class ReplacedBar(QWidget):
    """Bar of a replaced image, hidden for every other. What is in the file now is noted as soon as it is seen, so
    that nobody labels it under the old one's name."""

    skip_wanted = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.title = QLabel()
        self.title.setObjectName("panelTitle")
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.keep, self.skip = QPushButton(), QPushButton()
        self.keep.clicked.connect(self._keep)
        self.skip.clicked.connect(self.skip_wanted)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 3, 6, 3)
        layout.setSpacing(10)
        layout.addWidget(self.title)
        layout.addWidget(self.words, 1)
        layout.addWidget(self.keep)
        layout.addWidget(self.skip)
        self.retranslate()
        self.hide()
        workspace.record_shown.connect(self._shown)
        workspace.picture_changed.connect(self._picture_changed)

    def retranslate(self) -> None:
        self.title.setText(tr("Another file"))
        self.words.setText(
            tr(
                "This is not the file that was labelled. Its boxes are in no training and no export until you say that "
                "they hold."
            )
        )
        self.keep.setText(tr("The boxes hold"))
        self.skip.setText(tr("Set it aside…"))

    def _shown(self, record: ImageRecord) -> None:
        self.setVisible(record.image.replaced)
        writer = self._workspace.writer
        for button in (self.keep, self.skip):
            button.setVisible(writer is not None)
        if record.other and writer is not None:
            from boxwright.services.images.file_check import take_note

            image_id = record.image.id

            def note(project: Project) -> None:
                take_note(project, [image_id])

            ProjectOp(self._workspace, tr("Looking at the file"), note, owner=self).failure(
                self._workspace.failed.emit
            ).start()

    def _picture_changed(self, picture: object) -> None:
        if picture is None and self._workspace.record is None:
            self.hide()

    def _keep(self) -> None:
        from boxwright.services.images.file_check import keep_labels

        workspace = self._workspace
        if workspace.record is None or workspace.writer is None:
            return
        image_id = workspace.record.image.id

        def keep(project: Project) -> None:
            keep_labels(project, [image_id])

        kept = ProjectOp(workspace, tr("Keeping the boxes"), keep, owner=self).success(partial(self._kept, image_id))
        kept.failure(workspace.failed.emit).start()

    def _kept(self, image_id: int, _: object) -> None:
        record = self._workspace.record
        if record is not None and record.image.id == image_id:
            self.hide()
        self._workspace.refresh()
