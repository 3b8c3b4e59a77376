"""Preview of a dataset: counts, some pictures with their boxes, its classes, its flaws."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QTabWidget, QVBoxLayout, QWidget

from boxwright.domain.classes import LabelClass
from boxwright.ui.exchange.flaws import FlawTree
from boxwright.ui.exchange.import_classes import ImportClassTable
from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import plain_label

if TYPE_CHECKING:
    from boxwright.services.importing.jobs import DatasetPreview
    from boxwright.services.importing.preview import Preview

# All in one row where that leaves them this high, else three in a row; pixels.
_ROW, _SPACE, _LOWEST, _HIGHEST, _COLUMNS = 820, 8, 142, 260, 3


class PreviewTabs(QTabWidget):
    """Tabs of a preview."""

    def __init__(self) -> None:
        super().__init__()
        self.words = plain_label()
        self.pictures = QGridLayout()
        self.pictures.setSpacing(_SPACE)
        self.classes = ImportClassTable()
        self.flaws = FlawTree()
        first = QWidget()
        layout = QVBoxLayout(first)
        layout.addWidget(self.words)
        layout.addLayout(self.pictures)
        layout.addStretch(1)
        self.addTab(first, tr("Preview"))
        self.addTab(self.classes, tr("Classes"))
        self.addTab(self.flaws, tr("Flaws"))

    def show_preview(self, looked: DatasetPreview, project_classes: Sequence[LabelClass]) -> None:
        preview = looked.preview
        self.words.setText(preview_words(preview))
        while (item := self.pictures.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        pictures = [QPixmap(str(file)) for file in looked.pictures]
        columns, width, height = _arranged(pictures)
        for number, (sample, picture) in enumerate(zip(preview.samples, pictures, strict=True)):
            card = _picture(picture, width, height, sample.path, len(sample.boxes))
            self.pictures.addWidget(card, *divmod(number, columns))
        for column in range(self.pictures.columnCount() + 1):
            self.pictures.setColumnStretch(column, int(column == columns))
        self.classes.fill(preview.classes, project_classes)
        self.flaws.fill(preview.by_kind())
        self.setTabText(1, tr("Classes ({0:,})").format(len(preview.classes)))
        self.setTabText(2, tr("Flaws ({0:,})").format(len(preview.problems)) if preview.problems else tr("No flaws"))
        self.setTabEnabled(2, bool(preview.problems))
        self.setCurrentIndex(0)


def _arranged(pictures: Sequence[QPixmap]) -> tuple[int, int, int]:
    """How many are shown in a row, and the largest width and height of each, pixels."""
    shapes = sum(picture.width() / max(1, picture.height()) for picture in pictures)
    height = int((_ROW - _SPACE * len(pictures)) / max(shapes, 0.1))
    if height >= _LOWEST:
        return max(1, len(pictures)), _ROW, min(height, _HIGHEST)
    return _COLUMNS, _ROW // _COLUMNS - _SPACE, _LOWEST


def _picture(pixmap: QPixmap, width: int, height: int, path: str, boxes: int) -> QWidget:
    card = QWidget()
    layout = QVBoxLayout(card)
    layout.setContentsMargins(0, 0, 0, 0)
    shown = QLabel()
    mode = (Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    scaled = pixmap.scaled(width, height, *mode)
    shown.setPixmap(scaled)
    name = QLabel()
    name.setTextFormat(Qt.TextFormat.PlainText)
    words = f"{path.rsplit('/', 1)[-1]} · {boxes:,}"
    name.setText(name.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, max(scaled.width(), 90)))
    name.setAccessibleName(tr("{0}: {1} boxes").format(path, boxes))
    layout.addWidget(shown)
    layout.addWidget(name)
    layout.addStretch(1)
    return card


def preview_words(preview: Preview) -> str:
    words = (
        tr("{0:,} images with {1:,} boxes, {2:,} of them confirmed empty.")
        if preview.empty
        else tr("{0:,} images with {1:,} boxes.")
    )
    lines = [words.format(preview.images, preview.boxes, preview.empty)]
    places = {
        tr("in the project"): preview.known,
        tr("to be added"): preview.new,
        tr("not found, and left out"): preview.missing,
        tr("not labelled"): preview.unlabeled,
    }
    lines.append(", ".join(tr("{0:,} {1}").format(count, what) for what, count in places.items() if count) + ".")
    if preview.scored:
        lines.append(
            tr("{0:,} boxes carry a detector's score: if nobody checked them, take them as pre-labels.").format(
                preview.scored
            )
        )
    return "\n".join(lines)
