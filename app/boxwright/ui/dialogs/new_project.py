"""A new project: where the images are, what the classes are called, where the project lies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFormLayout, QPlainTextEdit

from boxwright.domain.errors import BoxwrightError
from boxwright.ui.dialogs.base import Sheet, plain_label
from boxwright.ui.dialogs.path_field import PathField

if TYPE_CHECKING:
    from boxwright.ui.main_window import MainWindow


class NewProjectDialog(Sheet):
    def __init__(self, window: MainWindow, images: Path | None = None) -> None:
        super().__init__(window, "New project", "Make the project")
        self._window = window
        self._folder_typed = False
        self.setMinimumWidth(560)
        self.images = PathField("Folder of images")
        self.folder = PathField("Project folder")
        self.classes = QPlainTextEdit()
        self.classes.setPlaceholderText("One class a line, or separated by commas. They can also be added later.")
        self.classes.setFixedHeight(110)
        self.classes.setTabChangesFocus(True)
        form = QFormLayout()
        form.addRow("Images", self.images)
        form.addRow("", plain_label("They stay where they are and are never changed.", quiet=True))
        form.addRow("Classes", self.classes)
        form.addRow("Project folder", self.folder)
        self.body.addLayout(form)
        self.images.changed.connect(self._suggest)
        self.folder.edit.textEdited.connect(self._typed)
        self.go.clicked.connect(self._make)
        self.images.path = images
        self.begin_at(self.classes if images else self.images.edit)

    def _typed(self, _text: str) -> None:
        self._folder_typed = True

    def _suggest(self, _text: str) -> None:
        images = self.images.path
        if images is not None and not self._folder_typed:
            self.folder.path = images.parent / f"{images.name}-boxwright"

    def _make(self) -> None:
        images, folder = self.images.path, self.folder.path
        if images is None or not images.is_dir():
            self.complain(f"There is no folder of images at {images or 'the path above'}; choose one that exists.")
            return
        if folder is None:
            self.complain("Choose a folder for the project.")
            return
        from boxwright.services.project import Project
        from boxwright.ui.tasks import add_images

        if not self._window.close_project():
            return
        try:
            project = Project.create(folder, class_names(self.classes.toPlainText()))
        except BoxwrightError as error:
            self.complain(str(error))
            return
        self.accept()
        self._window.show_project(project)
        self._window.run(add_images(project, images), self._window.images_added)


def class_names(text: str) -> list[str]:
    """The names in `text`, in order, each once."""
    return list(dict.fromkeys(name.strip() for name in re.split(r"[,\n]", text) if name.strip()))
