"""Dialog that makes the demo project, then opens it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.ui.project.context import AppContext


class DemoDialog(Sheet):
    """Dialog of the demo's making. Closing it stops the work; what was made is used the next time."""

    outlives_project = True

    def __init__(self, app: AppContext, folder: Path) -> None:
        super().__init__(app.dialog_parent, tr("Demo"))
        self._app = app
        self.setMinimumWidth(440)
        self.body.addWidget(
            plain_label(tr("Drawing pictures, running the starter detector and drawing a first batch. Under a minute."))
        )
        self.progress = ProgressRow()
        self.body.addWidget(self.progress)
        from boxwright.ui.project.jobs import make_demo_project

        self._task = make_demo_project(folder)
        self._task.setParent(self)
        self.progress.follow(self._task)
        self._task.finished.connect(self._made)
        self._task.failed.connect(self.complain)
        self.rejected.connect(self._task.cancel)

    def _made(self, folder: Path) -> None:
        self.accept()
        self._app.open_project(folder)


def open_demo(app: AppContext) -> None:
    from boxwright.services.demo import demo_folder

    DemoDialog(app, demo_folder()).open()
