"""Menu of a right click: the classes, and what else can be done with the selected boxes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from boxwright.domain.marks import FLAGS
from boxwright.ui.labelling import commands, mark_commands
from boxwright.ui.labelling.class_use import class_number
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.look.tips import plain_tip

MOST = 12
"""So many classes stand in the menu; of more, `IN_USE` do, those in use first, and one entry finds the others."""
IN_USE = 8
_WIDEST = 340


def class_menu(model: SessionModel, parent: QWidget, pick: QAction | None = None) -> QMenu:
    """A menu for the current selection. Class names are text: an ampersand is an ampersand. `pick`: finds any class."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    if any(key[0] == "prediction" for key in model.selection):
        menu.addAction(tr("Accept"), lambda: commands.accept_selected(model))
    menu.addAction(tr("Delete"), lambda: commands.reject_or_delete_selected(model))
    menu.addAction(tr("Duplicate"), lambda: commands.duplicate(model))
    menu.addAction(tr("Lock or unlock"), lambda: mark_commands.toggle_lock(model))
    menu.addSeparator()
    _add_flags(menu, model)
    menu.addSeparator()
    _add_classes(menu, model)
    if pick is not None:
        menu.addAction(pick)
    return menu


def _add_classes(menu: QMenu, model: SessionModel) -> None:
    chosen, classes = {model.class_of(key) for key in model.selection}, model.classes
    places = list(range(len(classes))) if len(classes) <= MOST else model.class_use.ranked(classes)[:IN_USE]
    for place in places:
        label_class = classes[place]
        name = label_class.name.replace("\t", " ")
        short = menu.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, _WIDEST)
        action = menu.addAction(f"{short.replace('&', '&&')}\t{class_number(place)}")
        action.setIcon(_swatch(label_class.color))
        action.setToolTip(plain_tip(label_class.name) if short != name else "")
        action.setCheckable(True)
        action.setChecked(chosen == {label_class.id})
        action.triggered.connect(lambda _=False, class_id=label_class.id: commands.set_class(model, class_id))


def _add_flags(menu: QMenu, model: SessionModel) -> None:
    boxes = [commands.as_annotation(item) for _, item in commands.selected_items(model)]
    for flag in FLAGS:
        action = menu.addAction(tr(flag).capitalize())
        action.setCheckable(True)
        action.setChecked(all(flag in box.flags for box in boxes))
        action.triggered.connect(lambda _=False, flag=flag: mark_commands.toggle_flag(model, flag))


def _swatch(color: str) -> QIcon:
    pixmap = QPixmap(12, 12)
    pixmap.fill(QColor(color))
    return QIcon(pixmap)
