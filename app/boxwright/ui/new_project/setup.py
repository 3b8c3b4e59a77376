"""Setup of a new project, one step after another: images, labels, images kept for measuring, a detector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from boxwright.domain.model import Model
from boxwright.ui.language.translation import tr
from boxwright.ui.project.jobs import add_detector
from boxwright.ui.project.task import BackgroundTask

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.shell.main_window import MainWindow

# The same answers keep the same images for measuring.
_SEED = 0


class Beginning(QObject):
    """Steps of the setup. They stop, with what was done kept, when one fails, is cancelled, or the project is
    closed."""

    def __init__(
        self,
        window: MainWindow,
        images: Path,
        labels: Path | None,
        detector: Path | None,
        detector_classes: Sequence[str],
        detector_asks: bool,
        validation: float,
    ) -> None:
        """`detector_asks`: something of the detector is to be asked with a picture before it is added."""
        assert window.workspace is not None
        super().__init__(window.workspace)
        self._window, self._workspace = window, window.workspace
        self._images, self._labels, self._detector = images, labels, detector
        self._names, self._validation = list(detector_classes), validation
        self._asks = detector_asks

    def start(self) -> None:
        from boxwright.ui.project.jobs import add_images

        self._window.run(add_images(self._workspace.project, self._images), self._images_added)

    def _images_added(self, words: str) -> None:
        self._window.images_added(words)
        if self._labels is None:
            self._keep_for_measuring()
            return
        from boxwright.ui.exchange.import_dialog import ImportDialog

        dialog = ImportDialog(self._window, self._labels)
        dialog.finished.connect(lambda _: self._keep_for_measuring())
        dialog.open()

    def _keep_for_measuring(self) -> None:
        """After the import, because a dataset may bring a validation split of its own."""
        if self.signalsBlocked():
            # The dialog was closed with its project.
            return

        def freeze(project: Project) -> int:
            from boxwright.services.project.split import freeze_validation

            return freeze_validation(project, self._validation, _SEED) if self._validation else 0

        self._write(tr("Keeping images for measuring"), freeze, lambda _: self._add_detector())

    def _add_detector(self) -> None:
        self._workspace.refresh()
        path = self._detector
        if path is None:
            return
        if self._asks:
            from boxwright.ui.detectors.add_detector import AddDetectorDialog

            AddDetectorDialog(self._window, path, self._names).open()
            return
        writer = self._workspace.writer
        if writer is None:
            return
        task = add_detector(self._workspace.project, writer, path, self._names, None, activate=True)
        self._window.run(task, self._detector_added)

    def _detector_added(self, model: Model) -> None:
        from boxwright.ui.detectors.prelabel import PrelabelDialog

        self._workspace.refresh()
        PrelabelDialog(self._window, model).open()

    def _write(self, title: str, change: Callable[[Project], object], done: Callable[..., object]) -> None:
        writer = self._workspace.writer
        if writer is None:
            return
        task = BackgroundTask(title, self)
        task.failed.connect(lambda sentence: self._window.show_error(tr("{0}: not done").format(title), sentence))
        task.finished.connect(done)
        task.follow(writer.submit(change))
