"""Dialog of a label check: the present detector looks again at what is labelled, then findings are gone through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton

from boxwright.domain.errors import BoxwrightError
from boxwright.ui.language.translation import tr
from boxwright.ui.project.queue import View
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.services.prelabelling.label_check import LabelCheckResult
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext


@dataclass(frozen=True)
class CheckProgress:
    """Counts of a label check.

    Images still to be looked at again, and what waits for a person already.
    """

    left: int
    images: int
    findings: int


class LabelCheckDialog(Sheet):
    """Dialog of a label check. `go` starts the look in the background; `show_list` goes through what is there."""

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Review what is labelled"), tr("Look again"))
        self._context, self._workspace = context, context.workspace
        self.setMinimumWidth(520)
        self.body.addWidget(
            plain_label(
                tr(
                    "The present detector looks at every labelled image. Where it and your boxes disagree, you "
                    "decide: boxes missing, boxes it does not see, badly placed ones and other classes, the "
                    "largest disagreement first. Nothing changes unless you say so."
                )
            )
        )
        self.words = plain_label(tr("Counting…"))
        self.body.addWidget(self.words)
        self.show_list = QPushButton(tr("Show the list"))
        self.show_list.setEnabled(False)
        self.show_list.clicked.connect(self._show_list)
        self.buttons.addButton(self.show_list, self.buttons.ButtonRole.ActionRole)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._start)
        detector_id = self._workspace.detector.id if self._workspace.detector else None
        self._workspace.reader.ask(lambda project: _read(project, detector_id), self._counted, self)

    def _counted(self, standing: CheckProgress) -> None:
        detector = self._workspace.detector
        possible = detector is not None and self._workspace.writer is not None and self._context.task is None
        self.go.setEnabled(possible and standing.left > 0)
        self.show_list.setEnabled(standing.images > 0)
        (self.show_list if standing.images and not self.go.isEnabled() else self.go).setDefault(True)
        waiting = tr("{0:,} findings on {1:,} images wait for you.").format(standing.findings, standing.images)
        if not standing.images:
            waiting = tr("No finding waits for you.")
        if detector is None:
            ahead = tr("There is no detector yet: add one in the menu Model.")
        elif standing.left:
            ahead = tr("“{0}” has {1:,} labelled images to look at.").format(detector.name, standing.left)
        else:
            ahead = tr("“{0}” has looked at every labelled image.").format(detector.name)
        self.words.setText(f"{ahead} {waiting}")

    def _start(self) -> None:
        from boxwright.ui.project.jobs import check_labels

        context, workspace, detector = self._context, self._workspace, self._workspace.detector
        if detector is None:
            return
        try:
            task = check_labels(workspace, detector.id, context.app.settings.device)
        except BoxwrightError as error:
            self.complain(error.message)
            return

        def done(looked: LabelCheckResult) -> None:
            context.app.say(
                tr("{0:,} findings on {1:,} images. Nothing was changed.").format(looked.findings, looked.images)
            )
            if looked.findings and context.canvas_shown:
                workspace.show_list(View.REVIEW)
            else:
                workspace.refresh()

        context.run(task, done)
        self.accept()

    def _show_list(self) -> None:
        self.accept()
        self._context.show_canvas()
        self._workspace.show_list(View.REVIEW)


def _read(project: Project, detector_id: int | None) -> CheckProgress:
    from boxwright.services.prelabelling.label_check import to_look_at

    _, _, counts = project.reviews.waiting()
    left = len(to_look_at(project, project.models.get(detector_id))) if detector_id is not None else 0
    return CheckProgress(left, len(counts), int(counts.sum()))
