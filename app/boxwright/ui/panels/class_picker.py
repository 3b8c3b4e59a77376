"""Class picker: a class by a part of its name or by its number; type, arrows, Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QIcon, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from boxwright.domain.classes import LabelClass
from boxwright.ui.labelling import commands
from boxwright.ui.labelling.class_use import ClassSearch, class_number, place_of
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.panels.box_list import swatch
from boxwright.ui.widgets.dialog import Sheet, plain_label

Index = QModelIndex | QPersistentModelIndex
NUMBER_ROLE = Qt.ItemDataRole.UserRole
ID_ROLE = Qt.ItemDataRole.UserRole + 1
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
_ROOM = 10


class FoundClasses(QAbstractListModel):
    """Classes that fit what was typed."""

    def __init__(self, classes: Sequence[LabelClass], bold: frozenset[int], parent: QObject) -> None:
        """`bold`: ids of the classes that the selected boxes have."""
        super().__init__(parent)
        self._classes, self._bold = classes, bold
        self._icons: dict[str, QIcon] = {}
        self._places: list[int] = []

    def show_places(self, places: Sequence[int]) -> None:
        self.beginResetModel()
        self._places = list(places)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._places)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        place = self._places[index.row()]
        label_class = self._classes[place]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return label_class.name
            case Qt.ItemDataRole.DecorationRole:
                if label_class.color not in self._icons:
                    self._icons[label_class.color] = swatch(label_class.color)
                return self._icons[label_class.color]
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(label_class.name)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{label_class.name}, {class_number(place)}"
            case Qt.ItemDataRole.CheckStateRole:
                return None
        own = {NUMBER_ROLE: class_number(place), ID_ROLE: label_class.id}
        return own.get(role)

    def is_bold(self, index: Index) -> bool:
        return index.data(ID_ROLE) in self._bold


class ClassPicker(Sheet):
    """Picker of a class. `by_number`: digits alone, and the class is taken as soon as they can mean no other one."""

    def __init__(self, parent: QWidget, model: SessionModel, by_number: bool = False) -> None:
        super().__init__(parent, tr("Class of the selected boxes") if model.selection else tr("Class of the next box"))
        self._model, self._by_number = model, by_number
        self._classes = model.classes
        self._search = ClassSearch(self._classes, model.class_use.ranked(self._classes))
        self.buttons.hide()
        self.resize(440, 460)
        self.search = QLineEdit()
        words = tr("Number of the class") if by_number else tr("A part of the name, or the number")
        self.search.setPlaceholderText(words)
        self.search.setAccessibleName(words)
        self.search.installEventFilter(self)
        self.found = FoundClasses(self._classes, frozenset(map(model.class_of, model.selection)), self)
        self.list = QListView()
        self.list.setAccessibleName(tr("Classes found"))
        self.list.setModel(self.found)
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_NumberAtTheRight(self.list))
        self.words = plain_label(quiet=True)
        for part in (self.search, self.words):
            self.body.addWidget(part)
        self.body.insertWidget(1, self.list, 1)
        self.search.textChanged.connect(self._typed)
        self.search.returnPressed.connect(self._take_current)
        self.list.clicked.connect(lambda _: self._take_current())
        self.begin_at(self.search)
        self._fill("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = _STEPS.get(Qt.Key(event.key()))
            if step is not None:
                self._go_to(self.list.currentIndex().row() + step)
                return True
        return super().eventFilter(watched, event)

    def _typed(self, text: str) -> None:
        self._fill(text)
        if not self._by_number:
            return
        place = self._search.complete(text.strip())
        if place is not None:
            self._take(self._classes[place].id)

    def _fill(self, text: str) -> None:
        text = text.strip()
        self.found.show_places(self._search.by_number(text) if self._by_number else self._search.by_name(text))
        self._go_to(0)
        self.words.setText(self._told(text))

    def _told(self, text: str) -> str:
        if not self._classes:
            return tr("The project has no class yet; add one in the list of classes.")
        if not self.found.rowCount():
            return tr("No class has this number.") if self._by_number else tr("No class has this in its name.")
        return tr("{0:,} of {1:,} classes").format(self.found.rowCount(), len(self._classes))

    def _go_to(self, row: int) -> None:
        last = self.found.rowCount() - 1
        if last >= 0:
            self.list.setCurrentIndex(self.found.index(min(max(row, 0), last), 0))

    def _take_current(self) -> None:
        text = self.search.text().strip()
        place = place_of(text) if self._by_number and text else None
        if place is not None and place < len(self._classes):
            self._take(self._classes[place].id)
        elif self.list.currentIndex().isValid():
            self._take(self.list.currentIndex().data(ID_ROLE))

    def _take(self, class_id: int) -> None:
        self.accept()
        commands.set_class(self._model, class_id)


class _NumberAtTheRight(QStyledItemDelegate):
    """The name, shortened in its middle where it has no room, and the number in a column of its own."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        role = QPalette.ColorRole.PlaceholderText
        if option.state & QStyle.StateFlag.State_Selected:
            role = QPalette.ColorRole.HighlightedText
        painter.save()
        painter.setPen(option.palette.color(role))
        place = option.rect.adjusted(0, 0, -_ROOM, 0)
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        painter.drawText(place, right, str(index.data(NUMBER_ROLE)))
        painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: Index) -> None:
        super().initStyleOption(option, index)
        model = index.model()
        option.font.setBold(isinstance(model, FoundClasses) and model.is_bold(index))
        number = option.fontMetrics.horizontalAdvance(str(index.data(NUMBER_ROLE)))
        room = option.rect.width() - option.decorationSize.width() - number - 4 * _ROOM
        if room > 0:
            option.text = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideMiddle, room)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, max(24, super().sizeHint(option, index).height()))
