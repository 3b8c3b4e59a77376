"""Any class, however many there are: found by name or number, in the panel and in the menu, ordered and coloured."""

from __future__ import annotations

import unicodedata

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QColorDialog, QMenu
from tests.ui.conftest import add_batch, make_pictures

from boxwright.domain import edits
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.classes import LabelClass
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.ui.canvas.class_menu import IN_USE, MOST, class_menu
from boxwright.ui.labelling.class_use import ClassSearch, ClassUsage, class_number, place_of
from boxwright.ui.panels.class_picker import ClassPicker

# Of the plug-in without a screen, when a menu opens.
pytestmark = pytest.mark.qt_log_ignore("plugin does not support", extend=True)
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
NAMES = [
    "washer",
    "Nut",
    "bolt",
    *(f"part {n:04d}" for n in range(3, 28)),
    unicodedata.normalize("NFD", "볼트 나사"),
    "Écrou",
]


def classes(names: list[str]) -> list[LabelClass]:
    return [LabelClass(100 + n, name, "#56b4e9", n) for n, name in enumerate(names)]


def found(text: str, names: list[str] = NAMES, order: list[int] | None = None) -> list[str]:
    search = ClassSearch(classes(names), range(len(names)) if order is None else order)
    return [names[place] for place in search.by_name(text)]


# --- what is found ------------------------------------------------------------------------------------------------


def test_numbers_are_the_digits_of_the_first_ten_and_go_on_from_there() -> None:
    assert [class_number(place) for place in (0, 8, 9, 10, 98, 1199)] == ["1", "9", "0", "11", "99", "1200"]
    for place in range(1500):
        assert place_of(class_number(place)) == place
    assert (place_of("10"), place_of("007"), place_of("00"), place_of("x"), place_of("²")) == (9, 6, None, None, None)


@pytest.mark.parametrize("text", ["NUT", "nut", " nut "])
def test_case_and_blanks_at_the_ends_do_not_matter(text: str) -> None:
    assert found(text) == ["Nut"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_composed_and_decomposed_letters_are_the_same(form) -> None:
    assert found(unicodedata.normalize(form, "볼트")) == [NAMES[28]]
    assert found(unicodedata.normalize(form, "écrou")) == ["Écrou"]


def test_every_word_has_to_be_in_the_name_in_any_order() -> None:
    assert found("11 part") == ["part 0011"]
    assert found("part nut") == []


def test_what_begins_with_the_words_comes_before_what_has_them_inside() -> None:
    names = ["grey bolt", "unbolted", "bolt M8", "bolt"]
    assert found("bolt", names) == ["bolt", "bolt M8", "grey bolt", "unbolted"]


def test_a_number_finds_names_with_it_then_its_class_then_numbers_that_begin_so() -> None:
    names = ["red", "green", "blue 12", *(f"c{chr(97 + n)}" for n in range(20))]
    assert found("12", names) == ["blue 12", names[11]]
    assert found("1", names) == ["blue 12", "red", *names[10:19]]
    assert found("0", names) == [names[9]]
    assert found("012", names) == []


def test_those_in_use_come_first() -> None:
    use = ClassUsage()
    made = classes([f"c{n}" for n in range(20)])
    use.load({105: 7, 103: 9})
    assert use.ranked(made)[:3] == [3, 5, 0]
    for class_id in (110, 112, 110):
        use.note(class_id)
    assert use.ranked(made)[:5] == [10, 12, 3, 5, 0]
    for class_id in range(113, 119):
        use.note(class_id)
    assert use.ranked(made)[:6] == [18, 17, 16, 15, 14, 3], "the latest five, then the ones with most boxes"


@pytest.mark.parametrize(
    ("count", "digits", "place"),
    [(30, "1", None), (30, "4", 3), (30, "15", 14), (30, "04", 3), (30, "31", None), (30, "0", 9), (9, "3", 2),
     (10, "1", None), (10, "10", 9), (1200, "12", None), (1200, "121", 120), (1200, "1200", 1199), (1200, "0007", 6),
     (5, "0", None)],
)  # fmt: skip
def test_a_number_is_complete_when_no_digit_more_could_make_it_another(count, digits, place) -> None:
    names = [f"c{n}" for n in range(count)]
    assert ClassSearch(classes(names), range(count)).complete(digits) == place


# --- in the window ------------------------------------------------------------------------------------------------


def project(tmp_path, names: list[str]):
    make_pictures(tmp_path / "pictures", 3)
    with Project.create(tmp_path / "project", names) as made:
        add_folders(made, [tmp_path / "pictures"])
        add_batch(made, 3)
    return tmp_path / "project"


@pytest.fixture
def many(driver, tmp_path):
    """A window on 30 classes with one selected box of the first."""
    driver.open(project(tmp_path, NAMES))
    model = driver.workspace.model
    model.push(edits.add(drawn(Box(20.0, 20.0, 60.0, 60.0), model.classes[0].id)))
    model.select(model.visible_keys())
    driver.canvas.setFocus()
    return driver


def box_class(driver) -> str:
    model = driver.workspace.model
    return model.class_named(model.class_of(model.visible_keys()[0])).name


def picker(driver, modifier=Qt.KeyboardModifier.NoModifier) -> ClassPicker:
    # Off screen nobody gives the keyboard back after a dialog.
    driver.until(lambda: QApplication.activeModalWidget() is None)
    driver.window.activateWindow()
    driver.canvas.setFocus()
    driver.until(driver.canvas.hasFocus)
    driver.key(Qt.Key.Key_Z, modifier)
    dialog = driver.dialog()
    assert isinstance(dialog, ClassPicker)
    driver.until(dialog.search.hasFocus)
    return dialog


def typed(dialog: ClassPicker, text: str) -> None:
    QTest.keyClicks(dialog.search, text)


def rows(dialog: ClassPicker) -> list[str]:
    return [dialog.found.index(row, 0).data() for row in range(dialog.found.rowCount())]


def test_a_class_is_found_by_a_part_of_its_name_and_given_with_return(many) -> None:
    dialog = picker(many)
    assert len(rows(dialog)) == 30
    typed(dialog, "0017")
    assert rows(dialog) == ["part 0017"]
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert box_class(many) == "part 0017"
    model = many.workspace.model
    assert model.class_named(model.current_class_id).name == "part 0017"
    many.window.live_actions["edit.undo"].trigger()
    assert box_class(many) == "washer"


def test_arrows_choose_among_what_was_found_and_escape_changes_nothing(many) -> None:
    dialog = picker(many)
    typed(dialog, "part")
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Up):
        QTest.keyClick(dialog.search, key)
    assert dialog.list.currentIndex().data() == "part 0004"
    QTest.keyClick(dialog.search, Qt.Key.Key_PageDown)
    assert dialog.list.currentIndex().data() == "part 0014"
    QTest.keyClick(dialog.search, Qt.Key.Key_Escape)
    assert box_class(many) == "washer"
    dialog = picker(many)
    typed(dialog, "part")
    QTest.keyClick(dialog.search, Qt.Key.Key_Down)
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert box_class(many) == "part 0004"


