"""Dialog that retrains: which trainer, from what, how long, and what it learns from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import words_of
from boxwright.domain.model import Model
from boxwright.services.guide.pages import RETRAINING
from boxwright.training.protocol import Effort, Trainer
from boxwright.ui.detectors.prelabel import DEVICES
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.panels.class_dialogs import add_class
from boxwright.ui.retraining.effort_choice import EffortChoice
from boxwright.ui.retraining.estimates import Estimates
from boxwright.ui.retraining.facts_view import FactsView
from boxwright.ui.retraining.obstacles import Obstacle, Ways, mark, of_the_labels, of_the_trainer
from boxwright.ui.retraining.trainer_options import OptionField
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.services.retraining.facts import TrainingFacts
    from boxwright.services.retraining.request import RetrainRequest
    from boxwright.ui.project.context import ProjectContext

# Facts, detectors, what was chosen last in this project and is offered again, the default trainer, and a full disk.
Read = tuple["TrainingFacts", list[Model], Mapping[str, Any], str, str]
# The rest follows by name.
ORDER = ("transfer", "scratch", "ultralytics", "command")


class RetrainDialog(Sheet):
    """Dialog that starts a retraining."""

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Retrain"), tr("Start"))
        self.offer_help(context.app, RETRAINING)
        from boxwright.services.retraining.default import WITH_A_DETECTOR
        from boxwright.training.registry import title_of, trainers

        self._context, self._workspace = context, context.workspace
        self._trainers: dict[str, Trainer] = trainers()
        self._titles = {name: translate(title_of(trainer)) for name, trainer in self._trainers.items()}
        self._facts: TrainingFacts | None = None
        self._no_room = ""
        self._kept: Mapping[str, Any] = {}
        self._default = WITH_A_DETECTOR
        self.estimates = Estimates(self._workspace.project, self)
        self.resize(840, 520)
        self.trainer = _choice(tr("Trainer"))
        for name in sorted(self._trainers, key=lambda one: ORDER.index(one) if one in ORDER else len(ORDER)):
            self.trainer.addItem(self._titles[name], name)
        self.trainer.setCurrentIndex(self.trainer.findData(self._default))
        self.about = plain_label(quiet=True)
        self.base = _choice(tr("Base detector"))
        self.effort = EffortChoice()
        self.option = OptionField()
        self.device = _choice(tr("Runs on"))
        for name, words in DEVICES.items():
            self.device.addItem(tr(words), name)
        self.device.setCurrentIndex(max(0, self.device.findData(context.app.settings.device)))
        self.left_free = QSpinBox()
        self.epochs = _spin_or_automatic(tr("Epochs"), 1, 1000, "")
        self.side = _spin_or_automatic(tr("Input side"), 32, 2048, " px")
        self.begun = QCheckBox()
        self.facts = FactsView()
        self.way_out = QPushButton()
        self._obstacle: Obstacle | None = None
        self._ways = Ways(
            add_class=self._leave_to(lambda: add_class(context)),
            label_more=self._leave_to(self._label_more),
            take_begun=lambda: self.begun.setChecked(True),
            add_detector=self._leave_to(context.app.live_actions["detector.add"].trigger),
            add_parts=self._add_parts,
            look_again=lambda: self._read_facts(self.begun.isChecked()),
        )
        self._lay_out()
        self._connect()
        self.go.setEnabled(False)
        self._workspace.reader.ask(_read, self._fill, self)

    # --- building --------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        from boxwright.inference.session import usable_cores

        self.left_free.setRange(0, max(0, usable_cores() - 1))
        self.left_free.setValue(self._context.app.settings.cores_left_free)
        self.left_free.setSuffix(tr(" of {0} cores").format(usable_cores()))
        self.left_free.setMinimumHeight(24)
        self.form = QFormLayout()
        self.form.setVerticalSpacing(8)
        which = QVBoxLayout()
        which.setSpacing(4)
        which.addWidget(self.trainer)
        which.addWidget(self.about)
        self.form.addRow(tr("Trainer"), which)
        self.form.addRow(tr("Starts from"), self.base)
        self.form.addRow(tr("Option"), self.option)
        self.form.addRow(tr("Effort"), self.effort)
        row = QHBoxLayout()
        row.addWidget(self.epochs, 1)
        row.addSpacing(8)
        row.addWidget(QLabel(tr("Input side")))
        row.addWidget(self.side, 1)
        self.form.addRow(tr("Epochs"), row)
        self.form.addRow(tr("Runs on"), self.device)
        self.form.addRow(tr("Left for you"), self.left_free)
        self.form.addRow("", self.begun)
        self.form.setRowVisible(self.begun, False)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self.form)
        column.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addWidget(left, 5)
        row.addWidget(self.facts, 4)
        self.body.addLayout(row)
        beside = QHBoxLayout()
        beside.addWidget(self.way_out)
        beside.addStretch(1)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertLayout(layout.indexOf(self.buttons), beside)
        self.way_out.setAutoDefault(False)
        self.way_out.hide()

    def _connect(self) -> None:
        self.trainer.currentIndexChanged.connect(self._trainer_chosen)
        self.base.currentIndexChanged.connect(self._measure)
        self.device.currentIndexChanged.connect(self._measure)
        for box in (self.left_free, self.epochs, self.side):
            box.valueChanged.connect(self._measure)
        self.option.changed.connect(self._measure)
        self.begun.toggled.connect(self._read_facts)
        self.estimates.told.connect(self.effort.tell)
        self.estimates.refused.connect(self.complain)
        self.way_out.clicked.connect(self._take_way_out)
        self.go.clicked.connect(self._start)
        self.finished.connect(self.estimates.close)

    # --- filling ---------------------------------------------------------------------------------------------------

    @property
    def _chosen(self) -> Trainer:
        return self._trainers[str(self.trainer.currentData())]

    def _fill(self, read: Read) -> None:
        facts, models, self._kept, self._default, self._no_room = read
        for model in models:
            self.base.addItem(tr("{0} (in use)").format(model.name) if model.active else model.name, model.id)
            if model.active:
                self.base.setCurrentIndex(self.base.count() - 1)
        if self._kept.get("effort") in set(Effort):
            self.effort.effort = Effort(self._kept["effort"])
        if isinstance(seconds := self._kept.get("seconds"), float):
            self.effort.seconds = seconds
        self._facts = facts
        self._mark_trainers()
        self.trainer.setCurrentIndex(max(0, self.trainer.findData(self._first_choice())))
        self._trainer_chosen()
        self._show_facts(facts)

    def _read_facts(self, begun: bool) -> None:
        def read(project: Project) -> tuple[TrainingFacts, str]:
            from boxwright.services.retraining.facts import training_facts
            from boxwright.services.retraining.room import no_room

            return training_facts(project, begun), no_room(project)

        def show(read: tuple[TrainingFacts, str]) -> None:
            facts, self._no_room = read
            self._show_facts(facts)

        self._workspace.reader.ask(read, show, self)

    def _mark_trainers(self) -> None:
        """What cannot run is marked, with why."""
        for place in range(self.trainer.count()):
            name = str(self.trainer.itemData(place))
            why = mark(self._trainers[name], self.base.count() > 0)
            self.trainer.setItemText(place, f"{self._titles[name]} — {why}" if why else self._titles[name])

    def _show_facts(self, facts: TrainingFacts) -> None:
        self._facts = facts
        self.facts.show_facts(facts)
        self.begun.setText(tr("Learn from begun images too: {0}").format(translate(facts.begun.words)))
        self.form.setRowVisible(self.begun, bool(facts.begun))
        self._measure()

    def _first_choice(self) -> str:
        """What was used last here, where it can run; else the default one."""
        used = self._trainers.get(str(self._kept.get("trainer", "")))
        return used.name if used is not None and self._stands_against(used) is None else self._default

    def _trainer_chosen(self, _index: int = 0) -> None:
        from boxwright.training.registry import plans_for_time

        chosen = self._chosen
        self.about.setText(_about(chosen))
        self.form.setRowVisible(self.base, chosen.needs_base_model)
        self.effort.offer_time(plans_for_time(chosen))
        self.option.show_for(chosen.name, self._kept.get("options", {}))
        self.form.setRowVisible(self.option, bool(self.option.title))
        self.form.labelForField(self.option).setText(tr(self.option.title))  # type: ignore[attr-defined]
        self._measure()

    def _stands_against(self, trainer: Trainer) -> Obstacle | None:
        """Why `trainer` cannot train here and now, but for what is not filled in."""
        if self._facts is None:
            return Obstacle("")
        by_trainer = of_the_trainer(trainer, self.base.count() > 0, self._ways)
        if (found := of_the_labels(self._facts, self._ways) or by_trainer) is not None:
            return found
        return Obstacle(self._no_room, tr("Look again"), self._ways.look_again) if self._no_room else None

    def _measure(self, _value: object = None) -> None:
        """Something was chosen: say whether it can begin, and ask anew how long it takes."""
        request: RetrainRequest | None = None
        if (obstacle := self._stands_against(self._chosen)) is None:
            try:
                request = self._request()
            except (BoxwrightError, ValueError) as error:
                words = tr("Choose a program…") if self.option.can_choose_program else ""
                obstacle = Obstacle(words_of(error), words, self.option.choose_program)
        self._obstacle = obstacle
        self.go.setEnabled(obstacle is None)
        self.complain(obstacle.sentence if obstacle else "")
        self.way_out.setText(obstacle.words if obstacle else "")
        self.way_out.setVisible(bool(obstacle and obstacle.words))
        if request is None:
            self.estimates.stop()
            self.effort.forget_times("")
            return
        self.effort.forget_times()
        self.estimates.ask(replace(request, seconds=None), list(Effort))

    # --- ways out --------------------------------------------------------------------------------------------------

    def _take_way_out(self) -> None:
        if self._obstacle is not None:
            self._obstacle.go()

    def _leave_to(self, go: Callable[[], object]) -> Callable[[], None]:
        """Close, then `go`."""

        def leave() -> None:
            self.reject()
            go()

        return leave

    def _label_more(self) -> None:
        """The next image that nobody has labelled; where no batch has one, the next batch."""
        self._context.show_canvas()
        actions, queue = self._context.app.live_actions, self._workspace.queue
        actions["go.open" if queue.next_open(-1) is not None else "batch.next"].trigger()

    def _add_parts(self, name: str) -> None:
        from boxwright.services.training_parts.parts import OF_TRAINERS
        from boxwright.ui.retraining.parts_dialog import PartsDialog

        parts = OF_TRAINERS[name]
        dialog = PartsDialog(self, parts, begin=not parts.copyleft)
        dialog.added.connect(self._mark_trainers)
        dialog.added.connect(self._measure)
        dialog.open()

    # --- starting --------------------------------------------------------------------------------------------------

    def _request(self) -> RetrainRequest:
        """Raises ValueError or SettingError with a sentence when an option is not filled in."""
        from boxwright.inference.session import usable_cores
        from boxwright.services.retraining.request import RetrainRequest

        chosen = self._chosen
        return RetrainRequest(
            trainer=chosen.name,
            base_model_id=self.base.currentData() if chosen.needs_base_model else None,
            effort=self.effort.effort,
            seconds=self.effort.seconds,
            epochs=self.epochs.value() or None,
            size=self.side.value() or None,
            device=str(self.device.currentData()),
            threads=max(1, usable_cores() - self.left_free.value()),
            options=self.option.values(),
            begun=self.begun.isChecked(),
        )

    def _start(self) -> None:
        title = self._titles[self._chosen.name]
        title = f"{title} · {self.base.currentText()}" if self._chosen.needs_base_model else title
        self.estimates.stop()
        try:
            request = self._request()
            self._context.retraining.start(request, title)
        except (BoxwrightError, ValueError) as error:
            self.complain(words_of(error))
            return
        kept = {
            "trainer": request.trainer,
            "effort": str(request.effort),
            "seconds": request.seconds,
            "options": dict(request.options),
        }
        what = tr("The choices for the next retraining")

        def keep(project: Project) -> None:
            project.settings.retraining = kept

        self._workspace.saver.keep(what, keep)
        self._context.app.remember(device=str(self.device.currentData()), cores_left_free=self.left_free.value())
        self.accept()


def _about(trainer: Trainer) -> str:
    from boxwright.services.retraining.expectation import expectation

    told = (translate(trainer.summary), translate(expectation(trainer.name)))
    return " ".join(filter(None, told))


def _read(project: Project) -> Read:
    from boxwright.services.retraining.default import default_trainer
    from boxwright.services.retraining.facts import training_facts
    from boxwright.services.retraining.room import no_room

    models = [model for model in project.models.all() if model.file]
    return training_facts(project), models, project.settings.retraining, default_trainer(project), no_room(project)


def _spin_or_automatic(name: str, step: int, high: int, suffix: str) -> QSpinBox:
    """0 leaves it to the trainer."""
    box = QSpinBox()
    box.setAccessibleName(name)
    box.setRange(0, high)
    box.setSingleStep(step)
    box.setSuffix(suffix)
    box.setSpecialValueText(tr("automatic"))
    box.setMinimumHeight(24)
    return box


def _choice(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setMinimumHeight(24)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(28)
    return box
