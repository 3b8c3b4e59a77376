"""The window says everything through its catalogue, and is switched without a restart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox
from translations import TEMPLATE

from boxwright.config.settings import load_settings
from boxwright.domain.annotation import Origin
from boxwright.domain.batch import Slot
from boxwright.domain.image import Split
from boxwright.domain.marks import FLAGS
from boxwright.domain.pool_query import Kind, Order
from boxwright.formats.table_map import MEANINGS
from boxwright.ui.actions.action import MENUS
from boxwright.ui.actions.go_actions import ALL_DONE
from boxwright.ui.actions.table import ACTIONS
from boxwright.ui.batches import experiment
from boxwright.ui.batches.sampler_words import AGGREGATE_WORDS, SCORE_WORDS
from boxwright.ui.detectors import detector_list
from boxwright.ui.detectors.map_table import DROPPED
from boxwright.ui.detectors.prelabel import DEVICES
from boxwright.ui.exchange.export_dialog import IMAGE_MODES
from boxwright.ui.exchange.import_classes import LEFT_OUT
from boxwright.ui.exchange.import_dialog import KINDS
from boxwright.ui.gallery import place
from boxwright.ui.gallery.filters import SINCE
from boxwright.ui.language.translation import tr, use_language
from boxwright.ui.new_project.pages import LookingPage, Page
from boxwright.ui.panels.attributes import DIFFERENT
from boxwright.ui.panels.box_list import BoxTable
from boxwright.ui.panels.review_bar import FIXES
from boxwright.ui.panels.skip import REASONS
from boxwright.ui.panels.statistics import FIGURES, NOT_MEASURED
from boxwright.ui.project.jobs import PRELABELLING
from boxwright.ui.project.queue import Show
from boxwright.ui.project.saving import SavingState
from boxwright.ui.recovery import go_back
from boxwright.ui.retraining import advice, rounds
from boxwright.ui.retraining.schedule import WAYS
from boxwright.ui.retraining.trainer_options import OPTIONS
from boxwright.ui.retraining.words import EFFORTS, MEASURING
from boxwright.ui.settings.dialog import SettingsDialog
from boxwright.ui.settings.table import SETTINGS, When
from boxwright.ui.shell.open_project import WAITING

UI = Path(__file__).resolve().parents[2] / "app" / "boxwright" / "ui"
EVERY = tuple(sorted(path.relative_to(UI).as_posix() for path in UI.rglob("*.py")))
SHOWN = {
    "setText", "setToolTip", "setAccessibleName", "setAccessibleDescription", "setPlaceholderText", "setWindowTitle",
    "setTitle", "setSuffix", "addRow", "addAction", "addItem", "addTab", "complain", "say", "tell", "plain_label",
    "QLabel", "QPushButton", "QCheckBox", "QRadioButton", "PathField", "BackgroundTask",
}  # fmt: skip
# Names, and what a program is told.
NO_WORDS = {
    "Boxwright", "Boxwright   · Apache-2.0", "SHA-256", "team-bolts", "https://…/detector.onnx", "{dataset} {out}",
}  # fmt: skip


def bare_texts(source: str) -> Iterator[str]:
    """Words for a person that do not go through `tr`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in SHOWN:
            for argument in node.args:
                text: object
                if isinstance(argument, ast.JoinedStr):
                    parts = [part.value for part in argument.values if isinstance(part, ast.Constant)]
                    text = " ".join(map(str, parts))
                else:
                    text = argument.value if isinstance(argument, ast.Constant) else ""
                if isinstance(text, str) and re.search("[A-Za-z]{2}", text) and text.strip(" –\n") not in NO_WORDS:
                    yield f"line {node.lineno}: {text}"


