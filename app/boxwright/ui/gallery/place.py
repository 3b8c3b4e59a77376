"""Place of the gallery in the window: it comes in front of the canvas and goes again, and actions reach it here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QStackedWidget

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import N_, Message
from boxwright.services.project import bulk
from boxwright.ui.gallery.page import GalleryPage
from boxwright.ui.language.translation import tr

if TYPE_CHECKING:
    from boxwright.services.prelabelling.prelabel import PrelabelResult
    from boxwright.ui.panels.work_area import WorkArea
    from boxwright.ui.project.context import ProjectContext
    from boxwright.ui.project.visits import VisitClock

BUTTONS = {
    "gallery.open": N_("Open"),
    "image.marks": "Tag",
    "label.skip": "Skip",
    "gallery.batch": N_("Add to the batch"),
    "gallery.predict": N_("Pre-label again"),
    "edit.undo": N_("Undo"),
}


class GalleryPlace:
    """Holder of the gallery page. Made anew for each project, the page when it is first asked for."""

    def __init__(self, context: ProjectContext, stack: QStackedWidget, area: WorkArea, visits: VisitClock) -> None:
        """`area` is what it stands in front of in `stack`; no image is worked on meanwhile, so `visits` pauses."""
        self._context, self._workspace = context, context.workspace
        self._stack, self._area, self._visits = stack, area, visits
        self.made: GalleryPage | None = None

    @property
    def shown(self) -> bool:
        return self.made is not None and self._stack.currentWidget() is self.made

    @property
    def page(self) -> GalleryPage:
        if self.made is None:
            self.made = GalleryPage(self._workspace)
            self._name_buttons()
            self.made.offer(self._context.app.live_actions[name] for name in BUTTONS)
            self.made.opened.connect(self._open)
            self.made.grid.left.connect(self.leave)
            self.made.said.connect(self._context.app.say)
            self.made.choice_changed.connect(self._context.app.update_actions)
            self._stack.addWidget(self.made)
        return self.made

    def retranslate(self) -> None:
        if self.made is not None:
            self._name_buttons()
            self.made.retranslate()

    def _name_buttons(self) -> None:
        for name, words in BUTTONS.items():
            self._context.app.live_actions[name].setIconText(tr(words))

    def toggle(self) -> None:
        if self.shown:
            self.leave()
        else:
            self._stack.setCurrentWidget(self.page)
            self.page.enter()
            self._told()

    def leave(self) -> None:
        """Back to the canvas."""
        self._stack.setCurrentWidget(self._area)
        self._area.canvas.setFocus()
        self._told()

    def close(self) -> None:
        if self.made is not None:
            self.made.close_page()
            self._stack.removeWidget(self.made)
            self.made.deleteLater()

    def tag(self) -> None:
        from boxwright.ui.gallery.tagging import TagDialog

        ids = self.page.grid.chosen_ids
        combo = self.page.filters.tag
        known = [combo.itemText(place) for place in range(1, combo.count())]
        dialog = TagDialog(self._context.app.dialog_parent, len(ids), known)
        who = self._workspace.model.annotator
        dialog.chosen.connect(lambda tag, on: self.page.do(lambda project: bulk.tag_images(project, ids, tag, who, on)))
        dialog.open()

    def skip(self) -> None:
        from boxwright.ui.panels.skip import SkipDialog

        ids = self.page.grid.chosen_ids
        who = self._workspace.model.annotator
        dialog = SkipDialog(self._context.app.dialog_parent, len(ids))
        dialog.chosen.connect(lambda reason: self.page.do(lambda project: bulk.skip_images(project, ids, reason, who)))
        dialog.open()

    def add_to_batch(self) -> None:
        ids = self.page.grid.chosen_ids
        self.page.do(lambda project: bulk.add_to_batch(project, ids))

    def predict(self) -> None:
        """Let the detector look at the chosen images again; those that a person has touched keep what they have. One
        undo gives back what it replaced."""
        from boxwright.ui.detectors.prelabel import begin_prelabelling

        detector = self._workspace.detector
        if detector is None:
            return
        try:
            device, ids = self._context.app.settings.device, self.page.grid.chosen_ids
            begin_prelabelling(self._context, detector, device, again=ids, then=self._predicted)
        except BoxwrightError as error:
            self._context.app.show_error(tr("Pre-labelling: not done"), error.message)

    def _predicted(self, result: PrelabelResult) -> None:
        from boxwright.services.prelabelling.undo import put_back

        replaced = result.replaced
        if replaced is not None and result.predicted and self.made is not None:
            words = N_("{0:,} images have the pre-labels again that they had.")
            self.made.can_take_back(lambda project: Message(words, put_back(project, replaced)))

    def _open(self, image_id: int) -> None:
        self.leave()
        self._workspace.open_image(image_id)

    def _told(self) -> None:
        self._context.app.live_actions["pool.gallery"].setChecked(self.shown)
        (self._visits.pause if self.shown else self._visits.resume)()
        self._context.app.update_actions()