def test_what_was_given_last_stands_first_the_next_time(many) -> None:
    for text in ("0011", "0005"):
        dialog = picker(many)
        typed(dialog, text)
        QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    dialog = picker(many)
    assert rows(dialog)[:2] == ["part 0005", "part 0011"]
    dialog.reject()


def test_a_number_of_two_digits_gives_its_class_at_once(many) -> None:
    dialog = picker(many, SHIFT)
    typed(dialog, "2")
    assert rows(dialog) == [NAMES[1], *NAMES[19:29]]
    typed(dialog, "8")
    assert box_class(many) == "part 0027"
    dialog = picker(many, SHIFT)
    typed(dialog, "2")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert box_class(many) == "Nut", "Return ends a number before its second digit"


def test_nothing_found_is_told_and_return_does_nothing(many) -> None:
    dialog = picker(many)
    typed(dialog, "zebra")
    assert "No class" in dialog.words.text()
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    assert box_class(many) == "washer"
    dialog.reject()


def test_without_a_selection_the_next_box_gets_it(many) -> None:
    many.workspace.model.select([])
    dialog = picker(many)
    assert "next box" in dialog.windowTitle()
    typed(dialog, "0009")
    QTest.keyClick(dialog.search, Qt.Key.Key_Return)
    model = many.workspace.model
    assert model.class_named(model.current_class_id).name == "part 0009"
    assert box_class(many) == "washer"


def test_the_menu_of_a_box_holds_the_classes_in_use_and_one_entry_for_all_others(many) -> None:
    model = many.workspace.model
    model.class_use.note(model.classes[20].id)
    canvas = many.canvas
    place = canvas.viewportTransform().map(QPointF(40, 40)).toPoint()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, canvas.viewport().mapToGlobal(place))
    QApplication.sendEvent(canvas.viewport(), event)
    menu = next(m for m in canvas.findChildren(QMenu) if m.isVisible())
    named = [action.text() for action in menu.actions() if "\t" in action.text() and action.isCheckable()]
    assert len(named) == IN_USE
    assert named[0] == f"{NAMES[20]}\t21"
    assert menu.sizeHint().height() < 700
    many.window.live_actions["class.pick"].trigger()
    assert many.window.live_actions["class.pick"] in menu.actions()
    menu.close()
    many.dialog().reject()


def test_a_menu_of_few_classes_holds_them_all(many) -> None:
    model = many.workspace.model
    model.classes = model.classes[:MOST]
    menu = class_menu(model, many.canvas)
    assert sum(action.isCheckable() and "\t" in action.text() for action in menu.actions()) == MOST
    menu.deleteLater()


# --- the list in the panel ----------------------------------------------------------------------------------------


def panel_list(driver):
    return driver.window.opened.area.boxes_panel.classes.list


