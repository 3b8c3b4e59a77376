"""Dialog of rounds: the ledger, and where more labels stop paying."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QSplitter, QTreeWidget, QTreeWidgetItem

from boxwright.domain.audit import Audit, audit_words
from boxwright.domain.messages import N_
from boxwright.services.guide.pages import RETRAINING
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.retraining.words import plateau_words
from boxwright.ui.widgets.chart import Band, Chart, LineSeries, Plot, RangeMark
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.figure_columns import arrange, set_right

if TYPE_CHECKING:
    from boxwright.evaluation.learning_curve import CurveFit
    from boxwright.services.batches.rounds import Round
    from boxwright.services.project.project import Project
    from boxwright.ui.project.context import ProjectContext

COLUMNS = (
    N_("Round"),
    "Detector",
    "Images",
    "Boxes",
    "AP50",
    "AP",
    N_("Edits / image"),
    N_("Fixes / image"),
    N_("In use since"),
)
TITLE = N_("mAP on the validation images")
EMPTY = N_("Each retraining puts a point here.")
NO_ROUNDS = N_(
    "There is no round yet. Label a batch, then choose “Retrain…” in the menu Model: each retraining adds a row here, "
    "and after three the curve tells where more labels stop paying."
)
NO_AUDIT = N_(
    "The random images of a batch, once labelled, tell here how good the detector is on images that nobody picked. "
    "Every batch with a random share draws some."
)
_DETECTOR, _FIGURES = 1, range(2, 9)


@dataclass(frozen=True)
class RoundsTable:
    """Contents of the dialog.

    `pool`: usable images of the pool; `step`: a round's share of it by the schedule, 0..1. `audit`: of the
    detector in use, or of the newest before it that has one.
    """

    rounds: list[Round]
    fit: CurveFit | None
    pool: int
    step: float
    audit: Audit | None = None


class RoundsDialog(Sheet):
    """Dialog of rounds."""

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Rounds"))
        self.offer_help(context.app, RETRAINING, "the-ledger-and-its-curve")
        self._context = context
        self.resize(860, 560)
        self.table = _built_table()
        self.chart = Chart(Plot(tr(TITLE), tr(EMPTY)))
        self.audit = plain_label()
        self.words = plain_label(tr("Reading the ledger…"))
        self.retrain = QPushButton(tr("Retrain…"))
        self.retrain.setEnabled(context.app.live_actions["retrain.start"].isEnabled())
        self.retrain.clicked.connect(self._retrain)
        self.buttons.addButton(self.retrain, self.buttons.ButtonRole.ActionRole)
        splitter = QSplitter(Qt.Orientation.Vertical)
        splitter.addWidget(self.table)
        splitter.addWidget(self.chart)
        splitter.setSizes([190, 270])
        splitter.setChildrenCollapsible(False)
        self.body.addWidget(splitter, 1)
        self.body.addWidget(self.audit)
        self.body.addWidget(self.words)
        context.workspace.reader.ask(read_ledger, self._fill, self)

    def _fill(self, ledger: RoundsTable) -> None:
        for number, one in enumerate(ledger.rounds, start=1):
            self.table.addTopLevelItem(_row(number, one))
        measured = [r for r in ledger.rounds if r.ap is not None]
        self.chart.show_plot(curve_plot(ledger))
        self.audit.setText(
            translate(audit_words(ledger.audit)) if ledger.audit else tr(NO_AUDIT) if ledger.rounds else ""
        )
        self.audit.setVisible(bool(self.audit.text()))
        self.words.setText(
            plateau_words(ledger.fit, len(measured), ledger.pool, ledger.step) if ledger.rounds else tr(NO_ROUNDS)
        )
        if not measured and ledger.rounds:
            self.words.setText(tr("No round was measured: label images of the validation split, then retrain."))

    def _retrain(self) -> None:
        self.accept()
        self._context.app.live_actions["retrain.start"].trigger()


def read_ledger(project: Project) -> RoundsTable:
    from boxwright.services.batches.random_slot_metrics import latest_audit
    from boxwright.services.batches.rounds import curve, rounds
    from boxwright.services.batches.schedule import schedule_of

    pool, step = project.images.usable_count(), schedule_of(project).step
    return RoundsTable(rounds(project), curve(project), pool, step, latest_audit(project))


def curve_plot(ledger: RoundsTable) -> Plot:
    """Points are measured, the line and its band are fitted, the hatched part is where more labels stop paying."""
    known = [(float(r.images), r.ap) for r in ledger.rounds if r.ap is not None]
    if not known:
        return Plot(tr(TITLE), tr(EMPTY))
    points = LineSeries([x for x, _ in known], [y for _, y in known], points=True)
    fit = ledger.fit
    if fit is None:
        return Plot(tr(TITLE), x_words=tr("labelled images"), lines=(points,), highest=1.0)
    grid = [float(x) for x in fit.grid]
    span = (RangeMark(*fit.plateau, tr("more labels stop paying")),) if fit.plateau is not None else ()
    return Plot(
        tr("{0}: measured (points), fitted (line, 5 to 95 % band)").format(tr(TITLE)),
        x_words=tr("labelled images"),
        lines=(LineSeries(grid, [float(y) for y in fit.middle]), points),
        bands=(Band(grid, [float(y) for y in fit.low], [float(y) for y in fit.high]),),
        spans=span,
        highest=1.0,
    )


def _row(number: int, one: Round) -> QTreeWidgetItem:
    texts = [
        str(number),
        one.model_name,
        f"{one.images:,}",
        f"{one.boxes:,}",
        _figure(one.ap50, 3),
        _figure(one.ap, 3),
        _figure(one.edits_per_image, 1),
        _figure(one.fixes_per_image, 1),
        one.created[:10] if one.activated else tr("not used"),
    ]
    item = QTreeWidgetItem(texts)
    item.setToolTip(_DETECTOR, plain_tip(one.model_name))
    return set_right(item, _FIGURES)


def _figure(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"


def _built_table() -> QTreeWidget:
    table = QTreeWidget()
    table.setHeaderLabels([tr(column) for column in COLUMNS])
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAlternatingRowColors(True)
    table.setAccessibleName(tr("Rounds"))
    table.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
    arrange(table, _DETECTOR, _FIGURES)
    return table
