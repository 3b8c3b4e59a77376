"""The menu of a right click: the classes, and what else can be done with the selected boxes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QMenu, QWidget

from boxwright.domain.marks import FLAGS
from boxwright.ui import commands, mark_commands
from boxwright.ui.language import tr
from boxwright.ui.session import SessionModel

_DIGITS = "1234567890"


def class_menu(model: SessionModel, parent: QWidget) -> QMenu:
    """A menu for the current selection. Class names are text: an ampersand is an ampersand."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if any(key[0] == "prediction" for key in model.selection):
        menu.addAction(tr("Accept"), lambda: commands.accept_selected(model))
    menu.addAction(tr("Delete"), lambda: commands.reject_or_delete_selected(model))
    menu.addAction(tr("Duplicate"), lambda: commands.duplicate(model))
    menu.addAction(tr("Lock or unlock"), lambda: mark_commands.toggle_lock(model))
    menu.addSeparator()
    _add_flags(menu, model)
    menu.addSeparator()
    chosen = {model.class_of(key) for key in model.selection}
    for place, label_class in enumerate(model.classes):
        digit = f"\t{_DIGITS[place]}" if place < len(_DIGITS) else ""
        action = menu.addAction(label_class.name.replace("&", "&&").replace("\t", " ") + digit)
        action.setIcon(_swatch(label_class.color))
        action.setCheckable(True)
        action.setChecked(chosen == {label_class.id})
        action.triggered.connect(lambda _=False, class_id=label_class.id: commands.set_class(model, class_id))
    return menu


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
