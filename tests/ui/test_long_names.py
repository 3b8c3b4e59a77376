"""Names that differ only at their ends can be told apart wherever they are shown."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QStyleOptionComboBox, QTreeWidget
from tests.presence import present
from tests.ui.conftest import add_batch, make_pictures

from boxwright.domain import edits
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.classes import LabelClass
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.preview import ClassPreview
from boxwright.services.project.project import Project
from boxwright.ui.canvas.class_menu import class_menu
from boxwright.ui.detectors.map_table import MapTable
from boxwright.ui.exchange.import_classes import ImportClassTable
from boxwright.ui.gallery.filters import Choices, GalleryFilters
from boxwright.ui.look.long_names import MOST_LETTERS, NameCombo, name_model, shortened
from boxwright.ui.widgets.choice_button import ChoiceButton
from boxwright.ui.widgets.figure_columns import arrange

MIDDLE = Qt.TextElideMode.ElideMiddle
LONG = [f"Product {'of a supplier with a very long name ' * 3}({n})" for n in range(3)]
# Of the plug-in without a screen, when a list pops up.
pytestmark = pytest.mark.qt_log_ignore("plugin does not support", extend=True)
CLASSES = [LabelClass(n + 1, name, "#56b4e9", n) for n, name in enumerate(LONG)]


def test_a_name_keeps_both_its_ends() -> None:
    assert shortened("bolt") == "bolt"
    for name in LONG:
        short = shortened(name)
        assert len(short) <= MOST_LETTERS
        assert short.startswith("Product of a ") and short.endswith(name[-10:])
    assert len({shortened(name) for name in LONG}) == 3


def words_of(combo: QComboBox) -> str:
    """What is painted on the closed combo box."""
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    return str(option.currentText)


def test_a_closed_choice_shows_both_ends_and_the_whole_name_in_its_tip(qtbot) -> None:
    combo = NameCombo()
    qtbot.addWidget(combo)
    combo.setModel(name_model([(name, n) for n, name in enumerate(LONG)], combo))
    combo.resize(200, 26)
    shown = []
    for n in range(3):
        combo.setCurrentIndex(n)
        shown.append(words_of(combo))
        assert LONG[n] in combo.toolTip()
        assert LONG[n] in combo.itemData(n, Qt.ItemDataRole.ToolTipRole)
    assert len(set(shown)) == 3
    assert all(words.endswith(f"({n})") and "…" in words for n, words in enumerate(shown))
    combo.showPopup()
    assert combo.view().textElideMode() is MIDDLE
    combo.hidePopup()


def test_lists_and_tables_shorten_in_the_middle(qtbot) -> None:
    table = QTreeWidget()
    arrange(table, 0, ())
    choice = ChoiceButton("Classes", "every class")
    choice.fill([(name, n) for n, name in enumerate(LONG)])
    mapped, imported = MapTable(), ImportClassTable()
    for widget in (table, choice, mapped, imported):
        qtbot.addWidget(widget)
    assert [view.textElideMode() for view in (table, choice.list, mapped, imported)] == [MIDDLE] * 4
    assert LONG[1] in choice.list.item(1).toolTip()
    mapped.fill(LONG, CLASSES, {0: 1})
    assert LONG[0] in present(mapped.item(0, 0)).toolTip()


def test_the_window_shows_both_ends_of_the_name_of_a_box(driver, tmp_path) -> None:
    make_pictures(tmp_path / "pictures", 1, (640, 480))
    with Project.create(tmp_path / "project", LONG) as made:
        add_folders(made, [tmp_path / "pictures"])
        add_batch(made, 1)
    driver.open(tmp_path / "project")
    model, panel = driver.workspace.model, driver.window.opened.area.boxes_panel
    for place, label_class in enumerate(model.classes):
        model.push(edits.add(drawn(Box(20.0, 20.0 + 60 * place, 60.0, 60.0 + 60 * place), label_class.id)))
    texts = driver.canvas._scenery.texts
    assert len(set(texts)) == 3
    assert all(len(text) <= MOST_LETTERS for text in texts)
    assert panel.classes.list.textElideMode() is panel.boxes.textElideMode() is MIDDLE
    menu = class_menu(model, driver.canvas)
    named = [action for action in menu.actions() if "\t" in action.text()]
    assert len({action.text().partition("\t")[0] for action in named}) == 3
    assert [LONG[n] in action.toolTip() for n, action in enumerate(named)] == [True] * 3
    menu.deleteLater()


@pytest.mark.slow
@pytest.mark.parametrize("count", [1200])
def test_a_table_of_a_thousand_classes_makes_its_choices_once(qtbot, count: int) -> None:
    classes = [LabelClass(n + 1, f"class {n}", "#56b4e9", n) for n in range(count)]
    mapped, imported = MapTable(), ImportClassTable()
    qtbot.addWidget(mapped)
    qtbot.addWidget(imported)
    mapped.fill([c.name for c in classes], classes, {n: c.id for n, c in enumerate(classes)})
    imported.fill(
        [*(ClassPreview(c.name, 1, c.name, False) for c in classes), ClassPreview("new", 1, "new", True)], classes
    )
    for table, column in ((mapped, 1), (imported, 2)):
        boxes = [table.cellWidget(row, column) for row in range(table.rowCount())]
        models = {id(box.model()) for box in boxes if isinstance(box, QComboBox)}
        assert len(models) == 1 and all(isinstance(box, QComboBox) for box in boxes)
    assert mapped.mapping() == {c.name: c.name for c in classes}
    assert imported.mapping() == {**{c.name: c.name for c in classes}, "new": "new"}


def test_the_filter_of_the_gallery_keeps_what_was_chosen(qtbot) -> None:
    filters = GalleryFilters()
    qtbot.addWidget(filters)
    filters.offer(Choices(CLASSES, []))
    filters.label_class.setCurrentIndex(filters.label_class.findData(3))
    filters.offer(Choices(CLASSES[1:], ["a tag"]))
    assert (filters.label_class.currentData(), filters.query().class_id) == (3, 3)
    filters.offer(Choices(CLASSES[:1], []))
    assert filters.label_class.currentData() is None
