"""New-project wizard; every page has an answer that suits most, so a project can be made from any of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialogButtonBox, QPushButton, QStackedWidget

from boxwright.domain.classes import names_in
from boxwright.domain.errors import BoxwrightError
from boxwright.ui.language.translation import tr
from boxwright.ui.new_project.pages import ClassesPage, DetectorPage, ImagesPage, LabelsPage, Page, WayPage
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.ui.project.context import AppContext


class NewProjectDialog(Sheet):
    """Wizard for a new project. `images`, `labels`, `detector`: what is filled in from the start."""

    outlives_project = True

    def __init__(
        self,
        app: AppContext,
        images: Path | None = None,
        labels: Path | None = None,
        detector: Path | None = None,
    ) -> None:
        super().__init__(app.dialog_parent, tr("New project"), tr("Make the project"))
        self._app = app
        self.resize(640, 390)
        self.images, self.classes, self.labels = ImagesPage(), ClassesPage(), LabelsPage()
        self.detector, self.way = DetectorPage(), WayPage()
        self.detector.offer(app.live_actions[name] for name in ("help.no_detector", "help.coco"))
        self.pages: tuple[Page, ...] = (self.images, self.classes, self.labels, self.detector, self.way)
        self.step, self.about, self.next_words = plain_label(), plain_label(quiet=True), plain_label(quiet=True)
        self.stack = QStackedWidget()
        for page in self.pages:
            self.stack.addWidget(page)
        self.back, self.next = QPushButton(tr("Back")), QPushButton(tr("Next"))
        self._lay_out()
        self._connect()
        self.images.images.path, self.labels.path.path, self.detector.path.path = images, labels, detector
        self._show(0)
        self.begin_at(self.images.first)

    @property
    def place(self) -> int:
        return self.stack.currentIndex()

    def _lay_out(self) -> None:
        self.step.setObjectName("panelTitle")
        for widget, stretch in ((self.step, 0), (self.about, 0), (self.stack, 1), (self.next_words, 0)):
            self.body.addWidget(widget, stretch)
        for button in (self.back, self.next):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)

    def _connect(self) -> None:
        self.back.clicked.connect(lambda: self._show(self.place - 1))
        self.next.clicked.connect(self._go_on)
        self.go.clicked.connect(self._make)
        for page in (self.labels, self.detector):
            page.looked.connect(self._refresh)

    def _show(self, place: int) -> None:
        self.stack.setCurrentIndex(place)
        page = self.pages[place]
        self.step.setText(tr("{0} of {1}: {2}").format(place + 1, len(self.pages), tr(page.title)))
        self.about.setText(tr(page.about))
        if page is self.labels and self.images.images.path is not None:
            self.labels.offer(self.images.images.path)
        if page is self.detector and (own := names_in(self.classes.names.toPlainText())) != self.detector.own:
            self.detector.own = own
            self.detector.look()
        page.first.setFocus()
        last = place == len(self.pages) - 1
        self.back.setEnabled(place > 0)
        self.next.setVisible(not last)
        # Return goes on, and on the last page makes the project.
        self.next.setDefault(not last)
        self.go.setDefault(last)
        self._refresh()

    def _refresh(self) -> None:
        self.complain("")
        last = self.place == len(self.pages) - 1
        following = "" if last else tr(self.pages[self.place + 1].title).lower()
        self.next_words.setText(self._plan() if last else tr("Next: {0}.").format(following))

    def _plan(self) -> str:
        steps = [tr("This makes {0} and adds the images.").format(self.images.folder.path)]
        if self.labels.chosen is not None:
            steps.append(tr("The labels are then offered to be imported."))
        if self.detector.chosen is not None:
            steps.append(tr("The detector is added, and offers to pre-label the images."))
        elif self.labels.chosen is None:
            steps.append(
                tr("You draw the boxes of the first images by hand, about two dozen; a first detector is made of them.")
            )
        return " ".join(steps)

    def _go_on(self) -> None:
        problem = self.pages[self.place].problem()
        if problem:
            self.complain(problem)
        else:
            self._show(self.place + 1)

    def _make(self) -> None:
        for place, page in enumerate(self.pages):
            if problem := page.problem():
                if place != self.place:
                    self._show(place)
                self.complain(problem)
                return
        if not self._app.close_project():
            return
        from boxwright.services.batches.schedule import set_schedule
        from boxwright.services.project.project import Project
        from boxwright.services.project.project_settings import Schedule, WayOfWorking
        from boxwright.ui.new_project.setup import ProjectSetup

        folder, images = self.images.folder.path, self.images.images.path
        assert folder is not None and images is not None
        try:
            project = Project.create(folder, names_in(self.classes.names.toPlainText()))
            set_schedule(project, Schedule(way=WayOfWorking(self.way.way)))
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self.accept()
        ProjectSetup(
            self._app.show_project(project),
            images,
            self.labels.chosen,
            self.detector.chosen,
            self.detector.names,
            self.detector.asks,
            self.detector.found_names,
            self.way.validation.value() / 100,
        ).start()
