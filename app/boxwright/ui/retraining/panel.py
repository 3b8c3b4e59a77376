"""Panel of the retraining that runs: how far it is, what it has learnt, and what it says."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from boxwright.training.protocol import Epoch
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.task import duration_words
from boxwright.ui.retraining.run import LINES_KEPT, RetrainRun
from boxwright.ui.widgets.chart import Chart, LineSeries, Plot

HEIGHT = 190


class RetrainPanel(QDockWidget):
    """Panel of retraining. Follows one run after another; closing it hides it, and the run goes on."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTitleBarWidget(QWidget())
        self.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        self.setObjectName("retraining")
        self.setAllowedAreas(Qt.DockWidgetArea.BottomDockWidgetArea | Qt.DockWidgetArea.RightDockWidgetArea)
        self.run: RetrainRun | None = None
        self.title, self.stage, self.epoch, self.left = (_label() for _ in range(4))
        self.title.setObjectName("panelTitle")
        self.left.setObjectName("quiet")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(10)
        self.cancel = QPushButton()
        self.cancel.clicked.connect(self._cancel)
        self.hide_button = QPushButton()
        self.hide_button.clicked.connect(self.hide)
        self.loss = Chart(_loss_plot([]))
        self.ap50 = Chart(_ap50_plot([]))
        self.log = QPlainTextEdit()
        self.log.setReadOnly(True)
        self.log.setMaximumBlockCount(LINES_KEPT)
        self.log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.log.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setWidget(self._laid_out())
        self.retranslate()

    def retranslate(self) -> None:
        self.setWindowTitle(tr("Retraining"))
        self.cancel.setText(tr("Cancel"))
        self.hide_button.setText(tr("Hide"))
        self.log.setAccessibleName(tr("What the trainer says"))
        self.log.setPlaceholderText(tr("What the trainer says appears here."))
        self._show()

    def follow(self, run: RetrainRun) -> None:
        """Show `run` from its beginning."""
        if self.run is not None:
            self.run.changed.disconnect(self._show)
            self.run.logged.disconnect(self._log)
        self.run = run
        self.log.clear()
        self._log(list(run.lines))
        run.changed.connect(self._show)
        run.logged.connect(self._log)
        self.cancel.setEnabled(True)
        self._show()

    def _laid_out(self) -> QWidget:
        words = QWidget()
        words.setFixedWidth(230)
        column = QVBoxLayout(words)
        column.setContentsMargins(12, 10, 8, 10)
        column.setSpacing(6)
        for widget in (self.title, self.stage, self.epoch, self.left, self.bar):
            column.addWidget(widget)
        column.addStretch(1)
        buttons = QHBoxLayout()
        for button in (self.cancel, self.hide_button):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)
        whole = QWidget()
        whole.setMinimumHeight(HEIGHT)
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        row.addWidget(words)
        row.addWidget(self.loss, 3)
        row.addWidget(self.ap50, 3)
        row.addWidget(self.log, 4)
        return whole

    def _show(self) -> None:
        run = self.run
        if run is None:
            return
        progress = run.progress
        self.title.setText(run.title)
        self.stage.setText(run.outcome or _sentence(run.stage))
        self.epoch.setText(_sentence(translate(progress.what)) if progress and progress.what and run.running else "")
        left = run.seconds_left if run.running else None
        self.left.setText(tr("{0} left").format(duration_words(left)) if left is not None else "")
        self.epoch.setVisible(bool(self.epoch.text()))
        self.left.setVisible(bool(self.left.text()))
        self.bar.setVisible(run.running)
        self.bar.setRange(0, progress.total if progress else 0)
        self.bar.setValue(progress.done if progress else 0)
        self.cancel.setVisible(run.running)
        self.loss.show_plot(_loss_plot(run.epochs))
        self.ap50.show_plot(_ap50_plot(run.epochs))

    def _log(self, lines: list[str]) -> None:
        if lines:
            self.log.appendPlainText("\n".join(lines))

    def _cancel(self) -> None:
        if self.run is not None:
            self.cancel.setEnabled(False)
            self.run.task.cancel()


def _label() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _loss_plot(epochs: list[Epoch]) -> Plot:
    line = LineSeries([e.number for e in epochs], [e.loss for e in epochs])
    title = tr("Loss {0:.3g}").format(epochs[-1].loss) if epochs else tr("Loss")
    return Plot(title, tr("after the first epoch"), lines=(line,) if epochs else ())


def _ap50_plot(epochs: list[Epoch]) -> Plot:
    """Of training images held back; the validation split is measured when it is finished."""
    known = [(e.number, e.ap50) for e in epochs if e.ap50 is not None]
    if not known:
        waiting = tr("no images are held back to stop in time") if len(epochs) > 1 else tr("after the first epoch")
        return Plot(tr("AP50 on held-back images"), waiting)
    line = LineSeries([x for x, _ in known], [y for _, y in known])
    return Plot(tr("AP50 on held-back images {0:.2f}").format(known[-1][1]), lines=(line,), highest=1.0)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