def texts_of_tables() -> set[str]:
    """What is looked up by a variable, so that only a mark in its table tells the catalogue of it."""
    texts = {a.text for a in ACTIONS} | {a.toolbar for a in ACTIONS} | {*MENUS, "Keys"}
    texts |= {s.text for s in SETTINGS} | {s.help for s in SETTINGS} | {s.group for s in SETTINGS}
    texts |= {words for title_and_words in WAYS.values() for words in title_and_words}
    texts |= {words for page in Page.__subclasses__() for words in (page.title, page.about)}
    texts |= {words for page in LookingPage.__subclasses__() for words in (page.title, page.about)}
    texts |= {w.value for w in When} | {s.value for s in SavingState}
    for words in (Show, Kind, Order, Origin, Slot):
        texts |= {word.value for word in words}
    texts |= {
        *FLAGS,
        *FIXES.values(),
        *ALL_DONE.values(),
        WAITING,
        *REASONS,
        *place.BUTTONS.values(),
        *advice.BUTTONS.values(),
    }
    texts |= {words for words, _ in SINCE} | {words for pair in EFFORTS.values() for words in pair} | {MEASURING}
    texts |= {*BoxTable.COLUMNS, "Doubt", "nothing there", "other classes", PRELABELLING}
    # What images and batches are ranked by.
    texts |= {"entropy", "least confidence", "margin", "detection entropy", "score", "best score", "disagreement"}
    for table in (SCORE_WORDS, AGGREGATE_WORDS, DEVICES, IMAGE_MODES, KINDS, go_back.WHY):
        texts |= set(table.values())
    texts |= {score.replace("_", " ") for score in SCORE_WORDS} | set(AGGREGATE_WORDS) | set(MEANINGS)
    for columns in (rounds.COLUMNS, detector_list.COLUMNS, experiment.COLUMNS, go_back.COLUMNS, FIGURES, Split):
        texts |= set(map(str, columns))
    texts |= {LEFT_OUT, DROPPED, DIFFERENT, NOT_MEASURED, rounds.TITLE, rounds.EMPTY, rounds.NO_ROUNDS, rounds.NO_AUDIT}
    texts |= {words for option in OPTIONS.values() for words in (option.title, option.hint, option.pattern)}
    own_words = {"language", "key_map"}
    texts |= {words for s in SETTINGS if s.name not in own_words for _, words in s.choices}
    return texts - {"", "AP", "AP50"}


def test_every_row_of_a_table_is_marked_for_the_catalogue():
    assert sorted(texts_of_tables() - {entry.msgid for entry in polib.pofile(str(TEMPLATE))}) == []


@pytest.mark.parametrize("module", EVERY)
def test_a_module_says_everything_through_tr(module):
    assert list(bare_texts((UI / module).read_text(encoding="utf-8"))) == []


def test_a_planted_bare_text_is_found():
    assert list(bare_texts("QLabel('Some words')\nx.setText(f'{n} of them')\ny.setText(tr('Fine'))")) == [
        "line 1: Some words", "line 2:  of them",
    ]  # fmt: skip


@pytest.fixture
def english(qapp):
    yield
    use_language(qapp, "en")


def test_the_language_is_switched_without_a_restart_and_back(opened, english):
    opened.window.live_actions["window.settings"].trigger()
    dialog = opened.dialog()
    combo = dialog.rows["language"].control
    combo.setCurrentIndex(combo.findData("ko"))
    assert load_settings()[0].language == "ko"
    actions = opened.window.live_actions
    assert actions["label.accept_all"].text() == "모두 수락하고 다음으로"
    assert actions["label.accept_all"].iconText() == "모두 수락"
    assert actions["go.next"].toolTip() == "다음 이미지 (D)"
    assert opened.window.menuBar().actions()[0].text() == "프로젝트(&P)"
    assert QLocale().language() is QLocale.Language.Korean
    dialog.reject()
    opened.window.live_actions["window.settings"].trigger()
    again = opened.dialog()
    assert isinstance(again, SettingsDialog)
    assert again.windowTitle() == "설정"
    QTest.keyClicks(again.search, "theme")
    assert again.rows["theme"].isVisible(), "words are found in both languages"
    language = again.rows["language"].control
    assert isinstance(language, QComboBox)
    language.setCurrentIndex(language.findData("en"))
    assert actions["label.accept_all"].text() == "Accept all and go on"
    again.reject()


def test_the_start_page_follows_and_still_works(driver, english):
    window = driver.window
    window.change_setting(language="ko")
    assert window.start_page.isVisible()
    assert window.start_page.open.text() == "프로젝트 열기…"
    QTest.mouseClick(window.start_page.new, Qt.MouseButton.LeftButton)
    driver.dialog().reject()


def test_what_the_catalogue_does_not_have_is_said_in_english(qapp, english):
    use_language(qapp, "ko")
    assert tr("A sentence of another day") == "A sentence of another day"
    assert QApplication.translate("QPlatformTheme", "Cancel") == "취소"
