"""Dialog About: the version, and the licences of all that this installation is made of, with their texts."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QComboBox, QPlainTextEdit, QSplitter, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from boxwright import __version__
from boxwright.domain.messages import N_
from boxwright.services.licences import Package, installed, python, read, texts
from boxwright.ui.language.translation import tr
from boxwright.ui.project.context import AppContext
from boxwright.ui.widgets.dialog import Sheet, plain_label

COLUMNS = (N_("Package"), N_("Version"), N_("Licence"))
REPLACEABLE = N_(
    "Qt and PySide6 are used under the LGPL-3.0; OpenCV brings FFmpeg and a Qt of its own under the LGPL too. They are "
    "files of their own, which you may replace by a build of yours: THIRD-PARTY.md tells how."
)
_PACKAGE = Qt.ItemDataRole.UserRole


class AboutDialog(Sheet):
    """Dialog About. The packages come in after it is painted."""

    outlives_project = True

    def __init__(self, app: AppContext) -> None:
        super().__init__(app.dialog_parent, tr("About Boxwright"))
        self.resize(980, 600)
        self.packages = QTreeWidget()
        self.packages.setAccessibleName(tr("Packages"))
        self.packages.setHeaderLabels([tr(column) for column in COLUMNS])
        self.packages.setRootIsDecorated(False)
        self.packages.setUniformRowHeights(True)
        self.packages.currentItemChanged.connect(self._show_package)
        self.files = QComboBox()
        self.files.setAccessibleName(tr("Texts of this package"))
        self.files.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.files.currentIndexChanged.connect(self._show_text)
        self.text = QPlainTextEdit(readOnly=True)
        self.text.setAccessibleName(tr("Text of the licence"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        # Tab goes on to the buttons.
        self.text.setTabChangesFocus(True)
        words = tr("Labels boxes with a detector that learns.")
        self.body.addWidget(plain_label(f"Boxwright {__version__} · Apache-2.0\n{words}"))
        self.body.addWidget(self._halves(), 1)
        self.body.addWidget(plain_label(tr(REPLACEABLE), quiet=True))
        self.begin_at(self.packages)
        QTimer.singleShot(0, self, self._fill)

    def _halves(self) -> QSplitter:
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.files)
        column.addWidget(self.text, 1)
        halves = QSplitter(Qt.Orientation.Horizontal, childrenCollapsible=False)
        halves.addWidget(self.packages)
        halves.addWidget(right)
        halves.setSizes([440, 500])
        return halves

    def _fill(self) -> None:
        for package in (*installed(), python()):
            row = QTreeWidgetItem([package.name, package.version, package.licence or tr("not said")])
            row.setToolTip(2, package.licence)
            row.setData(0, _PACKAGE, package)
            self.packages.addTopLevelItem(row)
        for column in (0, 1):
            self.packages.resizeColumnToContents(column)
        self.packages.setCurrentIndex(self.packages.model().index(0, 0))

    def _show_package(self, row: QTreeWidgetItem | None) -> None:
        if row is None:
            return
        package: Package = row.data(0, _PACKAGE)
        found = texts(package)
        self.files.clear()
        for path, words in zip(found, _short(found), strict=True):
            self.files.addItem(words, path)
        self.files.setEnabled(len(found) > 1)
        if not found:
            self.text.setPlainText(tr("This package came without a text of its licence."))

    def _show_text(self, _: int) -> None:
        path: Path | None = self.files.currentData()
        if path is None:
            return
        try:
            self.text.setPlainText(read(path))
        except OSError as error:
            self.text.setPlainText(f"{path}: {error.strerror}")


def _short(found: list[Path]) -> list[str]:
    """Each path as far as it differs from the others."""
    if len(found) < 2:
        return [path.name for path in found]
    common = os.path.commonpath([path.parent for path in found])
    return [path.relative_to(common).as_posix() for path in found]
