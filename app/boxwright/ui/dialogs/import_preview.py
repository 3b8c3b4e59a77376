"""What a dataset would bring: counts, some pictures with their boxes, its classes, its flaws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from boxwright.domain.classes import LabelClass
from boxwright.ui.dialogs.base import plain_label
from boxwright.ui.dialogs.flaws import FlawTree
from boxwright.ui.dialogs.import_classes import ImportClassTable

if TYPE_CHECKING:
    from boxwright.services.import_jobs import Looked
    from boxwright.services.import_preview import Preview

_WIDTH, _HEIGHT, _COLUMNS = 262, 168, 3


class PreviewTabs(QTabWidget):
    def __init__(self) -> None:
        super().__init__()
        self.words = plain_label()
        self.pictures = QGridLayout()
        self.pictures.setSpacing(8)
        self.classes = ImportClassTable()
        self.flaws = FlawTree()
        first = QWidget()
        layout = QVBoxLayout(first)
        layout.addWidget(self.words)
        layout.addLayout(self.pictures)
        layout.addStretch(1)
        self.addTab(first, "Preview")
        self.addTab(self.classes, "Classes")
        self.addTab(self.flaws, "Flaws")

    def show_preview(self, looked: Looked, project_classes: Sequence[LabelClass]) -> None:
        preview = looked.preview
        self.words.setText(preview_words(preview))
        while (item := self.pictures.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for number, (sample, file) in enumerate(zip(preview.samples, looked.pictures, strict=True)):
            card = _picture(QPixmap(str(file)), sample.path, len(sample.boxes))
            self.pictures.addWidget(card, *divmod(number, _COLUMNS))
        self.pictures.setColumnStretch(_COLUMNS, 1)
        self.classes.fill(preview.classes, project_classes)
        self.flaws.fill(preview.by_kind())
        self.setTabText(1, f"Classes ({len(preview.classes):,})")
        self.setTabText(2, f"Flaws ({len(preview.problems):,})" if preview.problems else "No flaws")
        self.setTabEnabled(2, bool(preview.problems))
        self.setCurrentIndex(0)


def _picture(pixmap: QPixmap, path: str, boxes: int) -> QWidget:
    card = QWidget()
    layout = QVBoxLayout(card)
    layout.setContentsMargins(0, 0, 0, 0)
    shown = QLabel()
    mode = (Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    shown.setPixmap(pixmap.scaled(_WIDTH, _HEIGHT, *mode))
    name = QLabel()
    name.setTextFormat(Qt.TextFormat.PlainText)
    name.setObjectName("quiet")
    words = f"{path.rsplit('/', 1)[-1]} · {boxes:,}"
    name.setText(name.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, _WIDTH))
    name.setAccessibleName(f"{path}: {boxes} boxes")
    layout.addWidget(shown)
    layout.addWidget(name)
    layout.addStretch(1)
    return card


def preview_words(preview: Preview) -> str:
    empty = f", {preview.empty:,} of them confirmed empty" if preview.empty else ""
    lines = [f"{preview.images:,} images with {preview.boxes:,} boxes{empty}."]
    places = {
        "in the project": preview.known,
        "to be added": preview.new,
        "not found, and left out": preview.missing,
        "not labelled": preview.unlabeled,
    }
    lines.append(", ".join(f"{count:,} {what}" for what, count in places.items() if count) + ".")
    if preview.scored:
        lines.append(
            f"{preview.scored:,} boxes carry a detector's score: if nobody checked them, take them as pre-labels."
        )
    return "\n".join(lines)
