"""Dialog of two detectors in two columns, when the new one did not win by itself: a person decides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from boxwright.domain.messages import plural
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.theme import tone
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.figure_columns import arrange, set_right

if TYPE_CHECKING:
    from boxwright.services.retraining.result import Figures, RetrainResult

# Differences that the figures shown do not tell apart.
SAME_AP, SAME_FIXES = 0.0005, 0.05
_FIGURES = (1, 2, 3)


class ComparisonDialog(Sheet):
    """Dialog of a comparison. `chosen(model_id)`: the person wants the new one. Anything else keeps the present one, or
    none where `present` is empty."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget, result: RetrainResult, present: str, new: str) -> None:
        title = tr("Which detector goes on?") if present else tr("A detector that is of no use yet")
        super().__init__(parent, title, tr("Use the new one"))
        self._result = result
        self.resize(620, 400)
        self.words = plain_label(_words(result))
        self.table = _built_table(present or tr("none"), new)
        self.keep = self.default_to_cancel()
        self.keep.setText(tr("Keep the present one") if present else tr("Go on without it"))
        self.body.addWidget(self.words)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(
            plain_label(tr("Both stay in the project; “Detectors…” in the menu Model can change it again."), quiet=True)
        )
        for row in rows(result.before, result.after):
            self.table.addTopLevelItem(row)
        self.table.setVisible(bool(self.table.topLevelItemCount()))
        self.go.clicked.connect(self._use)

    def _use(self) -> None:
        self.accept()
        self.chosen.emit(self._result.model_id)


def _words(result: RetrainResult) -> str:
    if result.useless:
        helps = tr(
            "It is not in use. What helps: more labelled images, and a longer training. You may use it all the same."
        )
        return f"{translate(result.useless)} {helps}"
    if result.after is None:
        why = translate(result.note) if result.note else tr("The new detector could not be measured.")
        return tr("{0} Label some images of the validation split to know which is better, or decide without.").format(
            why
        )
    images = result.after.images
    if result.note or result.before is None:
        measured = tr("The new detector was measured on {0:,} validation images.").format(images)
        return f"{translate(result.note)} {measured}".strip()
    return tr(
        "On the {0:,} validation images the new detector, trained on {1:,} images, is worse than the "
        "present one, so nothing was changed."
    ).format(images, result.images)


def rows(before: Figures | None, after: Figures | None) -> list[QTreeWidgetItem]:
    """One row for each figure; per class AP50. Empty when neither was measured."""
    if before is None and after is None:
        return []
    found = [
        _row("AP50", before.ap50 if before else None, after.ap50 if after else None),
        _row("AP", before.ap if before else None, after.ap if after else None),
        _row(
            tr("Boxes to fix per image"),
            before.fixes_per_image if before else None,
            after.fixes_per_image if after else None,
            decimals=1,
            more_is_better=False,
        ),
    ]
    names = dict.fromkeys([*(before.per_class if before else ()), *(after.per_class if after else ())])
    for name in names:
        one = before.per_class.get(name) if before else None
        two = after.per_class.get(name) if after else None
        boxes = (two or one or (None, None, 0))[2]
        count = translate(plural("1 box", "{0:,} boxes", boxes))
        about = tr("AP50 of {0} ({1})").format(name, count)
        found.append(_row(about, one[1] if one else None, two[1] if two else None))
    return found


def difference_words(before: float, after: float, decimals: int = 3, more_is_better: bool = True) -> str:
    """ "+0.130 better", "−1.1 better", "same": the sign says which way, the word what it means."""
    better = _is_better(before, after, decimals, more_is_better)
    if better is None:
        return tr("same")
    figure = f"{'+' if after > before else '−'}{abs(after - before):.{decimals}f}"
    return (tr("{0} better") if better else tr("{0} worse")).format(figure)


def _is_better(before: float, after: float, decimals: int, more_is_better: bool) -> bool | None:
    """None where the figures shown do not tell them apart."""
    if abs(after - before) < (SAME_AP if decimals == 3 else SAME_FIXES):
        return None
    return (after > before) is more_is_better


def _row(
    name: str, before: float | None, after: float | None, decimals: int = 3, more_is_better: bool = True
) -> QTreeWidgetItem:
    shown = ["–" if value is None else f"{value:.{decimals}f}" for value in (before, after)]
    item = set_right(QTreeWidgetItem([name, *shown, ""]), _FIGURES)
    item.setToolTip(0, plain_tip(name))
    if before is not None and after is not None:
        item.setText(3, difference_words(before, after, decimals, more_is_better))
        better = _is_better(before, after, decimals, more_is_better)
        if better is not None:
            item.setForeground(3, QBrush(tone("good" if better else "bad")))
    return item


def _built_table(present: str, new: str) -> QTreeWidget:
    table = QTreeWidget()
    table.setHeaderLabels(["", tr("Present: {0}").format(present), tr("New: {0}").format(new), tr("Difference")])
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setAlternatingRowColors(True)
    table.setAccessibleName(tr("Both detectors"))
    table.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
    table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    arrange(table, 0, _FIGURES)
    return table
