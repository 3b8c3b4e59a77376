"""Panel of the queue at the left: what to label, in which order, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from boxwright.ui.language.translation import tr
from boxwright.ui.look.icons import icon
from boxwright.ui.panels.finding_model import FindingModel, kind_words
from boxwright.ui.panels.queue_model import QueueModel
from boxwright.ui.panels.rows_view import RowsView
from boxwright.ui.project.finding_list import KINDS, FindingList
from boxwright.ui.project.queue import Mark, Show, View
from boxwright.ui.project.review import Review
from boxwright.ui.project.workspace import Workspace


class QueuePanel(QWidget):
    """Panel of the queue. `picked`: the person clicked a row, so the keys should go to the canvas again.
    `fix_wanted`: Return on a finding."""

    picked = Signal()
    fix_wanted = Signal()
    batch_wanted = Signal()

    def __init__(self, workspace: Workspace, review: Review) -> None:
        super().__init__()
        self._workspace, self._review = workspace, review
        self.model = QueueModel(workspace)
        self.finding_model = FindingModel(workspace, review)
        self.source = QComboBox()
        self.source.activated.connect(self._source_chosen)
        self.show_only = QComboBox()
        self.show_only.activated.connect(self._filter_chosen)
        self.progress = QProgressBar()
        self.progress.setTextVisible(True)
        self.progress.setFixedHeight(18)
        self.origin = QLabel()
        self.origin.setTextFormat(Qt.TextFormat.PlainText)
        self.origin.setWordWrap(True)
        self.origin.setObjectName("quiet")
        self.jump = QToolButton()
        self.jump.setAutoRaise(True)
        self._lists = self._built_lists()
        self.round, self.pool = QLabel(), QLabel()
        for label in (self.round, self.pool):
            label.setObjectName("quiet")
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setObjectName("quiet")
        self.draw = QPushButton(icon("batch"), "")
        self.draw.clicked.connect(self.batch_wanted)
        self._lay_out()
        workspace.queue_changed.connect(self._queue_changed)
        # Later: a progress bar paints the window at once, and other panels may not have heard of the change yet.
        for later in (self._count, self._fill_source, self._fill_filter):
            workspace.marks_changed.connect(later, Qt.ConnectionType.QueuedConnection)
            workspace.findings_changed.connect(later, Qt.ConnectionType.QueuedConnection)
        workspace.row_changed.connect(self._scroll_to)
        review.changed.connect(self._scroll_to_finding)
        self.retranslate()

    def retranslate(self) -> None:
        self.source.setAccessibleName(tr("What the queue shows"))
        self.show_only.setAccessibleName(tr("Which of these images are shown"))
        self.progress.setAccessibleName(tr("Images of the queue that are done"))
        self.view.setAccessibleName(tr("Images of the queue"))
        self.finding_view.setAccessibleName(tr("Findings of the review"))
        self.draw.setText(tr("Draw a batch…"))
        self._queue_changed()
        for view in (self.view, self.finding_view):
            view.viewport().update()

    def close_model(self) -> None:
        self.model.close()
        self.finding_model.close()

    def _built_lists(self) -> QStackedWidget:
        self.view = RowsView(self.model)
        self.view.clicked.connect(self._clicked)
        self.view.stepped.connect(self._workspace.step)
        self.view.taken.connect(self.picked)
        self.finding_view = RowsView(self.finding_model)
        self.finding_view.clicked.connect(self._finding_clicked)
        self.finding_view.stepped.connect(self._review.step)
        self.finding_view.taken.connect(self.fix_wanted)
        lists = QStackedWidget()
        lists.addWidget(self.view)
        lists.addWidget(self.finding_view)
        return lists

    @property
    def list(self) -> RowsView:
        """The one on screen."""
        return self.finding_view if self._workspace.queue.findings is not None else self.view

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(8, 8, 8, 8)
        head.setSpacing(6)
        head.addWidget(self.source)
        chosen = QHBoxLayout()
        chosen.setSpacing(6)
        chosen.addWidget(self.show_only, 1)
        chosen.addWidget(self.jump)
        head.addLayout(chosen)
        head.addWidget(self.progress)
        head.addWidget(self.origin)
        layout.addLayout(head)
        layout.addWidget(self._lists, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(8, 6, 8, 8)
        foot.setSpacing(4)
        foot.addWidget(self.round)
        foot.addWidget(self.pool)
        foot.addWidget(self.hint)
        row = QHBoxLayout()
        row.addWidget(self.draw, 1)
        foot.addLayout(row)
        layout.addLayout(foot)

    def _queue_changed(self) -> None:
        queue = self._workspace.queue
        self._fill_source()
        self.origin.setText(queue.origin.words if queue.origin else "")
        self.origin.setVisible(bool(queue.origin))
        self._lists.setCurrentWidget(self.list)
        self._fill_filter()
        self._count()

    def _fill_source(self, _changed: object = None) -> None:
        queue = self._workspace.queue
        latest = queue.latest
        self.source.clear()
        if latest is not None:
            self.source.addItem(tr("Batch {0} · {1:,} images").format(latest.id, len(latest.items)), View.BATCH)
        left = queue.pool_usable - queue.pool_done
        self.source.addItem(tr("To do · {0:,} images").format(left), View.TO_DO)
        if queue.validation:
            self.source.addItem(tr("Validation · {0:,} images").format(queue.validation), View.VALIDATION)
        if queue.begun_now or queue.view is View.BEGUN:
            self.source.addItem(tr("Begun · {0:,} images").format(queue.begun_now), View.BEGUN)
        if queue.review or queue.view is View.REVIEW:
            self.source.addItem(tr("To review · {0:,} images").format(queue.review), View.REVIEW)
        self.source.addItem(tr("All images of the pool"), View.ALL)
        self.source.setCurrentIndex(self.source.findData(queue.view))

    def _fill_filter(self, _changed: object = None) -> None:
        queue = self._workspace.queue
        self.show_only.clear()
        if queue.findings is not None:
            self._fill_kinds(queue.findings)
            return
        for show in Show:
            count = queue.count(show)
            if count or show in (Show.ALL, Show.TO_DO, queue.show):
                self.show_only.addItem(tr("Show {0} ({1:,})").format(tr(show.value), count), show)
        self.show_only.setCurrentIndex(self.show_only.findData(queue.show))

    def _fill_kinds(self, findings: FindingList) -> None:
        self.show_only.addItem(tr("Every finding ({0:,})").format(findings.count()), None)
        for kind in KINDS:
            if findings.count(kind) or kind is findings.kind:
                self.show_only.addItem(f"{kind_words(kind)} ({findings.count(kind):,})", kind)
        self.show_only.setCurrentIndex(max(0, self.show_only.findData(findings.kind)))

    def _filter_chosen(self, _index: int) -> None:
        self._workspace.filter_queue(self.show_only.currentData())
        self.picked.emit()

    def _count(self, _changed: object = None) -> None:
        queue = self._workspace.queue
        total, done = int((queue.marks < Mark.UNREADABLE).sum()), queue.done
        if queue.findings is not None:
            total = len(queue.findings)
            done = total - queue.findings.count()
        self.progress.setRange(0, max(1, total))
        self.progress.setValue(done)
        self.progress.setFormat(tr("{0} of {1} done").format(f"{done:,}", f"{total:,}"))
        self.pool.setText(tr("Pool: {0} of {1} done").format(f"{queue.pool_done_now:,}", f"{queue.pool_usable:,}"))
        if queue.round is not None:
            figures = queue.round.number, f"{queue.round_labeled_now:,}", f"{queue.round.size:,}"
            enough = queue.round_labeled_now > queue.round.size
            words = tr("Round {0}: {1} labelled, {2} wanted") if enough else tr("Round {0}: {1} of {2} labelled")
            self.round.setText(words.format(*figures))
        finished = total > 0 and done >= total
        if queue.view is View.VALIDATION:
            hint = tr("Labels of these images measure detectors; no detector is trained on them.")
        elif queue.view is View.BEGUN:
            hint = tr("They hold your boxes and are not marked as labelled, so nothing learns from them yet.")
        elif queue.view is View.REVIEW:
            hint = tr("Where you and a detector or an import disagree. Nothing changes unless you say so.")
        elif queue.pool_finished:
            hint = ""
        elif queue.batch is None:
            hint = tr("Draw a batch to label the images that teach the detector most.")
        else:
            hint = tr("This batch is done. Draw the next one.") if finished else ""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.draw.setDefault(finished)

    def _scroll_to(self, row: int) -> None:
        place = self._workspace.queue.place_of(row)
        if place is not None:
            self.view.show_place(place)

    def _scroll_to_finding(self) -> None:
        findings = self._workspace.queue.findings
        place = findings.place_of(self._review.row) if findings is not None else None
        if place is not None:
            self.finding_view.show_place(place)

    def _finding_clicked(self, index: QModelIndex) -> None:
        findings = self._workspace.queue.findings
        if findings is not None:
            self._review.visit(int(findings.rows[index.row()]))
            self.picked.emit()

    def _clicked(self, index: QModelIndex) -> None:
        self._workspace.show_row(int(self._workspace.queue.rows[index.row()]))
        self.picked.emit()

    def _source_chosen(self, _index: int) -> None:
        self._workspace.load(self.source.currentData())
        self.picked.emit()
