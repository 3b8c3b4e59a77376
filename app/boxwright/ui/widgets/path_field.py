"""Path field with a button to look for it; a path can be typed, pasted or dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QMenu, QPushButton, QWidget

from boxwright.ui.language.translation import tr


class PathField(QWidget):
    """Field for a path. `pattern` such as "Detectors (*.onnx)" looks for a file, None for a folder; `or_folder` for
    either. `changed` on every change."""

    changed = Signal(str)

    def __init__(self, title: str, pattern: str | None = None, or_folder: bool = False) -> None:
        super().__init__()
        self._title, self._pattern = title, pattern
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title)
        self.edit.setMinimumWidth(300)
        self.edit.textChanged.connect(self.changed)
        button = QPushButton(tr("Browse…"))
        button.setAutoDefault(False)
        if or_folder:
            menu = QMenu(button)
            menu.addAction(tr("A folder…"), self._browse_folder)
            menu.addAction(tr("A file or an archive…"), self._browse_file)
            button.setMenu(menu)
        else:
            button.clicked.connect(self._browse_folder if pattern is None else self._browse_file)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.edit, 1)
        layout.addWidget(button)

    @property
    def path(self) -> Path | None:
        text = self.edit.text().strip().removeprefix("file://")
        return Path(text).expanduser() if text else None

    @path.setter
    def path(self, path: Path | None) -> None:
        self.edit.setText(str(path) if path else "")

    def _browse_folder(self) -> None:
        self._took(QFileDialog.getExistingDirectory(self, self._title, self._start))

    def _browse_file(self) -> None:
        self._took(QFileDialog.getOpenFileName(self, self._title, self._start, self._pattern or "")[0])

    @property
    def _start(self) -> str:
        return str(self.path or Path.home())

    def _took(self, chosen: str) -> None:
        if chosen:
            self.edit.setText(chosen)
