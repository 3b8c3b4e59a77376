"""Gallery page of the window: filters, grid, and what can be done with the chosen images."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from boxwright.domain.messages import Message
from boxwright.services.project.bulk import Done
from boxwright.services.project.gallery import FoundImages, find
from boxwright.ui.gallery.filters import Choices, GalleryFilters
from boxwright.ui.gallery.grid import GalleryGrid
from boxwright.ui.gallery.source import TileSource
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.project.reader import ProjectReader
from boxwright.ui.project.workspace import Workspace

if TYPE_CHECKING:
    from boxwright.services.project.project import Project


class GalleryPage(QWidget):
    """Gallery page.

    `opened`: show this image on the canvas. `said`: a sentence for the status line. `choice_changed`: other actions
    make sense now. `close_page` must be called before the workspace is closed.
    """

    opened = Signal(int)
    said = Signal(str)
    choice_changed = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        # Of its own, so that a long question never keeps an image from being shown.
        self._reader = ProjectReader(workspace.project, self)
        self.source = TileSource(self._reader, self)
        self._question = 0
        self._history: list[Callable[[Project], Message]] = []
        self.filters = GalleryFilters()
        self.grid = GalleryGrid(self.source)
        self.count = QLabel()
        self.count.setTextFormat(Qt.TextFormat.PlainText)
        self.empty = QLabel()
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setObjectName("quiet")
        self._buttons = QHBoxLayout()
        self._found = FoundImages(self.grid.ids)
        self._total = 0
        self._lay_out()
        self.filters.changed.connect(self.look)
        self.grid.choice_changed.connect(self._choice_changed)
        self.grid.opened.connect(self.opened)
        self._reader.failed.connect(self.said)
        workspace.queue_changed.connect(self._pool_changed)

    # Looking

    def look(self) -> None:
        """Ask again; the answer to an older question is dropped."""
        self._question += 1
        number, query, shown = self._question, self.filters.query(), self._workspace.model.threshold

        def question(project: Project) -> tuple[FoundImages, int, Choices]:
            choices = Choices(project.classes.all(), list(project.labels.tags()))
            return find(project, query, shown), project.images.total(), choices

        def arrived(answer: tuple[FoundImages, int, Choices]) -> None:
            if number == self._question:
                self._found, self._total, choices = answer
                self.filters.offer(choices)
                self.grid.show_images(self._found.ids, self._found.figures)

        self._reader.ask(question, arrived, self)

    def retranslate(self) -> None:
        self.filters.retranslate()
        self.grid.retranslate()
        self._choice_changed()

    def enter(self) -> None:
        """The page comes on screen: what was done on the canvas meanwhile is to be seen."""
        self.source.forget()
        self.look()
        self.grid.setFocus()

    def offer(self, actions: Iterable[QAction]) -> None:
        """As buttons, and in the menu of the right mouse button."""
        for action in actions:
            self.grid.addAction(action)
            button = QToolButton()
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            self._buttons.addWidget(button)

    def close_page(self) -> None:
        self._reader.close()
        self.source.close()

    def _pool_changed(self) -> None:
        if self.isVisible():
            self.source.forget()
            self.look()

    def _choice_changed(self) -> None:
        shown, chosen = len(self.grid.ids), len(self.grid.choice)
        words = tr("{0} of {1} images").format(f"{shown:,}", f"{self._total:,}")
        if chosen:
            words = tr("{0}, {1} selected").format(words, f"{chosen:,}")
        if self._found.score:
            words = tr("{0} · the figure is the {1}").format(words, tr(self._found.score))
        self.count.setText(words)
        self.empty.setVisible(not shown)
        self.grid.setVisible(bool(shown))
        self.empty.setText(
            tr("No image fits. Change what is asked for above, or press “All”.")
            if self._total
            else tr("There is no image in this project: choose “Add images…” in the menu Project.")
        )
        self.choice_changed.emit()

    # Doing

    def open_current(self) -> None:
        if self.grid.choice.current >= 0:
            self.opened.emit(int(self.grid.ids[self.grid.choice.current]))

    def do(self, work: Callable[[Project], Done]) -> None:
        """Run `work` where the project is written; the window goes on meanwhile."""
        ProjectOp(self._workspace, tr("Gallery"), work).success(self._was_done).failure(self._refused).start()

    def _refused(self, sentence: str) -> None:
        self.said.emit(sentence)
        self._workspace.refresh()

    def can_take_back(self, undo: Callable[[Project], Message]) -> None:
        """Something was done to images of the gallery elsewhere, and `undo` takes it back."""
        self._history.append(undo)

    def undo(self) -> None:
        """Take back what was done here last."""
        if not self._history:
            self.said.emit(tr("There is nothing to take back in the gallery."))
            return
        undo = self._history.pop()
        self.do(lambda project: Done(undo(project)))

    def _was_done(self, done: Done) -> None:
        if done.undo is not None:
            self._history.append(done.undo)
        self.said.emit(translate(done.words))
        # Also tells this page, which looks again.
        self._workspace.refresh()

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(10, 4, 10, 4)
        foot.addWidget(self.count, 1)
        foot.addLayout(self._buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.filters)
        layout.addLayout(foot)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.empty, 1)
        self.empty.hide()
