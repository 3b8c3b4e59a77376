"""Dialog that adds to a person's own list of detectors: one entry, or a team's list."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFileDialog, QFormLayout, QLineEdit, QPushButton, QWidget

from boxwright.domain.class_lists import class_list
from boxwright.domain.classes import names_in
from boxwright.domain.errors import BoxwrightError
from boxwright.services.detectors.catalogue import add_entries, read_list
from boxwright.services.detectors.catalogue_entry import BASE, GUESS, CatalogueEntry
from boxwright.ui.detectors.catalogue_words import GOOD_FOR
from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import Sheet, plain_label


class AddEntryDialog(Sheet):
    """Dialog of an entry of one's own. `added(name)`: it, or the first of a list, is in the list now."""

    added = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, tr("Add to the list"), tr("Add to the list"))
        self.outlives_project = getattr(parent, "outlives_project", False)
        self.setMinimumWidth(620)
        self.name, self.source, self.sha256 = QLineEdit(), QLineEdit(), QLineEdit()
        self.licence, self.classes = QLineEdit(), QLineEdit()
        self.name.setPlaceholderText("team-bolts")
        self.source.setPlaceholderText("https://…/detector.onnx")
        self.sha256.setPlaceholderText(tr("when it is known; else it is shown to you when the file has come"))
        self.classes.setPlaceholderText(tr("cat, dog, … or coco80, coco91, voc20, when the file does not say them"))
        self.uses = {use: QCheckBox(tr(words)) for use, words in GOOD_FOR.items()}
        form = QFormLayout()
        form.addRow(tr("Name"), self.name)
        form.addRow(tr("Address of the file"), self.source)
        form.addRow("SHA-256", self.sha256)
        form.addRow(tr("Licence"), self.licence)
        form.addRow(tr("Its classes"), self.classes)
        form.addRow(tr("Good for"), self.uses[GUESS])
        form.addRow("", self.uses[BASE])
        self.body.addWidget(plain_label(tr("Nothing is contacted: the entry only stands in your list."), quiet=True))
        self.body.addLayout(form)
        self.team = QPushButton(tr("A team's list…"))
        self.team.setToolTip(tr("A JSON file with many entries, which the guide describes."))
        self.team.setAutoDefault(False)
        self.buttons.addButton(self.team, self.buttons.ButtonRole.ActionRole)
        self.go.clicked.connect(self._add)
        self.team.clicked.connect(self._browse)
        self.begin_at(self.name)

    def _add(self) -> None:
        classes = self.classes.text().strip()
        told = {
            "name": self.name.text().strip().lower(),
            "source": self.source.text().strip(),
            "sha256": self.sha256.text().strip().lower() or None,
            "licence": self.licence.text().strip(),
            "classes": classes.lower() if class_list(classes) else names_in(classes),
            "good_for": [use for use, box in self.uses.items() if box.isChecked()],
        }
        try:
            entries = (CatalogueEntry.from_json(told, own=True),)
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self._take(entries)

    def _browse(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, tr("A team's list"), "", tr("Lists of detectors (*.json)"))
        if file:
            self.take_list(Path(file))

    def take_list(self, file: Path) -> None:
        """Take the entries of a team's list over."""
        try:
            entries = read_list(file)
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self._take(entries)

    def _take(self, entries: tuple[CatalogueEntry, ...]) -> None:
        try:
            add_entries(entries)
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self.accept()
        self.added.emit(entries[0].name if entries else "")
