"""Start page of a window without a project: what to do first."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from boxwright.ui.language.translation import tr
from boxwright.ui.look.icons import icon
from boxwright.ui.look.tips import plain_tip

PATH_ROLE = Qt.ItemDataRole.UserRole
MISSING_ROLE = Qt.ItemDataRole.UserRole + 1


class StartPage(QWidget):
    """Start page."""

    new_wanted = Signal()
    open_wanted = Signal()
    demo_wanted = Signal()
    project_chosen = Signal(str)
    forget_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.recent = QListWidget()
        self.recent.setAccessibleName(tr("Recent projects"))
        self.recent.currentItemChanged.connect(self._look_at)
        self.recent.itemActivated.connect(self._chosen)
        self.recent.itemClicked.connect(self._clicked)
        self.recent.installEventFilter(self)
        self.forget = QPushButton(tr("Take off the list"))
        self.forget.setToolTip(tr("The project itself stays as it is."))
        self.forget.clicked.connect(self._forget)
        entry = QAction(self.forget.text(), self.recent)
        entry.triggered.connect(self._forget)
        self.recent.addAction(entry)
        self.recent.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._no_recent = QLabel(tr("Projects you open appear here."))
        self._no_recent.setObjectName("quiet")
        self._no_recent.setAlignment(Qt.AlignmentFlag.AlignTop)
        card = QFrame()
        card.setObjectName("card")
        card.setFixedSize(760, 420)
        columns = QHBoxLayout(card)
        columns.setContentsMargins(32, 28, 32, 28)
        columns.setSpacing(32)
        columns.addLayout(self._begin_column(), 1)
        columns.addLayout(self._recent_column(), 1)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)

    def show_recent(self, projects: tuple[str, ...]) -> None:
        self.recent.clear()
        for project in projects:
            path = Path(project)
            missing = not (path / "project.db").is_file()
            where = tr("not there any more: {0}").format(path.parent) if missing else str(path.parent)
            item = QListWidgetItem(icon("open"), f"{path.name}\n{where}")
            item.setData(PATH_ROLE, project)
            item.setData(MISSING_ROLE, missing)
            item.setToolTip(plain_tip(project))
            if missing:
                item.setForeground(self.palette().color(QPalette.ColorRole.PlaceholderText))
            self.recent.addItem(item)
        self.forget.setVisible(bool(projects))
        self._look_at()
        self.recent.setVisible(bool(projects))
        self._no_recent.setVisible(not projects)

    def _begin_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(10)
        title = QLabel("Boxwright")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.9)
        font.setBold(True)
        title.setFont(font)
        what = QLabel(
            tr("Label boxes with a detector that learns from your corrections. Everything stays on this machine.")
        )
        what.setWordWrap(True)
        column.addWidget(title)
        column.addWidget(what)
        column.addSpacing(12)
        self.new = self._button("new", tr("New project from a folder of images…"), self.new_wanted)
        self.open = self._button("open", tr("Open a project…"), self.open_wanted)
        self.demo = self._button("prelabel", tr("Try the demo"), self.demo_wanted)
        self.new.setDefault(True)
        for button in (self.new, self.open, self.demo):
            column.addWidget(button)
        column.addStretch(1)
        hint = QLabel(tr("You can also drop a folder here: a project opens, images begin a new one."))
        hint.setObjectName("quiet")
        hint.setWordWrap(True)
        column.addWidget(hint)
        return column

    def _recent_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        title = QLabel(tr("Recent projects"))
        title.setObjectName("panelTitle")
        column.addWidget(title)
        column.addWidget(self.recent, 1)
        column.addWidget(self._no_recent, 1)
        column.addWidget(self.forget, 0, Qt.AlignmentFlag.AlignRight)
        return column

    def _button(self, name: str, text: str, signal: object) -> QPushButton:
        button = QPushButton(icon(name), text)
        button.setMinimumHeight(36)
        button.setStyleSheet("text-align: left; padding: 4px 12px")
        button.clicked.connect(signal)
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete:
            self._forget()
            return True
        return super().eventFilter(watched, event)

    def _clicked(self, item: QListWidgetItem) -> None:
        """A click opens what is there; one that is gone is only marked, to be taken off the list."""
        if not item.data(MISSING_ROLE):
            self._chosen(item)

    def _chosen(self, item: QListWidgetItem) -> None:
        self.project_chosen.emit(item.data(PATH_ROLE))

    def _look_at(self, *_: object) -> None:
        self.forget.setEnabled(self.recent.currentItem() is not None)

    def _forget(self) -> None:
        item = self.recent.currentItem()
        if item is not None:
            self.forget_wanted.emit(item.data(PATH_ROLE))
