"""Dialog that goes to an image by its number in the queue or a part of its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem

from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.list_steps import ListSteps

if TYPE_CHECKING:
    from boxwright.ui.project.context import ProjectContext

MOST = 60
ID_ROLE = Qt.ItemDataRole.UserRole


class JumpDialog(Sheet):
    """Dialog to jump to an image."""

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Go to image"), tr("Go"))
        self._workspace = context.workspace
        self._question = 0
        self.resize(480, 400)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("A number in the queue, or a part of a name"))
        self.search.setAccessibleName(tr("Number or name"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Images found"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ListSteps(self.search, self.list)
        self.list.setUniformItemSizes(True)
        self.words = plain_label(quiet=True)
        self.body.addWidget(self.search)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.words)
        self.search.textChanged.connect(self._ask)
        self.list.itemActivated.connect(lambda _: self._go())
        self.list.itemClicked.connect(lambda _: self._go())
        self.go.clicked.connect(self._go)
        self.begin_at(self.search)
        self._ask("")

    def _ask(self, text: str) -> None:
        self._question += 1
        number = self._question

        def arrived(found: list[tuple[int, str]]) -> None:
            # An answer to what was typed before is late.
            if number == self._question:
                self._fill(text.strip(), found)

        wanted = text.strip()
        self._workspace.reader.ask(lambda project: project.images.named_like(wanted, MOST + 1), arrived, self)

    def _fill(self, text: str, found: list[tuple[int, str]]) -> None:
        self.list.clear()
        queue = self._workspace.queue
        if text.isdecimal() and 1 <= int(text) <= len(queue.rows):
            self._add(tr("Number {0:,} of the queue").format(int(text)), int(queue.ids[queue.rows[int(text) - 1]]))
        for image_id, path in found[:MOST]:
            self._add(path, image_id)
        self.list.setCurrentRow(0)
        self.go.setEnabled(self.list.count() > 0)
        if not self.list.count():
            self.words.setText(tr("No image of the pool has this in its name."))
        else:
            more = tr("The first {0} are listed; type more of the name.").format(MOST)
            self.words.setText(more if len(found) > MOST else "")

    def _add(self, words: str, image_id: int) -> None:
        item = QListWidgetItem(words)
        item.setData(ID_ROLE, image_id)
        self.list.addItem(item)

    def _go(self) -> None:
        item = self.list.currentItem()
        if item is not None:
            self.accept()
            self._workspace.open_image(item.data(ID_ROLE))
