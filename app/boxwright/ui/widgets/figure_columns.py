"""Columns of figures in tables: what stands right is told apart from what stands beside it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QTreeWidgetItem,
)

from boxwright.ui.look.long_names import shorten_names

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_BETWEEN = 14
"""Pixels left of a figure."""


class Roomy(QStyledItemDelegate):
    """Delegate whose cells ask for some room more than their words take."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return super().sizeHint(option, index) + QSize(_BETWEEN, 0)


def set_right(item: QTreeWidgetItem, columns: Collection[int]) -> QTreeWidgetItem:
    for column in columns:
        item.setTextAlignment(column, RIGHT)
    return item


def figure_table(name: str, heads: Sequence[str], stretched: int, right: Collection[int]) -> QTreeWidget:
    """A list of rows of which one is chosen, called `name` for screen readers; arranged as by `arrange`."""
    table = QTreeWidget()
    table.setHeaderLabels(heads)
    table.setRootIsDecorated(False)
    table.setUniformRowHeights(True)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setAccessibleName(name)
    arrange(table, stretched, right)
    return table


def arrange(table: QTreeWidget, stretched: int, right: Collection[int]) -> None:
    """As wide as their words, `stretched` takes what is left; heads stand as their figures do."""
    table.setItemDelegate(Roomy(table))
    shorten_names(table)
    set_right(table.headerItem(), right)
    header = table.header()
    header.setStretchLastSection(False)
    for column in range(table.columnCount()):
        mode = QHeaderView.ResizeMode.Stretch if column == stretched else QHeaderView.ResizeMode.ResizeToContents
        header.setSectionResizeMode(column, mode)
