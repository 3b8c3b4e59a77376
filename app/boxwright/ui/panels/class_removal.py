"""Dialog that removes a class: what becomes of its boxes and pre-labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QComboBox, QRadioButton

from boxwright.domain.classes import ClassUse, LabelClass
from boxwright.domain.messages import plural
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.services.project.class_removal import ClassRemoval
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext


def ask_and_remove(context: ProjectContext, class_id: int) -> None:
    gone = context.workspace.model.class_named(class_id)
    if gone is None:
        return

    # Counted where it is written, so that what was drawn a moment ago is among it.
    def count(project: Project) -> ClassUse:
        return project.removed_classes.use(class_id)

    def ask(use: ClassUse) -> None:
        RemoveClassDialog(context, gone, use).begin()

    def refused(sentence: str) -> None:
        context.app.show_error(tr("The classes are as they were"), sentence)

    ProjectOp(context.workspace, tr("Classes"), count).success(ask).failure(refused).start()


class RemoveClassDialog(Sheet):
    """Dialog that removes a class. It stays open until the class is gone, so that nothing can be drawn with it
    meanwhile."""

    def __init__(self, context: ProjectContext, gone: LabelClass, use: ClassUse) -> None:
        super().__init__(context.app.dialog_parent, tr("Remove the class “{0}”").format(gone.name), tr("Remove"))
        self._context, self._workspace, self._gone, self._use = context, context.workspace, gone, use
        self.setMinimumWidth(480)
        self.words = plain_label(use_words(use))
        self.merge = QRadioButton(tr("Merge it: they become of the class"))
        self.into = QComboBox()
        self.into.setAccessibleName(tr("Class that takes its place"))
        for other in self._workspace.model.classes:
            if other.id != gone.id:
                self.into.addItem(other.name, other.id)
        self.drop = QRadioButton(tr("Remove them with it"))
        words = tr("A backup is made before, and Project → Undo the last removal of a class takes it back.")
        self.after = plain_label(words)
        for widget in (self.words, self.merge, self.into, self.drop, self.after):
            self.body.addWidget(widget)
        self.body.addStretch(1)
        self.merge.setEnabled(bool(self.into.count()))
        (self.merge if self.into.count() else self.drop).setChecked(True)
        self.into.activated.connect(lambda _: self.merge.setChecked(True))
        self.go.clicked.connect(self._start)

    def begin(self) -> None:
        """Ask, or where nothing has the class do it."""
        if not self._use:
            self.drop.setChecked(True)
            self._start()
        self.open()

    def _start(self) -> None:
        from boxwright.services.project.class_removal import remove_class

        into = self.into.currentData() if self.merge.isChecked() else None
        class_id, dropped = self._gone.id, into is None and bool(self._use.boxes)
        self.go.setEnabled(False)
        self.complain("")

        def remove(project: Project) -> ClassRemoval:
            return remove_class(project, class_id, into, dropped)

        ProjectOp(self._workspace, tr("Classes"), remove).success(self._removed).failure(self._refused).start()

    def _removed(self, removal: ClassRemoval) -> None:
        self.accept()
        classes_changed(self._context, translate(removal.words))

    def _refused(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self.complain(sentence)


def classes_changed(context: ProjectContext, words: str) -> None:
    """A class came or went, and boxes with it. An undo could bring back a box of a class that is gone, so the histories
    go too."""
    context.workspace.model.forget_histories()
    context.workspace.refresh()
    context.app.say(words)


def use_words(use: ClassUse) -> str:
    """How much has the class, in a sentence."""
    boxes = translate(plural("1 box", "{0:,} boxes", use.boxes))
    images = translate(plural("1 image", "{0:,} images", use.images))
    words = tr("It has {0} on {1}, and {2:,} pre-labels on {3:,} images.")
    return words.format(boxes, images, use.pre_labels, use.pre_labelled)
