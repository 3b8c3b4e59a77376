"""Dialog of a project's detectors with their figures, and which one makes the pre-labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTreeWidget, QTreeWidgetItem

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import N_
from boxwright.domain.model import Model
from boxwright.services.guide.pages import MODELS
from boxwright.ui.language.translation import tr
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.figure_columns import figure_table, set_right

if TYPE_CHECKING:
    from boxwright.services.detectors.remove import DetectorRemoval
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext

COLUMNS = (
    "Detector",
    N_("In use"),
    "AP50",
    "AP",
    N_("Fixes / image"),
    N_("Classes used"),
    N_("Pre-labelled"),
    N_("Added"),
)
MODEL_ROLE = Qt.ItemDataRole.UserRole
_FIGURES = range(2, 8)


class DetectorsDialog(Sheet):
    """Dialog of detectors. `go` makes the chosen one the active one; `prelabel` then lets it look at what it has not
    seen."""

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Detectors of this project"), tr("Make active"))
        self.offer_help(context.app, MODELS)
        self._context, self._workspace = context, context.workspace
        self._models: dict[int, Model] = {}
        self._seen: dict[int, int] = {}
        self._left: dict[int, int] = {}
        self._usable = 0
        self.resize(780, 380)
        self.list = _built_list()
        self.words = plain_label(quiet=True)
        self.prelabel = QPushButton(tr("Pre-label with it"))
        self.remove = QPushButton(tr("Remove…"))
        self.get = QPushButton(tr("Get a detector…"))
        for button in (self.prelabel, self.remove, self.get):
            self.buttons.addButton(button, self.buttons.ButtonRole.ActionRole)
        none = context.app.live_actions["help.no_detector"]
        self.none = QPushButton(none.text())
        self.none.clicked.connect(none.trigger)
        self.buttons.button(self.buttons.StandardButton.Cancel).setText(tr("Close"))
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.words)
        self.body.addWidget(self.none, 0, Qt.AlignmentFlag.AlignLeft)
        self.list.currentItemChanged.connect(lambda *_: self._tell())
        self.list.itemDoubleClicked.connect(lambda *_: self.go.click())
        self.go.clicked.connect(self._make_active)
        self.prelabel.clicked.connect(self._prelabel)
        self.remove.clicked.connect(self._ask_to_remove)
        self.get.clicked.connect(self._get)
        self._tell()
        self._read()

    @property
    def chosen(self) -> Model | None:
        item = self.list.currentItem()
        return self._models.get(item.data(0, MODEL_ROLE)) if item is not None else None

    def _read(self) -> None:
        from boxwright.services.importing.prelabels import REVIEW

        def read(project: Project) -> tuple[list[Model], dict[int, int], dict[int, int], int]:
            from boxwright.services.prelabelling.plan import to_do

            models = [m for m in project.models.all() if m.card.layout != REVIEW]
            seen = {m.id: len(project.predictions.predicted_ids(m.id)) for m in models}
            left = {m.id: len(to_do(project, m)[0]) for m in models}
            return models, seen, left, project.images.usable_count()

        self._workspace.reader.ask(read, self._fill, self)

    def _fill(self, read: tuple[list[Model], dict[int, int], dict[int, int], int]) -> None:
        models, self._seen, self._left, self._usable = read
        before = self.chosen
        self._models = {model.id: model for model in models}
        self.list.clear()
        for model in models:
            item = _row(model, self._seen[model.id], self._usable)
            self.list.addTopLevelItem(item)
            if model.id == before.id if before else model.active:
                self.list.setCurrentItem(item)
        self.list.setFocus()
        self._tell()

    def _tell(self) -> None:
        model = self.chosen
        free = not self._workspace.project.read_only and self._context.task is None
        left = self._left.get(model.id, 0) if model else 0
        self.go.setEnabled(free and model is not None and not model.active)
        self.prelabel.setEnabled(free and model is not None and model.active and left > 0)
        self.remove.setEnabled(free and model is not None)
        self.get.setEnabled(free)
        self.words.setText(words_about(model, left) if model else self._nothing_chosen())
        self.none.setVisible(not self._models)

    def _nothing_chosen(self) -> str:
        return (
            ""
            if self._models
            else tr(
                "There is no detector yet: get one, or “Add a detector…” in the menu Model takes a file that you have."
            )
        )

    def _get(self) -> None:
        from boxwright.ui.detectors.get_detector import get_for_project

        self.accept()
        get_for_project(self._context)

    def _make_active(self) -> None:
        model = self.chosen
        if model is None:
            return
        model_id = model.id

        def activate(project: Project) -> None:
            project.models.activate(model_id)

        self.go.setEnabled(False)
        self._change(tr("Changing the detector"), activate)

    def _ask_to_remove(self) -> None:
        from boxwright.services.detectors.remove import removal_of

        model = self.chosen
        if model is not None:
            self._workspace.reader.ask(lambda project: removal_of(project, model.id), self._asked, self)

    def _asked(self, removal: DetectorRemoval) -> None:
        from boxwright.ui.detectors.remove_detector import RemoveDetectorDialog

        RemoveDetectorDialog(self, removal, lambda: self._remove(removal.model.id)).open()

    def _remove(self, model_id: int) -> None:
        from boxwright.services.detectors.remove import remove_model

        self.remove.setEnabled(False)
        self._change(tr("Removing the detector"), lambda project: remove_model(project, model_id))

    def _change(self, title: str, change: Callable[[Project], object]) -> None:
        ProjectOp(self._workspace, title, change).success(self._changed).failure(self.complain).start()

    def _changed(self, _result: object) -> None:
        self.complain("")
        self._workspace.refresh()
        self._read()

    def _prelabel(self) -> None:
        from boxwright.ui.detectors.prelabel import begin_prelabelling

        model = self.chosen
        if model is None:
            return
        try:
            begin_prelabelling(self._context, model, self._context.app.settings.device)
        except BoxwrightError as error:
            self.complain(error.message)
            return
        self.accept()


def words_about(model: Model, left: int) -> str:
    """What a person should know before, or do after, making `model` the active one."""
    from boxwright.services.detectors.registry import unmapped_classes
    from boxwright.ui.detectors.map_table import dropped_words

    parts = []
    if not model.active:
        parts.append(
            tr("Not in use. Made active, its pre-labels take the place of the others on images you have not touched.")
        )
    elif left:
        parts.append(tr("In use. It has not seen {0:,} images: let it pre-label them.").format(left))
    else:
        parts.append(tr("In use. It has seen every image."))
    if dropped := unmapped_classes(model):
        parts.append(dropped_words(dropped, len(model.card.classes)))
    if "AP50" not in model.metrics:
        parts.append(tr("Its AP is not measured yet: label the validation images, then “boxwright evaluate”."))
    return " ".join(parts)


def _row(model: Model, seen: int, usable: int) -> QTreeWidgetItem:
    used = tr("{0} of {1}").format(len(model.class_map), len(model.card.classes))
    figures = [f"{model.metrics[key]:.3f}" if key in model.metrics else "–" for key in ("AP50", "AP")]
    fixes = model.metrics.get("fixes_per_image")
    figures.append("–" if fixes is None else f"{fixes:.1f}")
    active = tr("active") if model.active else ""
    item = QTreeWidgetItem(
        [model.name, active, *figures, used, tr("{0:,} of {1:,}").format(seen, usable), model.added[:10]]
    )
    item.setToolTip(0, plain_tip(model.name))
    item.setData(0, MODEL_ROLE, model.id)
    font = item.font(0)
    font.setBold(model.active)
    item.setFont(0, font)
    return set_right(item, _FIGURES)


def _built_list() -> QTreeWidget:
    return figure_table(tr("Detectors"), [tr(column) for column in COLUMNS], 0, _FIGURES)
