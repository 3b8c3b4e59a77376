"""Dialog that runs the detector over the pool in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import N_, joined
from boxwright.domain.model import Model
from boxwright.ui.detectors.stream import judge_arrivals
from boxwright.ui.language.translation import tr
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.services.prelabelling.prelabel import PrelabelResult
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext

DEVICES = {"auto": N_("Automatic: CUDA where it runs, else the CPU"), "cpu": N_("CPU"), "cuda": N_("CUDA")}


class PrelabelDialog(Sheet):
    """Dialog that pre-labels. `model`: None for the active detector."""

    def __init__(self, context: ProjectContext, model: Model) -> None:
        super().__init__(context.app.dialog_parent, tr("Pre-label the pool"), tr("Start"))
        self._context, self._workspace = context, context.workspace
        self._model = model
        self.setMinimumWidth(480)
        self.body.addWidget(
            plain_label(
                tr(
                    "“{0}” looks at every image it has not seen. You can go on labelling meanwhile; an image "
                    "that you have touched keeps your labels."
                ).format(self._model.name)
            )
        )
        self.device = QComboBox()
        for name, words in DEVICES.items():
            self.device.addItem(tr(words), name)
        self.device.setCurrentIndex(max(0, self.device.findData(context.app.settings.device)))
        self._twice = False
        self.twice = QCheckBox(tr("Look twice, the second time at the mirror image"))
        self.twice.setToolTip(
            tr("Boxes that the mirror does not confirm are doubtful: the score “flip”. It takes twice as long.")
        )
        self.left = plain_label(quiet=True)
        form = QFormLayout()
        form.addRow(tr("Runs on"), self.device)
        form.addRow("", self.twice)
        self.body.addLayout(form)
        self.body.addWidget(self.left)
        model_id = model.id

        def images_left(project: Project) -> tuple[int, bool]:
            from boxwright.services.prelabelling.plan import looks_twice, to_do

            return len(to_do(project, project.models.get(model_id))[0]), looks_twice(project)

        self._workspace.reader.ask(images_left, self._counted, self)
        self.go.clicked.connect(self._start)

    def _counted(self, read: tuple[int, bool]) -> None:
        left, self._twice = read
        self.left.setText(tr("{0:,} images to go.").format(left))
        self.twice.setChecked(self._twice)

    def _start(self) -> None:
        """What the child reads from the project has to be in it before it starts."""
        twice = self.twice.isChecked()
        if twice is self._twice:
            self._begin()
            return

        def keep(project: Project) -> None:
            from boxwright.services.prelabelling.plan import set_looks_twice

            set_looks_twice(project, twice)

        self.go.setEnabled(False)
        title = tr("Keeping how to look")
        ProjectOp(self._workspace, title, keep).success(self._begin).failure(self._refused).start()

    def _begin(self, *_: object) -> None:
        device = str(self.device.currentData())
        try:
            begin_prelabelling(self._context, self._model, device)
        except BoxwrightError as error:
            self._refused(error.message)
            return
        self._context.app.remember(device=device)
        self.accept()

    def _refused(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self.complain(sentence)


def begin_prelabelling(
    context: ProjectContext,
    model: Model,
    device: str,
    hold: bool = False,
    again: Sequence[int] = (),
    then: Callable[[PrelabelResult], object] | None = None,
) -> None:
    """Let `model` look at the pool in the background; the status line tells how far it is. `hold`: the image on screen
    keeps its pre-labels until the person leaves it. `again`: the only images to run on, seen or not. Raises
    BoxwrightError."""
    from boxwright.ui.project.jobs import prelabel

    workspace = context.workspace
    task = prelabel(workspace, model.id, device, again)
    workspace.detector_changed.emit(tr("{0} · starting on {1}").format(model.name, device.upper()))

    def done(result: PrelabelResult) -> None:
        workspace.refresh(device=result.device, hold=hold)
        context.app.say(result_words(result))
        if notes := joined(" ", (result.device_note, result.features_note)):
            context.app.tell(notes)
        judge_arrivals(context)
        if then is not None:
            then(result)

    context.run(task, done)


def result_words(result: PrelabelResult) -> str:
    parts = [tr("{0:,} images pre-labelled with {1:,} boxes").format(result.predicted, result.boxes)]
    if result.per_second:
        parts.append(tr("{0:.0f} images/s on the {1}").format(result.per_second, result.device))
    if result.kept:
        parts.append(tr("{0:,} left alone because you have touched them").format(result.kept))
    if result.dropped:
        parts.append(tr("{0:,} boxes of unmapped classes dropped").format(sum(result.dropped.values())))
    if result.problems:
        parts.append(tr("{0:,} images could not be read").format(len(result.problems)))
    return (tr("Stopped: {0}.") if result.stopped else "{0}.").format(", ".join(parts))
