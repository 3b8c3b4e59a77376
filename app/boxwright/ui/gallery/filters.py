"""Filter row above the gallery: what is looked for, and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from boxwright.domain.classes import LabelClass
from boxwright.domain.messages import N_
from boxwright.domain.pool_query import Kind, Order, PoolQuery
from boxwright.ui.language.translation import tr
from boxwright.ui.look.long_names import NameCombo, name_model

TYPING_MS = 150
SINCE = ((N_("any date"), None), (N_("today"), 0), (N_("last 7 days"), 7), (N_("last 30 days"), 30))


@dataclass(frozen=True)
class Choices:
    """Choices that a project offers."""

    classes: list[LabelClass]
    tags: list[str]


class GalleryFilters(QWidget):
    """Filter row. `changed` when another question should be asked, not with each letter that is typed."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.search = QLineEdit()
        self.search.setClearButtonEnabled(True)
        self.kind, self.label_class, self.tag, self.since, self.order = (self._combo() for _ in range(5))
        for kind in (None, *Kind):
            self.kind.addItem("", kind)
        for _, days in SINCE:
            self.since.addItem("", days)
        for order in Order:
            self.order.addItem("", order)
        self.lowest, self.highest = self._bound(0.0), self._bound(1.0)
        self._score = QLabel()
        self.whole = QToolButton()
        self.whole.clicked.connect(self.clear)
        self.backwards = QToolButton()
        self.backwards.setCheckable(True)
        self.backwards.setArrowType(Qt.ArrowType.DownArrow)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(TYPING_MS)
        self._soon.timeout.connect(self.changed)
        self._lay_out()
        self.search.textChanged.connect(lambda _: self._soon.start())
        self.backwards.toggled.connect(self._turned)
        self._choices = Choices([], [])
        self.retranslate()

    def retranslate(self) -> None:
        """Say everything in the language of now; what is chosen stays."""
        names = {
            self.search: tr("Part of a name"),
            self.kind: tr("State"),
            self.label_class: tr("Class"),
            self.tag: tr("Tag"),
            self.since: tr("Worked on"),
            self.order: tr("Order"),
            self.lowest: tr("Lowest best score of the detector"),
            self.highest: tr("Highest best score of the detector"),
        }
        for widget, name in names.items():
            widget.setAccessibleName(name)
        self.search.setPlaceholderText(tr("Part of a name"))
        _say(self.kind, [tr("any state"), *(tr(kind.value) for kind in Kind)])
        _say(self.since, [tr(words) for words, _ in SINCE])
        _say(self.order, [tr("by {0}").format(tr(order.value)) for order in Order])
        self._score.setText(tr("Score"))
        self.whole.setText(tr("All"))
        self.whole.setToolTip(tr("Ask for the whole pool again; the order stays"))
        self.backwards.setToolTip(tr("Turn the order round"))
        self.offer(self._choices)

    def query(self) -> PoolQuery:
        # Qt hands an enum of texts back as a bare text.
        kind = self.kind.currentData()
        return PoolQuery(
            self.search.text().strip(),
            Kind(kind) if kind is not None else None,
            self.label_class.currentData(),
            self.tag.currentData() or "",
            self.lowest.value(),
            self.highest.value(),
            _since(self.since.currentData()),
            Order(self.order.currentData()),
            self.backwards.isChecked(),
        )

    def clear(self) -> None:
        """Look at the whole pool again; the order stays."""
        with QSignalBlocker(self.search):
            self.search.clear()
        for combo in (self.kind, self.label_class, self.tag, self.since):
            combo.setCurrentIndex(0)
        for bound, value in ((self.lowest, 0.0), (self.highest, 1.0)):
            with QSignalBlocker(bound):
                bound.setValue(value)
        self.changed.emit()

    def offer(self, choices: Choices) -> None:
        """The classes and tags of the project; what was chosen stays if it is among them."""
        self._choices = choices
        for combo, words, items in (
            (self.label_class, tr("any class"), [(c.name, c.id) for c in choices.classes]),
            (self.tag, tr("any tag"), [(tag, tag) for tag in choices.tags]),
        ):
            before = combo.currentData()
            combo.setModel(name_model([(words, None), *items], combo))
            combo.setCurrentIndex(max(0, combo.findData(before)))

    def _combo(self) -> QComboBox:
        combo = NameCombo()
        combo.activated.connect(lambda _: self.changed.emit())
        return combo

    def _bound(self, value: float) -> QDoubleSpinBox:
        bound = QDoubleSpinBox()
        bound.setRange(0.0, 1.0)
        bound.setSingleStep(0.05)
        bound.setValue(value)
        bound.valueChanged.connect(lambda _: self._soon.start())
        return bound

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(6)
        layout.addWidget(self.search, 1)
        for combo in (self.kind, self.label_class, self.tag, self.since):
            layout.addWidget(combo)
        layout.addWidget(self._score)
        layout.addWidget(self.lowest)
        layout.addWidget(QLabel("–"))
        layout.addWidget(self.highest)
        layout.addWidget(self.whole)
        layout.addSpacing(8)
        layout.addWidget(self.order)
        layout.addWidget(self.backwards)

    def _turned(self, backwards: bool) -> None:
        self.backwards.setArrowType(Qt.ArrowType.UpArrow if backwards else Qt.ArrowType.DownArrow)
        self.changed.emit()


def _say(combo: QComboBox, texts: Sequence[str]) -> None:
    for place, text in enumerate(texts):
        combo.setItemText(place, text)


def _since(days: int | None) -> str:
    """The start of the local day `days` ago, in UTC."""
    if days is None:
        return ""
    midnight = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - timedelta(days=days)).astimezone(UTC).isoformat(timespec="milliseconds")
