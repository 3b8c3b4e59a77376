"""Dialogs of an experiment on one's own labels: what to try, and the answer in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFormLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
)

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import N_
from boxwright.ui.batches.next_batch import spin
from boxwright.ui.batches.sampler_words import rule_words, share_words
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.figure_columns import arrange, set_right

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.simulate.from_project import Answer, Labels, Trial
    from boxwright.ui.project.context import ProjectContext

COLUMNS = (N_("Rule"), N_("AP points ahead"), N_("95 % interval"))
_RULE = Qt.ItemDataRole.UserRole
_FIGURES = (1, 2)


class ExperimentDialog(Sheet):
    """Dialog that starts an experiment; the status line tells how far it is, and labelling goes on."""

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Try sampling strategies on your labels"), tr("Start"))
        from boxwright.simulate.from_project import RULES, SEEDS
        from boxwright.training.pace import Pace

        self._context, self._workspace = context, context.workspace
        self._trains = False
        self.setMinimumWidth(560)
        self.body.addWidget(
            plain_label(
                tr(
                    "Your labels are asked for as if nobody had made them: each rule chooses batches, a detector "
                    "learns from them, and random batches do the same beside it. You can go on labelling; "
                    "nothing of the project changes."
                )
            )
        )
        self.rules = QListWidget()
        self.rules.setAccessibleName(tr("Rules to try"))
        for rule in RULES:
            item = QListWidgetItem(arm_words(rule))
            item.setData(_RULE, rule)
            item.setCheckState(Qt.CheckState.Checked)
            self.rules.addItem(item)
        self.rules.setFixedHeight(self.rules.sizeHintForRow(0) * len(RULES) + 2 * self.rules.frameWidth() + 6)
        self.repeats = spin(2, 50, SEEDS, tr(" times"))
        self.steps = spin(10, 3000, Pace().steps, tr(" batches of images"))
        self.steps.setSingleStep(50)
        self.facts = plain_label(quiet=True)
        self.facts.setMinimumHeight(2 * self.fontMetrics().lineSpacing() + 4)
        form = QFormLayout()
        form.addRow(tr("Rules"), self.rules)
        form.addRow(tr("Repeat it"), self.repeats)
        form.addRow(tr("A training takes"), self.steps)
        self.body.addLayout(form)
        self.body.addWidget(self.facts)
        self.begin_at(self.repeats)
        self.go.setEnabled(False)
        self.rules.itemChanged.connect(self._tell)
        self.repeats.valueChanged.connect(self._tell)
        self.go.clicked.connect(self._start)
        self._labels: Labels | None = None
        self._workspace.reader.ask(_read, self._fill, self)

    def chosen(self) -> list[str]:
        every = [self.rules.item(row) for row in range(self.rules.count())]
        return [str(item.data(_RULE)) for item in every if item.checkState() is Qt.CheckState.Checked]

    def _fill(self, labels: Labels) -> None:
        self._labels = labels
        self._tell()

    def _tell(self, _: object = None) -> None:
        if self._labels is None:
            return
        obstacle = self._obstacle(self._labels)
        self.complain(obstacle)
        self.go.setEnabled(not obstacle)
        self.facts.setText("" if obstacle else facts_words(self._labels, len(self.chosen()), self.repeats.value()))

    def _obstacle(self, labels: Labels) -> str:
        from boxwright.simulate.from_project import TELLING
        from boxwright.simulate.labelled import FEWEST
        from boxwright.training.checks import missing_parts

        if (missing := missing_parts()) is not None:
            return missing
        if self._workspace.detector is None:
            return tr("The trainings start from the active detector and there is none; add one first.")
        if labels.images < FEWEST or not labels.boxes:
            return tr(
                "{0:,} images are labelled. From about {1} on an experiment tells something, and from about "
                "{2} on it tells rules apart; label more first."
            ).format(labels.images, FEWEST, TELLING)
        return "" if self.chosen() else tr("Tick at least one rule to try.")

    def _trial(self) -> Trial:
        from boxwright.inference.session import usable_cores
        from boxwright.simulate.from_project import Trial

        # A core is left for the person who goes on labelling.
        jobs = max(1, usable_cores() - 1)
        return Trial(",".join(self.chosen()), self.repeats.value(), self.steps.value(), jobs)

    def _start(self) -> None:
        from boxwright.ui.project.jobs import try_rules

        try:
            task = try_rules(self._workspace.project, self._trial())
        except BoxwrightError as error:
            self.complain(error.message)
            return
        context = self._context
        context.run(task, lambda answer: AnswerDialog(context, answer).open())
        self.accept()


class AnswerDialog(Sheet):
    """Dialog with the rule to use, or that the evidence does not tell; the rule can be made the project's."""

    def __init__(self, context: ProjectContext, answer: Answer) -> None:
        super().__init__(
            context.app.dialog_parent, tr("Which rule to use"), tr("Use it from now on") if answer.arm else None
        )
        self._context, self._answer = context, answer
        self.resize(620, 360)
        self.words = plain_label(translate(answer.text))
        self.table = QTreeWidget()
        self.table.setHeaderLabels([tr(column) for column in COLUMNS])
        self.table.setRootIsDecorated(False)
        self.table.setAlternatingRowColors(True)
        self.table.setAccessibleName(tr("Rules"))
        self.table.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        for row in answer.rows:
            self.table.addTopLevelItem(_row(*row))
        arrange(self.table, 0, _FIGURES)
        self.open_page = QPushButton(tr("Open the report"))
        self.open_page.setAutoDefault(False)
        self.buttons.addButton(self.open_page, self.buttons.ButtonRole.ActionRole)
        self.body.addWidget(self.words)
        self.body.addWidget(self.table, 1)
        self.open_page.clicked.connect(self._open_page)
        self.go.clicked.connect(self._use)

    def _open_page(self) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._answer.page))):
            self.complain(tr("No program opens it here; the report is {0}.").format(self._answer.page))

    def _use(self) -> None:
        from boxwright.services.batches.schedule import schedule_of, set_schedule
        from boxwright.simulate.arms import parse_arms, scheduled

        arm = parse_arms(self._answer.arm or "")[-1]

        def use(project: Project) -> None:
            set_schedule(project, scheduled(schedule_of(project), arm))

        self.go.setEnabled(False)
        title = tr("Setting the rule")
        ProjectOp(self._context.workspace, title, use).success(self._used).failure(self._refused).start()

    def _refused(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self.complain(sentence)

    def _used(self, _: object) -> None:
        self._context.retraining.advise()
        self._context.app.say(tr("Batches are chosen by {0} from now on.").format(self._answer.arm))
        self.accept()


def arm_words(rule: str) -> str:
    """ "uncertainty-random by entropy (max), 30 % at random": a rule as an experiment writes it, in words."""
    from boxwright.sampling.samplers import by_name
    from boxwright.simulate.arms import RANDOM, parse_arms

    arm = parse_arms(rule)[-1]
    scoring = arm.scoring
    if arm.sampler == RANDOM:
        return arm.sampler
    if not by_name(arm.sampler).needs_scores:
        return ", ".join((arm.sampler, share_words(arm.random_share)))
    return rule_words(arm.sampler, scoring.score, scoring.aggregate, scoring.rare_classes, arm.random_share)


def facts_words(labels: Labels, rules: int, repeats: int) -> str:
    """How much there is to go by, and how much work it is."""
    from boxwright.simulate.from_project import ROUNDS, TELLING

    facts = tr(
        "{0:,} labelled images with {1:,} boxes, {2:,} of them to measure on; {3:,} trainings of some seconds each."
    ).format(labels.images, labels.boxes, labels.test, repeats * (1 + ROUNDS * (rules + 1)))
    if labels.images >= TELLING:
        return facts
    few = tr("Rules can be told apart from about {0:,} images on: expect no answer.").format(TELLING)
    return f"{facts} {few}"


def _row(arm: str, mean: float, low: float | None, high: float | None) -> QTreeWidgetItem:
    interval = "–" if low is None or high is None else tr("{0:+.1f} to {1:+.1f}").format(low, high)
    item = QTreeWidgetItem([arm_words(arm), f"{mean:+.1f}", interval])
    item.setToolTip(0, plain_tip(arm))
    return set_right(item, _FIGURES)


def _read(project: Project) -> Labels:
    from boxwright.simulate.from_project import labels_of

    return labels_of(project)
