"""Setup of a new project, one step after another: images, labels, images kept for measuring, a detector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from boxwright.domain.model import Model
from boxwright.ui.language.translation import tr
from boxwright.ui.project.jobs import add_detector
from boxwright.ui.project.project_op import ProjectOp

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext

# The same answers keep the same images for measuring.
_SEED = 0


class ProjectSetup(QObject):
    """Steps of the setup. They stop, with what was done kept, when one fails, is cancelled, or the project is
    closed."""

    def __init__(
        self,
        context: ProjectContext,
        images: Path,
        labels: Path | None,
        detector: Path | None,
        detector_classes: Sequence[str],
        detector_asks: bool,
        detector_names: Sequence[str],
        validation: float,
    ) -> None:
        """`detector_classes`: what the person calls its classes, `detector_names` what they are called then.
        `detector_asks`: something of it is to be asked with a picture before it is added."""
        super().__init__(context.workspace)
        self._context, self._workspace = context, context.workspace
        self._images, self._labels, self._detector = images, labels, detector
        self._names, self._validation = list(detector_classes), validation
        self._asks, self._called = detector_asks, list(detector_names)

    def start(self) -> None:
        from boxwright.ui.project.jobs import add_images

        self._context.run(add_images(self._workspace.project, self._images), self._images_added)

    def _images_added(self, words: str) -> None:
        self._context.images_added(words)
        if self._labels is None:
            self._keep_for_measuring()
            return
        from boxwright.ui.exchange.import_dialog import ImportDialog

        dialog = ImportDialog(self._context, self._labels)
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
        if self._asks or self._is_foreign():
            from boxwright.ui.detectors.add_detector import AddDetectorDialog

            AddDetectorDialog(self._context, path, self._names).open()
            return
        task = add_detector(self._workspace, path, self._names, None, activate=True)
        self._context.run(task, self._detector_added)

    def _is_foreign(self) -> bool:
        """Whether none of its classes is one of the project's, which may come of a dataset by now."""
        from boxwright.services.detectors.registry import matched_classes

        classes = self._workspace.model.classes
        return bool(classes and self._called) and not matched_classes(self._called, classes)

    def _detector_added(self, model: Model) -> None:
        from boxwright.ui.detectors.prelabel import PrelabelDialog

        self._workspace.refresh()
        PrelabelDialog(self._context, model).open()

    def _write(self, title: str, change: Callable[[Project], object], done: Callable[..., object]) -> None:
        def refused(sentence: str) -> None:
            self._context.app.show_error(tr("{0}: not done").format(title), sentence)

        ProjectOp(self._workspace, title, change, owner=self).success(done).failure(refused).start()
