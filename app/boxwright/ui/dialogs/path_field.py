"""A path with a button to look for it; a path can be typed, pasted or dropped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget


class PathField(QWidget):
    """`pattern` such as "Detectors (*.onnx)" looks for a file, None for a folder. `changed` on every change."""

    changed = Signal(str)

    def __init__(self, title: str, pattern: str | None = None) -> None:
        super().__init__()
        self._title, self._pattern = title, pattern
        self.edit = QLineEdit()
        self.edit.setAccessibleName(title)
        self.edit.setMinimumWidth(300)
        self.edit.textChanged.connect(self.changed)
        button = QPushButton("Browse…")
        button.setAutoDefault(False)
        button.clicked.connect(self._browse)
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

    def _browse(self) -> None:
        start = str(self.path or Path.home())
        if self._pattern is None:
            chosen = QFileDialog.getExistingDirectory(self, self._title, start)
        else:
            chosen, _ = QFileDialog.getOpenFileName(self, self._title, start, self._pattern)
        if chosen:
            self.edit.setText(chosen)
