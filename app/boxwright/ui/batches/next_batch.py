"""Dialog that draws the next batch: how many, which sampler, and in plain words what it will do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit, QSpinBox

from boxwright.domain.batch import Batch
from boxwright.domain.messages import joined
from boxwright.domain.scores import EVERY_SCORE
from boxwright.sampling import default
from boxwright.services.guide.pages import CHOOSING
from boxwright.ui.batches.drawing import draw_batch
from boxwright.ui.batches.sampler_words import AGGREGATE_WORDS, SCORE_WORDS, batch_summary, plan_words
from boxwright.ui.language.translation import tr
from boxwright.ui.project.queue import View
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.services.batches.next_batch import NextRequest
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext


class NextBatchDialog(Sheet):
    """Dialog that draws a batch.

    What the schedule says is offered, or what was chosen since; the first batch is drawn at random. A rule that
    nobody touches is read anew when the batch is drawn.
    """

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Draw the next batch"), tr("Draw the batch"))
        self.offer_help(context.app, CHOOSING)
        from boxwright.sampling.aggregate import AGGREGATES
        from boxwright.sampling.samplers import BUILT_IN, samplers

        self._context, self._workspace = context, context.workspace
        self._candidates = 0
        self._first_batch, self._named, self._filling = False, False, False
        self._sized = False
        self._samplers = samplers()
        self.setMinimumWidth(600)
        self.size_box = spin(1, 1_000_000, 50, tr(" images"))
        # What the built-in ones do is told in the plan; those of other packages tell it themselves.
        told = {name: "" if name in BUILT_IN else one.summary for name, one in self._samplers.items()}
        self.sampler = _choice(told, default.SAMPLER)
        self.score = _choice({name: SCORE_WORDS[name] for name in EVERY_SCORE}, default.SCORE)
        self.aggregate = _choice({name: AGGREGATE_WORDS[name] for name in AGGREGATES}, default.AGGREGATE)
        self.rare = QCheckBox(tr("Boxes of classes with few labels so far count for more"))
        self.rare.setChecked(default.RARE_CLASSES)
        self.subset = spin(1, 100, round(100 * default.SUBSET), tr(" % of the unlabelled images"))
        self.random = spin(0, 100, round(100 * default.RANDOM_SHARE), tr(" % of the batch"))
        self.seed = QLineEdit()
        self.seed.setPlaceholderText(tr("new for each batch"))
        self.seed.setMinimumHeight(24)
        self.redraw = QCheckBox(tr("Images of the last batch that are still to do may be drawn again"))
        self.plan = plain_label()
        self.plan.setMinimumHeight(3 * self.fontMetrics().lineSpacing() + 4)
        self._lay_out()
        latest = self._workspace.queue.latest
        if latest is not None:
            self.size_box.setValue(int(latest.settings.get("size") or 50))
        self.size_box.valueChanged.connect(self._size_chosen)
        self._connect()
        self._workspace.reader.ask(_read, self._fill, self)
        self._plan()

    def _connect(self) -> None:
        self.size_box.valueChanged.connect(self._plan)
        self.sampler.currentIndexChanged.connect(self._sampler_chosen)
        for signal in (
            self.score.currentIndexChanged,
            self.aggregate.currentIndexChanged,
            self.rare.toggled,
            self.subset.valueChanged,
            self.random.valueChanged,
        ):
            signal.connect(self._rule_changed)
        self.go.clicked.connect(self._draw)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.addRow(tr("Size"), self.size_box)
        form.addRow(tr("Sampler"), self.sampler)
        form.addRow(tr("Score of a box"), self.score)
        form.addRow(tr("Score of an image"), self.aggregate)
        form.addRow("", self.rare)
        form.addRow(tr("Search a random"), self.subset)
        form.addRow(tr("Random share"), self.random)
        form.addRow(tr("Seed"), self.seed)
        form.addRow("", self.redraw)
        self.body.addLayout(form)
        self.body.addWidget(self.plan)

    def _fill(self, read: tuple[int, NextRequest]) -> None:
        self._candidates, offered = read
        self._first_batch = offered.first
        if self._workspace.detector is None and not self._sized:
            # Boxes of a whole share of the pool are more than a hand draws at once.
            self.size_box.setValue(offered.size)
        if not self._named:
            self._show_rule(offered)
        self._plan()

    def _show_rule(self, rule: NextRequest) -> None:
        self._filling = True
        for combo, value in ((self.sampler, rule.sampler), (self.score, rule.score), (self.aggregate, rule.aggregate)):
            combo.setCurrentIndex(max(0, combo.findData(value)))
        self.rare.setChecked(rule.rare_classes)
        self.subset.setValue(round(100 * rule.subset))
        self.random.setValue(round(100 * rule.random_share))
        self._filling = False

    def _sampler_chosen(self, _: int) -> None:
        """The published rule is shown whole."""
        if not self._filling and self.sampler.currentData() == default.PUBLISHED:
            from boxwright.services.batches.next_batch import NextRequest

            self._show_rule(NextRequest(1).by(default.PUBLISHED))
        self._rule_changed()

    def _size_chosen(self, _size: int) -> None:
        self._sized = True

    def _rule_changed(self, _: object = None) -> None:
        self._named = self._named or not self._filling
        self._plan()

    def _plan(self, _value: object = None) -> None:
        sampler = str(self.sampler.currentData())
        chosen = self._samplers[sampler]
        self.subset.setEnabled("subset" in chosen.knobs)
        self.random.setEnabled(sampler != default.RANDOM)
        for box in (self.score, self.aggregate, self.rare):
            box.setEnabled(chosen.needs_scores)
        self.plan.setText(
            plan_words(
                sampler,
                self.size_box.value(),
                self._candidates,
                str(self.score.currentData()),
                self.subset.value(),
                self.random.value(),
                scored=self._workspace.detector is not None,
                first=self._first_batch,
            )
        )

    def _request(self) -> NextRequest:
        from boxwright.services.batches.next_batch import NextRequest

        seed = self.seed.text().strip()
        return NextRequest(
            size=self.size_box.value(),
            sampler=str(self.sampler.currentData()),
            score=str(self.score.currentData()),
            aggregate=str(self.aggregate.currentData()),
            rare_classes=self.rare.isChecked(),
            subset=self.subset.value() / 100,
            random_share=self.random.value() / 100,
            seed=int(seed) if seed else None,
            redraw=self.redraw.isChecked(),
        )

    def _draw(self) -> None:
        from boxwright.services.batches.schedule import offered_request

        try:
            request = self._request()
        except ValueError:
            self.complain(
                tr("The seed '{0}' is not a whole number; leave it empty for a new one.").format(self.seed.text())
            )
            return
        self.complain("")
        self.go.setEnabled(False)
        named = self._named

        def rule(project: Project) -> NextRequest:
            offered = offered_request(project)
            if named:
                return replace(request, first=offered.first)
            return replace(offered, size=request.size, seed=request.seed, redraw=request.redraw)

        draw_batch(self._context, rule, self._drawn, self._refused)

    def _drawn(self, batch: Batch) -> None:
        self.go.setEnabled(True)
        if not batch.items:
            self.complain(joined("\n", batch.notes) or tr("No unlabelled image is left to draw."))
            return
        self._workspace.show_list(View.BATCH)
        self._context.app.say(batch_summary(batch))
        self._context.app.tell(joined(" ", batch.notes))
        self.accept()

    def _refused(self, sentence: str) -> None:
        self.go.setEnabled(True)
        self.complain(sentence)


def _read(project: Project) -> tuple[int, NextRequest]:
    from boxwright.services.batches.schedule import offered_request

    return len(project.images.candidates()), offered_request(project)


def spin(low: int, high: int, value: int, suffix: str) -> QSpinBox:
    """A whole number to choose, tall enough for a pointer."""
    box = QSpinBox()
    box.setRange(low, high)
    box.setValue(value)
    box.setSuffix(suffix)
    box.setGroupSeparatorShown(True)
    box.setMinimumHeight(24)
    return box


def _choice(words: dict[str, str], chosen: str) -> QComboBox:
    box = QComboBox()
    for name, summary in words.items():
        box.addItem(f"{tr(name.replace('_', ' '))} – {tr(summary)}" if summary else name, name)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    box.setMinimumHeight(24)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(44)
    return box