def shown(driver) -> list[str]:
    tree = panel_list(driver)
    return [tree.topLevelItem(row).text(1) for row in range(tree.topLevelItemCount())]


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Space, Qt.Key.Key_Enter])
def test_the_list_is_used_with_the_keyboard(many, key) -> None:
    tree = panel_list(many)
    assert [tree.topLevelItem(row).text(0) for row in (0, 9, 10, 29)] == ["1", "0", "11", "30"]
    tree.setFocus()
    for _ in range(14):
        QTest.keyClick(tree, Qt.Key.Key_Down)
    QTest.keyClick(tree, key)
    assert box_class(many) == NAMES[14]
    assert many.canvas.hasFocus()
    assert tree.currentItem().text(1) == NAMES[14]


def test_alt_and_an_arrow_move_a_class_and_ctrl_z_puts_it_back(many) -> None:
    tree = panel_list(many)
    ids = {c.name: c.id for c in many.workspace.model.classes}
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Down, ALT)
    many.until(lambda: shown(many)[:2] == ["Nut", "washer"])
    assert tree.topLevelItem(0).text(0) == "1", "the keys go with the order"
    assert "Ctrl+Z" in many.window.status.currentMessage()
    many.until(lambda: tree.currentItem().text(1) == "washer")
    QTest.keyClick(tree, Qt.Key.Key_Down, ALT)
    many.until(lambda: shown(many)[:3] == ["Nut", "bolt", "washer"])
    assert {c.name: c.id for c in many.workspace.model.classes} == ids
    assert box_class(many) == "washer"
    for expected in (["Nut", "washer"], ["washer", "Nut"]):
        QTest.keyClick(tree, Qt.Key.Key_Z, CTRL)
        many.until(lambda expected=expected: shown(many)[:2] == expected)
    assert len(many.labels.annotations) == 1, "the box was not taken back"


@pytest.mark.parametrize(
    ("row", "target", "lower", "expected"),
    [
        (4, 1, False, "04123"),
        (4, 1, True, "01423"),
        (0, 2, True, "12034"),
        (0, 2, False, "10234"),
        (3, 3, True, "01234"),
    ],
)
def test_a_row_that_is_dragged_moves_its_class(many, row, target, lower, expected) -> None:
    tree = panel_list(many)
    names = shown(many)
    tree.setCurrentItem(tree.topLevelItem(row))
    rect = tree.visualItemRect(tree.topLevelItem(target))
    place = QPointF(rect.left() + 40, rect.bottom() - 1 if lower else rect.top() + 1)
    mime = tree.model().mimeData([tree.model().index(row, 0)])
    keys, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    tree.dropEvent(QDropEvent(place, Qt.DropAction.MoveAction, mime, button, keys, QEvent.Type.Drop))
    wanted = [names[int(n)] for n in expected]
    many.until(lambda: [c.name for c in many.workspace.model.classes][:5] == wanted)
    assert shown(many)[:5] == wanted
    assert len(shown(many)) == 30


def test_the_menu_of_a_class_moves_and_colours_it(many) -> None:
    tree, model = panel_list(many), many.workspace.model
    tree.menu_wanted.emit(model.classes[2].id, QPoint(5, 5))
    panel = many.window.opened.area.boxes_panel.classes
    menu = next(m for m in panel.findChildren(QMenu) if m.isVisible())
    texts = {action.text(): action for action in menu.actions()}
    assert not texts["Take back the last change"].isEnabled()
    texts["Move to the top"].trigger()
    menu.close()
    many.until(lambda: shown(many)[:3] == ["bolt", "washer", "Nut"])
    tree.menu_wanted.emit(model.classes[0].id, QPoint(5, 5))
    menu = next(m for m in panel.findChildren(QMenu) if m.isVisible())
    texts = {action.text(): action for action in menu.actions()}
    assert not texts["Move up"].isEnabled()
    texts["Colour…"].trigger()
    menu.close()
    dialog = many.dialog()
    assert isinstance(dialog, QColorDialog)
    before = model.classes[0].color
    dialog.setCurrentColor(Qt.GlobalColor.red)
    dialog.accept()
    many.until(lambda: model.classes[0].color == "#ff0000")
    tree.setFocus()
    QTest.keyClick(tree, Qt.Key.Key_Z, CTRL)
    many.until(lambda: model.classes[0].color == before)


def test_a_list_that_may_not_be_changed_can_still_be_used(driver, tmp_path) -> None:
    folder = project(tmp_path, NAMES)
    with Project.open(folder):
        driver.open(folder)
        tree = panel_list(driver)
        assert tree.read_only
        tree.setFocus()
        QTest.keyClick(tree, Qt.Key.Key_Down, ALT)
        QTest.keyClick(tree, Qt.Key.Key_Down)
        QTest.keyClick(tree, Qt.Key.Key_Return)
        model = driver.workspace.model
        assert model.class_named(model.current_class_id).name == "Nut"
        assert shown(driver)[:2] == ["washer", "Nut"]
