"""Dialog of the way of working: when to retrain, and how the next batch is chosen."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QButtonGroup, QFormLayout, QPushButton, QRadioButton, QSpinBox

from boxwright.domain.messages import N_, plural
from boxwright.services.guide.pages import RETRAINING
from boxwright.ui.batches.sampler_words import rule_words
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.retraining.arrival_choice import ArrivalChoice, keep_arrivals
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.services.project.project_settings import Schedule
    from boxwright.ui.project.context import ProjectContext

WAYS = {
    "once": (
        N_("Retrain once"),
        N_("Label what you like, retrain when you are done. Nothing is suggested in between."),
    ),
    "random": (
        N_("Every round, batches at random"),
        N_("Label a batch, retrain, label the next. Fair to every image; a measure of what sampling gains."),
    ),
    "sampled": (
        N_("Every round, batches that the detector chooses"),
        N_("The same, but part of each batch are the images that the detector is least sure of."),
    ),
}


class ScheduleDialog(Sheet):
    """Dialog of the schedule. What is set here is suggested, never done without being asked."""

    def __init__(self, context: ProjectContext) -> None:
        from boxwright.services.project.project_settings import Schedule

        super().__init__(context.app.dialog_parent, tr("Way of working"), tr("Save"))
        self.offer_help(context.app, RETRAINING, "how-the-rounds-go")
        self._context, self._workspace = context, context.workspace
        self._pool, self._by_hand = 0, 0
        self._kept = Schedule()
        self.setMinimumWidth(620)
        self.ways: dict[str, QRadioButton] = {}
        self._group = QButtonGroup(self)
        for name, (title, words) in WAYS.items():
            button = self.ways[name] = QRadioButton(tr(title))
            self._group.addButton(button)
            self.body.addWidget(button)
            hint = plain_label(tr(words), quiet=True)
            hint.setContentsMargins(22, 0, 0, 4)
            self.body.addWidget(hint)
        self.initial = _percent(1, 100)
        self.step = _percent(1, 100)
        self.stop = _percent(1, 100)
        self.random = _percent(0, 100)
        self.subset = _percent(1, 100)
        self.rule = plain_label(quiet=True)
        self.rule.setMinimumHeight(self.fontMetrics().lineSpacing() + 4)
        self.arrivals = ArrivalChoice()
        self.plan = plain_label()
        self.plan.setMinimumHeight(3 * self.fontMetrics().lineSpacing() + 4)
        self.defaults = QPushButton(tr("Defaults"))
        self.defaults.setAutoDefault(False)
        self.begin_at(self.step)
        self.buttons.addButton(self.defaults, self.buttons.ButtonRole.ResetRole)
        self._lay_out()
        self.go.setEnabled(False)
        self._connect()
        self._workspace.reader.ask(_read, self._fill, self)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("First batch"), self.initial)
        form.addRow(tr("Batch of each round"), self.step)
        form.addRow(tr("Stop at"), self.stop)
        form.addRow(tr("Random share of a batch"), self.random)
        form.addRow(tr("Search a random"), self.subset)
        self.initial.setSuffix(tr(" % of the pool"))
        self.step.setSuffix(tr(" % of the pool"))
        self.stop.setSuffix(tr(" % of the pool labelled"))
        self.random.setSuffix(tr(" % of the batch"))
        self.subset.setSuffix(tr(" % of the unlabelled images"))
        form.addRow(tr("Chosen by"), self.rule)
        self.body.addLayout(form)
        self.body.addWidget(self.plan)
        self.body.addWidget(self.arrivals)

    def _connect(self) -> None:
        for box in (self.initial, self.step, self.stop, self.random, self.subset):
            box.valueChanged.connect(self._plan)
        self._group.buttonToggled.connect(self._plan)
        self.defaults.clicked.connect(self._reset)
        self.go.clicked.connect(self._save)

    @property
    def way(self) -> str:
        return next((name for name, button in self.ways.items() if button.isChecked()), "sampled")

    def schedule(self) -> Schedule:
        from boxwright.services.project.project_settings import WayOfWorking

        return replace(
            self._kept,
            way=WayOfWorking(self.way),
            initial=self.initial.value() / 100,
            step=self.step.value() / 100,
            stop=self.stop.value() / 100,
            random_share=self.random.value() / 100,
            subset=self.subset.value() / 100,
        )

    def show_schedule(self, schedule: Schedule) -> None:
        self.ways[schedule.way.value].setChecked(True)
        self.rule.setText(rule_words(schedule.sampler, schedule.score, schedule.aggregate, schedule.rare_classes))
        for box, share in (
            (self.initial, schedule.initial),
            (self.step, schedule.step),
            (self.stop, schedule.stop),
            (self.random, schedule.random_share),
            (self.subset, schedule.subset),
        ):
            box.setValue(round(100 * share))

    def _fill(self, read: tuple[Schedule, int, float | None, int]) -> None:
        schedule, self._pool, budget, self._by_hand = read
        self._kept = schedule
        self.arrivals.show_budget(budget)
        self.show_schedule(schedule)
        self.go.setEnabled(True)
        self._plan()

    def _reset(self) -> None:
        from boxwright.services.project.project_settings import Schedule

        self._kept = Schedule()
        self.show_schedule(self._kept)
        self.arrivals.show_budget(None)

    def _plan(self, *_: object) -> None:
        for box in (self.initial, self.step, self.stop):
            box.setEnabled(self.way != "once")
        for box in (self.random, self.subset):
            box.setEnabled(self.way == "sampled")
        shares = (self.initial.value(), self.step.value(), self.stop.value())
        self.plan.setText(plan_words(self.way, self._pool, *shares, self._first_by_hand()))

    def _first_by_hand(self) -> int:
        from boxwright.services.project.project_settings import Schedule

        return self._by_hand if self.schedule().initial == Schedule.initial else 0

    def _save(self) -> None:
        from boxwright.services.batches.schedule import set_schedule

        schedule, budget = self.schedule(), self.arrivals.chosen
        self.complain("")
        self.go.setEnabled(False)

        def keep(project: Project) -> None:
            with project.transaction():
                set_schedule(project, schedule)
                keep_arrivals(project, budget)

        title = tr("Saving the way of working")
        ProjectOp(self._workspace, title, keep).success(self._saved).failure(self._refused).start()

    def _refused(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self.complain(sentence)

    def _saved(self, _: object) -> None:
        self._context.retraining.advise()
        self.accept()


def plan_words(way: str, pool: int, initial: int, step: int, stop: int, by_hand: int = 0) -> str:
    """Percent of `pool` images. `by_hand`: images of a first batch without a detector, 0 where `initial` tells it."""
    if way == "once":
        return tr("You draw batches and retrain when you want to.")
    first, each, last = (max(1, round(pool * share / 100)) for share in (initial, step, stop))
    first = by_hand or first
    rounds = max(0, -(-(last - first) // each))
    words = tr("Of {0} images: {1} at first, then {2} a round, up to {3} labelled images.")
    after = translate(plural("1 round after the first batch.", "{0:,} rounds after the first batch.", rounds))
    plan = words.format(*(f"{n:,}" for n in (pool, first, each, last)))
    return f"{plan} {after}"


def _read(project: Project) -> tuple[Schedule, int, float | None, int]:
    from boxwright.services.batches.schedule import BY_HAND, schedule_of
    from boxwright.services.batches.stream import stream_of

    stream = stream_of(project)
    pool = project.images.usable_count()
    by_hand = 0 if project.models.active() else min(BY_HAND, pool)
    return schedule_of(project), pool, None if stream is None else stream.budget, by_hand


def _percent(low: int, high: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(low, high)
    box.setMinimumHeight(24)
    return box
