"""Tree of a dataset's flaws with file and line, like ones together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHeaderView, QTreeWidget, QTreeWidgetItem

from boxwright.ui.language.translation import tr, translate

if TYPE_CHECKING:
    from boxwright.formats.dataset import Problem

from boxwright.ui.look.tips import plain_tip

SHOWN_PER_KIND = 1000


class FlawTree(QTreeWidget):
    """Tree of flaws."""

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderLabels([tr("Flaw"), tr("File"), tr("Line")])
        self.setAccessibleName(tr("Flaws of the dataset"))
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Interactive)
        header.resizeSection(1, 260)
        header.resizeSection(2, 56)

    def fill(self, groups: Mapping[str, Sequence[Problem]]) -> None:
        self.clear()
        for kind, problems in groups.items():
            top = QTreeWidgetItem([f"{translate(kind)} ({len(problems):,})", "", ""])
            self.addTopLevelItem(top)
            for problem in problems[:SHOWN_PER_KIND]:
                row = QTreeWidgetItem([translate(problem.what), problem.file, str(problem.line or "")])
                row.setToolTip(0, plain_tip(translate(problem.what)))
                row.setToolTip(1, plain_tip(problem.file))
                top.addChild(row)
            if len(problems) > SHOWN_PER_KIND:
                top.addChild(
                    QTreeWidgetItem(
                        [tr("… and {0:,} more; copy the report").format(len(problems) - SHOWN_PER_KIND), "", ""]
                    )
                )
            top.setExpanded(True)


def report_text(summary: str, groups: Mapping[str, Sequence[Problem]]) -> str:
    """The whole report as plain text, tab-separated: kind, file, line, what."""
    lines = [summary, ""]
    for kind, problems in groups.items():
        lines += [f"{translate(kind)}\t{p.file}\t{p.line or ''}\t{translate(p.what)}" for p in problems]
    return "\n".join(lines) + "\n"
