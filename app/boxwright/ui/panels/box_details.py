"""Details of the selected box: how sure the detector was of each class, and where the box came from."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from boxwright.domain.annotation import Annotation
from boxwright.domain.changes import Changes
from boxwright.domain.prediction import Prediction
from boxwright.ui.labelling import commands
from boxwright.ui.labelling.box_keys import item_of
from boxwright.ui.labelling.class_distribution import ClassDistribution, class_distribution, distribution_words
from boxwright.ui.labelling.mark_words import marks_text
from boxwright.ui.labelling.provenance import provenance
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.panels.box_list import class_look
from boxwright.ui.panels.class_bars import ClassBar, ClassBars

BARS = 4
LEAST = 0.01
"""A class less likely than this is not drawn, unless it is the runner-up."""

HEIGHT = 196
"""Room for two lines of doubt, the bars and three lines of origin, so that the panel does not jump between boxes."""

_SHOWN = Changes.SELECTION | Changes.BOXES | Changes.PREDICTIONS | Changes.IMAGE | Changes.CLASSES


class BoxDetails(QWidget):
    """Details of a box. `picked`: a class was taken with the mouse, so the keys should go to the canvas again."""

    picked = Signal()

    def __init__(self, model: SessionModel) -> None:
        super().__init__()
        self._model = model
        self.doubt = _words()
        self.doubt.setObjectName("panelTitle")
        self.bars = ClassBars(BARS)
        self.origin = _words()
        self.origin.setObjectName("quiet")
        self.setMinimumHeight(HEIGHT)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(4)
        layout.addWidget(self.doubt)
        layout.addWidget(self.bars)
        layout.addWidget(self.origin)
        layout.addStretch(1)
        self.bars.picked.connect(self._take)
        model.changed.connect(self._changed)
        self.retranslate()

    def retranslate(self) -> None:
        self.bars.retranslate()
        self._show()

    def _changed(self, changes: Changes) -> None:
        if changes & _SHOWN:
            self._show()

    def _show(self) -> None:
        chosen = [item_of(self._model.labels, key) for key in self._model.selection]
        prediction = self._behind(chosen[0]) if len(chosen) == 1 else None
        self.bars.setVisible(prediction is not None)
        self.origin.setVisible(len(chosen) == 1)
        self.doubt.setVisible(len(chosen) != 1 or prediction is not None)
        if len(chosen) != 1:
            self._say(
                tr("{0} boxes are selected.").format(len(chosen))
                if chosen
                else tr("Select a box to see how sure the detector is; Tab goes to the most doubtful."),
                quiet=True,
            )
            return
        marks = marks_text(chosen[0]).replace("\n", ", ")
        words = (f"{marks[0].upper()}{marks[1:]}. " if marks else "") + provenance(chosen[0], self._model)
        if prediction is not None:
            doubt = class_distribution(prediction, self._model.class_map, {c.id for c in self._model.classes})
            names = {c.id: c.name for c in self._model.classes}
            said = distribution_words(doubt, names)
            # The name of a class stays as it is written.
            capital = not said.startswith(tuple(names.values()))
            self._say(f"{said[0].upper()}{said[1:]}." if capital else f"{said}.")
            self.bars.show_bars(self._bars_of(doubt, chosen[0]))
            if doubt.entropy is not None and doubt.highest is not None:
                bits = f"{doubt.entropy:.2f}", f"{doubt.highest:.2f}"
                words = f"{words} {tr('Entropy {0} of {1} bits.').format(*bits)}"
        self.origin.setText(words)

    def _say(self, words: str, quiet: bool = False) -> None:
        self.doubt.setText(words)
        self.doubt.setObjectName("quiet" if quiet else "panelTitle")
        self.doubt.style().polish(self.doubt)

    def _behind(self, item: Annotation | Prediction) -> Prediction | None:
        """The pre-label that `item` is or was made from, as far as it is of the detector that is shown."""
        if isinstance(item, Prediction):
            return item
        labels = self._model.labels
        return labels.predictions.get(item.prediction_id) if labels and item.prediction_id is not None else None

    def _bars_of(self, doubt: ClassDistribution, item: Annotation | Prediction) -> list[ClassBar]:
        bars = []
        for rank, (class_id, share) in enumerate(doubt.ranked):
            if rank > 1 and share < LEAST:
                break
            name, color = class_look(self._model, class_id)
            bars.append(ClassBar(name, share, color, rank if class_id != item.class_id else 0))
        if doubt.elsewhere is not None:
            bars = [*bars[: BARS - 1], ClassBar(tr(doubt.elsewhere[0]), doubt.elsewhere[1], "")]
        return bars

    def _take(self, rank: int) -> None:
        commands.runner_up(self._model, rank)
        self.picked.emit()


def _words() -> QLabel:
    label = QLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
