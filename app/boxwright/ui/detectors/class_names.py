"""Field for the names of a detector's classes, and the offer of the lists that a nameless detector may be of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QWidget

from boxwright.domain.class_lists import ClassList, is_gap, lists_of
from boxwright.domain.messages import N_
from boxwright.ui.language.translation import tr
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.path_field import PathField

if TYPE_CHECKING:
    from boxwright.services.detectors.jobs import DetectorReport

_TITLES = {
    "coco80": N_("COCO, 80 names"),
    "coco91": N_("COCO by its ids, 80 names on 0 to 90"),
    "voc20": N_("Pascal VOC, 20 names"),
}


class ClassNamesField(PathField):
    """Field for names with commas, a file with one a line, or the key of a known list. `said` when the person is done
    with it."""

    said = Signal()

    def __init__(self) -> None:
        super().__init__(tr("Its classes"), tr("Lists of names (*.txt *.names);;Any file (*)"))
        self.edit.setPlaceholderText(tr("cat, dog, …  or a text file with one name a line"))
        self.edit.editingFinished.connect(self.said)

    def text(self) -> str:
        return self.edit.text()

    def say(self, text: str) -> None:
        """Fill it in, as if typed."""
        self.edit.setText(text)
        self.said.emit()

    def names(self) -> list[str]:
        """Empty while nothing is said. Raises FormatError for a file that cannot be read."""
        from boxwright.services.detectors.class_names import names_said

        return names_said(self.text()) if self.text().strip() else []

    @property
    def _start(self) -> str:
        path = self.path
        return str(path if path is not None and path.exists() else Path.home())

    def _took(self, chosen: str) -> None:
        if chosen:
            self.say(chosen)


class ListOffer(QWidget):
    """Row of buttons, one for each list that a file without names may be of; `chosen` gets the key of the one that
    was taken after a look at it."""

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.words = plain_label()
        self.buttons: dict[str, QPushButton] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.addWidget(self.words)
        for known in lists_of(None):
            button = QPushButton(tr("{0}…").format(tr(_TITLES[known.key])))
            button.setAutoDefault(False)
            button.clicked.connect(lambda _=False, k=known: self._show_list(k))
            self._row.addWidget(button)
            self.buttons[known.key] = button
        self._row.addStretch(1)
        self.offer(None)

    def offer(self, inspection: DetectorReport | None) -> None:
        """What fits a file without names; nothing where it has some."""
        fitting = lists_of(inspection.class_count) if inspection is not None and inspection.nameless else ()
        keys = {known.key for known in fitting}
        for key, button in self.buttons.items():
            button.setVisible(key in keys)
        self.words.setText(tr("Its names may be:"))
        self.setVisible(bool(keys))

    def _show_list(self, known: ClassList) -> None:
        dialog = ClassListDialog(self.window(), known)
        dialog.accepted.connect(lambda: self.chosen.emit(known.key))
        dialog.open()


class ClassListDialog(Sheet):
    """Dialog that shows the names of a list before it is taken."""

    def __init__(self, parent: QWidget, known: ClassList) -> None:
        super().__init__(parent, tr(_TITLES[known.key]), tr("Use these names"))
        self.resize(460, 460)
        self.body.addWidget(
            plain_label(
                tr(
                    "Nothing in the file says that it was trained on {0}. With wrong names the boxes are right and are "
                    "called something else: look at some of its boxes before you rely on them."
                ).format(known.title)
            )
        )
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Names by their number"))
        self.list.setUniformItemSizes(True)
        for number, name in enumerate(known.names):
            item = QListWidgetItem(f"{number:>2}   {tr('no class') if is_gap(name) else name}")
            item.setToolTip(plain_tip(name))
            if is_gap(name):
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        self.list.setMinimumSize(QSize(300, 160))
        self.body.addWidget(self.list, 1)
        self.go.clicked.connect(self.accept)


def nameless_words(inspection: DetectorReport) -> str:
    """What to do about a file without names."""
    if inspection.class_count:
        words = tr(
            "The file does not name its {0} classes: choose a list, give a file with one name a line, or type them."
        )
        return words.format(inspection.class_count)
    return tr("The file does not name its classes: choose a list, give a file with one name a line, or type them.")
