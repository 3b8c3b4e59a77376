"""View of what a retraining would learn from: images, boxes per class, and what to look out for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.retraining.words import facts_words, validation_words
from boxwright.ui.widgets.dialog import plain_label

if TYPE_CHECKING:
    from boxwright.services.retraining.facts import TrainingFacts


# The table says the rest.
WARNINGS_SHOWN = 3


class FactsView(QWidget):
    """View of training facts."""

    def __init__(self) -> None:
        super().__init__()
        self.words = plain_label(tr("Counting what is labelled…"))
        self.table = QTreeWidget()
        self.table.setHeaderLabels([tr("Class"), tr("Boxes")])
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        self.table.setAccessibleName(tr("Boxes of each class"))
        self.table.setSelectionMode(QTreeWidget.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        header = self.table.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.table.headerItem().setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.validation = plain_label(quiet=True)
        self.warnings = plain_label()
        self.warnings.setObjectName("warnings")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        title = plain_label(tr("What it trains on"))
        title.setObjectName("panelTitle")
        for widget, stretch in ((title, 0), (self.words, 0), (self.table, 1), (self.validation, 0), (self.warnings, 0)):
            layout.addWidget(widget, stretch)

    def show_facts(self, facts: TrainingFacts) -> None:
        self.words.setText(facts_words(facts))
        self.validation.setText(validation_words(facts))
        from boxwright.services.retraining.facts import FEW_BOXES

        shown = [f"⚠ {translate(sentence)}" for sentence in facts.warnings[:WARNINGS_SHOWN]]
        if len(facts.warnings) > WARNINGS_SHOWN:
            shown.append(
                tr("… and {0:,} more; the table marks the classes.").format(len(facts.warnings) - WARNINGS_SHOWN)
            )
        self.warnings.setText("\n".join(shown))
        self.warnings.setVisible(bool(facts.warnings))
        self.table.clear()
        for name, count in facts.boxes.items():
            item = QTreeWidgetItem([name, f"{'⚠ ' if count < FEW_BOXES else ''}{count:,}"])
            item.setToolTip(0, plain_tip(name))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.table.addTopLevelItem(item)
