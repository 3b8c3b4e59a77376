"""The queue at the left: what to label, in which order, and how far it is."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from boxwright.ui.icons import icon
from boxwright.ui.panels.queue_delegate import ROW_HEIGHT, QueueDelegate
from boxwright.ui.panels.queue_model import QueueModel
from boxwright.ui.queue import Mark, Show, View
from boxwright.ui.workspace import Workspace


class QueuePanel(QWidget):
    """`picked`: the person clicked a row, so the keys should go to the canvas again."""

    picked = Signal()
    batch_wanted = Signal()

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.model = QueueModel(workspace)
        self.source = QComboBox()
        self.source.setAccessibleName(self.tr("What the queue shows"))
        self.source.activated.connect(self._source_chosen)
        self.show_only = QComboBox()
        self.show_only.setAccessibleName(self.tr("Which of these images are shown"))
        self.show_only.activated.connect(self._filter_chosen)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("Images of the queue that are done"))
        self.progress.setTextVisible(True)
        self.progress.setFixedHeight(18)
        self.origin = QLabel()
        self.origin.setTextFormat(Qt.TextFormat.PlainText)
        self.origin.setWordWrap(True)
        self.origin.setObjectName("quiet")
        self.jump = QToolButton()
        self.jump.setAutoRaise(True)
        self.view = self._built_view()
        self.round, self.pool = QLabel(), QLabel()
        for label in (self.round, self.pool):
            label.setObjectName("quiet")
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setObjectName("quiet")
        self.draw = QPushButton(icon("batch"), self.tr("Draw a batch…"))
        self.draw.clicked.connect(self.batch_wanted)
        self._lay_out()
        workspace.queue_changed.connect(self._queue_changed)
        # Later: a progress bar paints the window at once, and other panels may not have heard of the change yet.
        for later in (self._count, self._fill_filter):
            workspace.marks_changed.connect(later, Qt.ConnectionType.QueuedConnection)
        workspace.row_changed.connect(self._scroll_to)
        self._queue_changed()

    def close_model(self) -> None:
        self.model.close()

    def _built_view(self) -> QTableView:
        # A list lays all of 100,000 rows out again whenever one changes, and a tree asks each for its index.
        view = QTableView()
        view.setModel(self.model)
        view.setItemDelegate(QueueDelegate(view))
        view.setShowGrid(False)
        rows, columns = view.verticalHeader(), view.horizontalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        rows.hide()
        columns.hide()
        view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        view.setAccessibleName(self.tr("Images of the queue"))
        view.clicked.connect(self._clicked)
        return view

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
        layout.addWidget(self.view, 1)
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
        latest = queue.latest
        self.source.clear()
        if latest is not None:
            self.source.addItem(self.tr("Batch {0} · {1:,} images").format(latest.id, len(latest.items)), View.BATCH)
        left = queue.pool_usable - queue.pool_done
        self.source.addItem(self.tr("To do · {0:,} images").format(left), View.TO_DO)
        if queue.validation:
            self.source.addItem(self.tr("Validation · {0:,} images").format(queue.validation), View.VALIDATION)
        if queue.review or queue.view is View.REVIEW:
            self.source.addItem(self.tr("To review · {0:,} images").format(queue.review), View.REVIEW)
        self.source.addItem(self.tr("All images of the pool"), View.ALL)
        self.source.setCurrentIndex(self.source.findData(queue.view))
        self.origin.setText(queue.origin)
        self.origin.setVisible(bool(queue.origin))
        self._fill_filter()
        self._count()

    def _fill_filter(self, _row: int = -1) -> None:
        queue = self._workspace.queue
        self.show_only.clear()
        for show in Show:
            count = queue.count(show)
            if count or show in (Show.ALL, Show.TO_DO, queue.show):
                self.show_only.addItem(self.tr("Show {0} ({1:,})").format(self.tr(show.value), count), show)
        self.show_only.setCurrentIndex(self.show_only.findData(queue.show))

    def _filter_chosen(self, _index: int) -> None:
        self._workspace.filter_queue(self.show_only.currentData())
        self.picked.emit()

    def _count(self, _row: int = -1) -> None:
        queue = self._workspace.queue
        total = int((queue.marks < Mark.UNREADABLE).sum())
        done = queue.done
        self.progress.setRange(0, max(1, total))
        self.progress.setValue(done)
        self.progress.setFormat(self.tr("{0} of {1} done").format(f"{done:,}", f"{total:,}"))
        self.pool.setText(self.tr("Pool: {0} of {1} done").format(f"{queue.pool_done_now:,}", f"{queue.pool_usable:,}"))
        if queue.round is not None:
            figures = queue.round.number, f"{queue.round_labeled_now:,}", f"{queue.round.size:,}"
            enough = queue.round_labeled_now > queue.round.size
            words = (
                self.tr("Round {0}: {1} labelled, {2} wanted") if enough else self.tr("Round {0}: {1} of {2} labelled")
            )
            self.round.setText(words.format(*figures))
        finished = total > 0 and done >= total
        if queue.view is View.VALIDATION:
            hint = self.tr("Labels of these images measure detectors; no detector is trained on them.")
        elif queue.view is View.REVIEW:
            hint = self.tr("Where you and a detector or an import disagree. Nothing changes unless you say so.")
        elif queue.batch is None:
            hint = self.tr("Draw a batch to label the images that teach the detector most.")
        else:
            hint = self.tr("This batch is done. Draw the next one.") if finished else ""
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.draw.setDefault(finished)

    def _scroll_to(self, row: int) -> None:
        place = self._workspace.queue.place_of(row)
        if place is not None:
            self.view.scrollTo(self.model.index(place), QAbstractItemView.ScrollHint.EnsureVisible)

    def _clicked(self, index: QModelIndex) -> None:
        self._workspace.show_row(int(self._workspace.queue.rows[index.row()]))
        self.picked.emit()

    def _source_chosen(self, _index: int) -> None:
        self._workspace.load(self.source.currentData())
        self.picked.emit()
