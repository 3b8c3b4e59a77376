"""What is painted can be read: tool tips and every kind of control, in every theme, also when it changes meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import permutations

import pytest
from PySide6.QtCore import QMargins, QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDockWidget,
    QGroupBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QMenu,
    QMenuBar,
    QPlainTextEdit,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QStatusBar,
    QTabWidget,
    QToolButton,
    QToolTip,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)
from tests.presence import present
from tests.ui.conftest import wait_until
from tests.ui.screens.faults import READABLE, SHARP, painted, strongest_contrast

from boxwright.ui.look.palettes import PALETTES, ThemeName
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.retraining.advice_bar import AdviceBar
from boxwright.ui.shell.banner import Banner
from boxwright.ui.widgets.choice_button import ChoiceButton

STANDS_BACK = 2.0
"""What is disabled is meant to be fainter, and still to be found."""
WORDS = "Words of it"
CHANGES = [*permutations(PALETTES, 2)]
# Of the plug-in without a screen, when a window is put in front.
pytestmark = pytest.mark.qt_log_ignore("plugin does not support", extend=True)


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    QToolTip.hideText()
    apply_theme(qapp, "light")


def _part_contrast(whole: QWidget, part: QWidget) -> float:
    return read(whole, part.geometry(), 2)


def _row_contrast(listed: QListWidget, row: int) -> float:
    return read(listed.viewport(), listed.visualItemRect(listed.item(row)), 1)


def read(widget: QWidget, place: QRect | None = None, edge: int = 4) -> float:
    """How the words stand out from their ground; `edge`: pixels around `place` that are a frame."""
    part = (place or widget.rect()).marginsRemoved(QMargins(edge, edge, edge, edge))
    rows = slice(part.top() * SHARP, (part.bottom() + 1) * SHARP)
    return strongest_contrast(painted(widget)[rows, part.left() * SHARP : (part.right() + 1) * SHARP])


# --- tool tips --------------------------------------------------------------------------------------------------------


def tip(app: QApplication, qtbot, owner: QWidget, words: str = WORDS) -> QLabel:
    """The tip that Qt shows for `owner`, as it is on screen."""
    QToolTip.showText(owner.mapToGlobal(QPoint(3, 3)), words, owner)
    found: list[QLabel] = []

    def shown() -> bool:
        found[:] = [
            w for w in app.topLevelWidgets()
            if isinstance(w, QLabel) and w.inherits("QTipLabel") and w.isVisible()
        ]  # fmt: skip
        return len(found) == 1 and found[0].text() == words

    wait_until(shown)
    label = found[0]
    assert isinstance(label, QLabel)
    return label


def places() -> dict[str, QWidget]:
    """Widgets with a look of their own, which their tips must not inherit."""
    banner, advice = Banner(), AdviceBar()
    banner.tell(WORDS)
    advice.offer(WORDS, WORDS)
    label, edit = QLabel(WORDS), QLineEdit(WORDS)
    quiet, disabled = QLabel(WORDS), QPushButton(WORDS)
    quiet.setObjectName("quiet")
    disabled.setEnabled(False)
    words = banner.findChild(QLabel)
    assert words is not None
    return {"label": label, "edit": edit, "quiet": quiet, "disabled": disabled, "banner": banner, "on banner": words,
            "advice": advice}  # fmt: skip


@pytest.mark.parametrize(("before", "theme"), CHANGES)
def test_a_tool_tip_can_be_read_wherever_it_is_shown(app, qtbot, before: ThemeName, theme: ThemeName) -> None:
    apply_theme(app, before)
    page = QWidget()
    qtbot.addWidget(page)
    layout = QVBoxLayout(page)
    owners = places()
    for owner in owners.values():
        if owner.parentWidget() is None:
            layout.addWidget(owner)
    page.show()
    read(tip(app, qtbot, owners["label"], "an earlier tip"))
    apply_theme(app, theme)
    least = 7.0 if theme == "contrast" else READABLE
    for number, (name, owner) in enumerate(owners.items()):
        for words in (f"{WORDS} {number}", f"<b>{WORDS}</b> {number}"):
            assert read(tip(app, qtbot, owner, words)) >= least, (name, words)


def test_a_tip_that_is_on_screen_while_the_theme_changes_can_still_be_read(app, qtbot) -> None:
    apply_theme(app, "light")
    owner = QPushButton(WORDS)
    qtbot.addWidget(owner)
    owner.show()
    for theme in ("dark", "contrast", "light"):
        label = tip(app, qtbot, owner, f"{WORDS} {theme}")
        apply_theme(app, theme)
        assert read(label) >= READABLE, theme


def test_a_change_of_the_system_reaches_tips(app, qtbot) -> None:
    owner = QPushButton(WORDS)
    qtbot.addWidget(owner)
    owner.show()
    apply_theme(app, "system")
    for scheme in (Qt.ColorScheme.Dark, Qt.ColorScheme.Light):
        app.styleHints().colorSchemeChanged.emit(scheme)
        assert read(tip(app, qtbot, owner, f"{WORDS} {scheme}")) >= READABLE


# --- every other kind -------------------------------------------------------------------------------------------------

Reading = Callable[[], float]


def controls(page: QWidget) -> dict[str, Reading]:
    """A reading of each kind of control and of its states, all of them on `page`; "off" for disabled ones."""
    layout = QVBoxLayout(page)
    found: dict[str, Reading] = {}

    def put(name: str, widget: QWidget, reading: Reading | None = None) -> QWidget:
        layout.addWidget(widget)
        found[name] = reading or (lambda: read(widget))
        return widget

    for name, kind in {
        "label": QLabel, "edit": QLineEdit, "button": QPushButton, "check box": QCheckBox, "radio button": QRadioButton,
    }.items():  # fmt: skip
        put(name, kind(WORDS))
        put(f"{name} off", kind(WORDS)).setEnabled(False)
    put("group", group := QGroupBox(WORDS), lambda: read(group, QRect(0, 0, group.width(), 16), 1))
    group.setMinimumHeight(34)
    for name, maker in {"line": QLineEdit, "text": QPlainTextEdit}.items():
        field = maker()
        field.setPlaceholderText(WORDS)
        field.setFixedHeight(28)
        put(f"placeholder of {name}", field)
    selected = QLineEdit(WORDS * 8)
    selected.selectAll()
    put("selected words", selected)
    for checked in (False, True):
        for enabled in (True, False):
            tool = QToolButton()
            tool.setText(WORDS)
            tool.setCheckable(True)
            tool.setChecked(checked)
            tool.setEnabled(enabled)
            put(f"tool{' on' * checked}{' off' * (not enabled)}", tool)
    put("status bar", status := QStatusBar())
    status.showMessage(WORDS)
    put("progress", progress := QProgressBar())
    progress.setValue(50)
    put("menu bar", bar := QMenuBar(), lambda: read(bar, bar.actionGeometry(bar.actions()[0]), 1))
    bar.addMenu(WORDS)
    spin, spin_off = QSpinBox(), QSpinBox()
    for box in (spin, spin_off):
        box.setSuffix(WORDS)
    put("spin box", spin)
    put("spin box off", spin_off).setEnabled(False)
    banner, advice, choice = Banner(), AdviceBar(), ChoiceButton(WORDS, WORDS)
    banner.tell(WORDS)
    advice.offer(WORDS, WORDS)
    choice.fill([(WORDS, 1), (WORDS, 2)])
    for name, bar_of_ours in {"banner": banner, "advice": advice}.items():
        for number, part in enumerate((*bar_of_ours.findChildren(QLabel), *bar_of_ours.findChildren(QPushButton))):
            found[f"{name} {number}"] = partial(_part_contrast, bar_of_ours, part)
        layout.addWidget(bar_of_ours)
    put("choice", choice)
    put("list of choices", choice.list, lambda: read(choice.list.viewport(), edge=1))
    found |= _of_lists(put)
    return found


def _of_lists(put) -> dict[str, Reading]:
    tabs, tree, listed = QTabWidget(), QTreeWidget(), QListWidget()
    for number in range(2):
        tabs.addTab(QWidget(), f"{WORDS} {number}")
    tree.setHeaderLabels([WORDS])
    tree.addTopLevelItem(QTreeWidgetItem([WORDS]))
    listed.addItems([WORDS] * 3)
    listed.setCurrentRow(1)
    listed.item(2).setFlags(Qt.ItemFlag.NoItemFlags)
    dock_window = QMainWindow()
    dock = QDockWidget(WORDS)
    dock_window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)
    combo, combo_off = QComboBox(), QComboBox()
    for box in (combo, combo_off):
        box.addItems([WORDS] * 3)
    for widget, height in ((tabs, 50), (tree, 60), (listed, 90), (dock_window, 50)):
        widget.setFixedHeight(height)
    put("combo box", combo)
    put("combo box off", combo_off).setEnabled(False)
    for number in range(2):
        put(f"tab {number}", tabs, lambda n=number: read(tabs.tabBar(), tabs.tabBar().tabRect(n), 5))
    put("tree", tree, lambda: read(tree.viewport(), tree.visualItemRect(present(tree.topLevelItem(0))), 1))
    put("dock", dock_window, lambda: read(dock, QRect(0, 0, dock.width() - 50, 22), 2))
    rows = {"list": 0, "list selected": 1, "list off": 2}
    readings: dict[str, Reading] = {name: partial(_row_contrast, listed, row) for name, row in rows.items()}
    put("list", listed)
    readings["header"] = lambda: read(tree.header(), edge=2)
    readings["combo popup"] = lambda: _popup(combo)
    return readings


def _popup(combo: QComboBox) -> float:
    """The worse of the row under the pointer and another one."""
    combo.showPopup()
    view = combo.view()
    rows = [read(view.viewport(), view.visualRect(combo.model().index(row, 0)), 1) for row in range(2)]
    combo.hidePopup()
    return min(rows)


@pytest.mark.parametrize(("before", "theme"), CHANGES)
def test_every_kind_of_control_can_be_read_also_after_the_theme_has_changed(
    app, qtbot, before: ThemeName, theme: ThemeName
) -> None:
    apply_theme(app, before)
    page = QWidget()
    qtbot.addWidget(page)
    readings = controls(page)
    page.resize(420, page.sizeHint().height())
    page.show()
    apply_theme(app, theme)
    app.processEvents()
    told = {name: round(reading(), 2) for name, reading in readings.items()}
    poor = {name: value for name, value in told.items() if value < (STANDS_BACK if " off" in name else READABLE)}
    assert poor == {}


@pytest.mark.parametrize(("before", "theme"), CHANGES)
def test_menus_can_be_read_in_all_states(app, qtbot, before: ThemeName, theme: ThemeName) -> None:
    apply_theme(app, before)
    menu = QMenu()
    qtbot.addWidget(menu)
    plain, off, ticked = (menu.addAction(f"{WORDS} {n}") for n in range(3))
    off.setEnabled(False)
    ticked.setCheckable(True)
    ticked.setChecked(True)
    apply_theme(app, theme)
    menu.popup(QPoint(5, 5))
    told = {}
    for active in (None, plain, off, ticked):
        menu.setActiveAction(active)  # type: ignore[arg-type]  # its stub has no None, which Qt knows
        for action in (plain, off, ticked):
            told[action.text(), active.text() if active else ""] = read(menu, menu.actionGeometry(action), 3)
    poor = {k: round(v, 2) for k, v in told.items() if v < (STANDS_BACK if k[0] == off.text() else READABLE)}
    menu.close()
    assert poor == {}
