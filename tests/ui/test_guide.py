"""The guide inside the program: its pages, a search through all of them, and where its links lead."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from tests.ui.conftest import make_pictures

from boxwright.services.guide.pages import CHANGES, COCO_DETECTOR, FORMATS, MODELS, NO_DETECTOR, START
from boxwright.services.project.project import Project
from boxwright.ui.help.guide_window import GuideWindow
from boxwright.ui.project.queue import View

LEFT = Qt.MouseButton.LeftButton
SHIFT, CTRL, ALT = (
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
)


class Catcher(QObject):
    """Takes addresses in the browser's place."""

    def __init__(self, opened: list[str]) -> None:
        super().__init__()
        self._opened = opened

    @Slot(QUrl)
    def took(self, url: QUrl) -> None:
        self._opened.append(url.toString())


@pytest.fixture
def guide(driver) -> GuideWindow:
    """Opened by its key, with the keyboard."""
    driver.key(Qt.Key.Key_F1, SHIFT)
    found = driver.window.guide
    assert found is not None
    driver.until(found.isActiveWindow)
    return found


def type_words(driver, guide: GuideWindow, words: str) -> None:
    """Into the search field, which has the keyboard, and wait for every page to be searched."""
    assert QApplication.focusWidget() is guide.search
    QTest.keyClicks(guide.search, words)
    driver.until(lambda: len(guide._index) == len(guide._pages))


def found(guide: GuideWindow) -> list[str]:
    return [guide.list.item(row).text().partition("  (")[0] for row in range(guide.list.count())]


def click_link(driver, guide: GuideWindow, target: str) -> None:
    """Click on the first link to `target`, where it is on screen."""
    block = guide.browser.document().begin()
    while block.isValid():
        at = block.begin()
        while not at.atEnd():
            if target in at.fragment().charFormat().anchorHref():
                cursor = guide.browser.textCursor()
                cursor.setPosition(at.fragment().position() + 1)
                guide.browser.setTextCursor(cursor)
                guide.browser.ensureCursorVisible()
                place = guide.browser.cursorRect(cursor).center() + QPoint(2, 0)
                QTest.mouseMove(guide.browser.viewport(), place)
                QTest.mouseClick(guide.browser.viewport(), LEFT, pos=place)
                return
            at += 1
        block = block.next()
    raise AssertionError(f"no link to {target}")


def test_it_begins_with_the_tour_and_lists_every_page(guide: GuideWindow) -> None:
    assert guide.browser.place == START
    assert guide.list.currentItem().text() == "A tour"
    assert {"I have no detector", "I have a COCO detector", "Commands", "What is new"} <= set(found(guide))
    assert "Boxwright goes round one circle" in guide.browser.toPlainText()


def test_links_lead_to_pages_and_headings_and_back(driver, guide: GuideWindow) -> None:
    click_link(driver, guide, "docs/guide/formats.md")
    assert guide.browser.place == FORMATS
    assert guide.list.currentItem().text() == "Dataset formats"
    QTest.keyClick(guide.search, Qt.Key.Key_Left, ALT)
    assert guide.browser.place == START
    QTest.mouseClick(guide.forward, LEFT)
    assert guide.browser.place == FORMATS
    guide.browser.show_page(MODELS, "cards")
    assert guide.browser.verticalScrollBar().value() > 0


def test_a_search_ranks_pages_and_return_goes_through_them(driver, guide: GuideWindow) -> None:
    type_words(driver, guide, "corner stride")
    first, second, *_ = found(guide)
    assert (first, guide.title.text()) == ("Detectors and their cards", first)
    left = len(guide.browser.hits) - guide.browser.hit
    assert left > 1
    QTest.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.title.text() == first
    assert guide.found.text().startswith(f"{len(guide.browser.hits) - left + 2} of ")
    for _ in range(left - 1):
        QTest.keyClick(guide.search, Qt.Key.Key_Return)
    assert guide.title.text() == second
    assert guide.browser.hits[0].selectedText().casefold() in ("corner", "stride")
    QTest.keyClick(guide.search, Qt.Key.Key_Return, SHIFT)
    assert guide.title.text() == first
    assert guide.browser.hit == len(guide.browser.hits) - 1
    QTest.keyClick(guide.search, Qt.Key.Key_Escape)
    assert not guide.search.text()
    assert guide.browser.hits == []
    type_words(driver, guide, "xyzzyplugh")
    assert guide.found.text() == "Nothing found"


def test_pictures_are_there_and_no_wider_than_the_page(driver, guide: GuideWindow) -> None:
    for width in (1000, 560):
        guide.resize(width, 600)
        guide.browser.show_page(START)
        driver.until(lambda: guide.browser.document().idealWidth() <= guide.browser.viewport().width())
    pictures = [text for text in guide.browser.toPlainText() if text == "\ufffc"]
    assert pictures


def test_the_text_grows_with_the_keys_and_goes_back(guide: GuideWindow) -> None:
    size = guide.browser.font().pointSizeF()
    QTest.keyClick(guide.search, Qt.Key.Key_Plus, CTRL)
    assert guide.browser.font().pointSizeF() > size
    QTest.keyClick(guide.search, Qt.Key.Key_0, CTRL)
    assert guide.browser.font().pointSizeF() == size


def test_it_follows_the_theme_and_stays_on_its_page(driver, guide: GuideWindow) -> None:
    guide.browser.show_page(MODELS)
    light = guide.browser.grab().toImage().pixelColor(4, 4).lightness()
    driver.window.change_setting(theme="dark")
    assert guide.browser.place == MODELS
    assert guide.browser.grab().toImage().pixelColor(4, 4).lightness() < light
    assert guide.browser.document().defaultStyleSheet().count("#202328")
    driver.window.change_setting(theme="system")


def test_a_link_that_leads_out_asks_first(driver, guide: GuideWindow) -> None:
    opened: list[str] = []
    catcher = Catcher(opened)
    QDesktopServices.setUrlHandler("https", catcher, "took")  # type: ignore[arg-type]
    try:
        for answer in ("Cancel", "Open in the browser"):
            guide.browser.follow(QUrl("https://example.org/page"))
            dialog = driver.dialog()
            QTest.mouseClick(next(b for b in dialog.findChildren(QPushButton) if b.text() == answer), LEFT)
    finally:
        QDesktopServices.unsetUrlHandler("https")
    assert opened == ["https://example.org/page"]


def test_a_file_that_does_not_come_along_is_said(guide: GuideWindow) -> None:
    guide.browser.follow(QUrl("page:/docs/evidence/none.html"))
    assert guide.found.text() == "none.html does not come with this installation."
    guide.browser.follow(QUrl("page:/../../secret.md"))
    assert guide.browser.place == START


def test_it_can_be_read_beside_a_dialog_and_ends_with_the_window(driver, folder: Path) -> None:
    driver.open(folder)
    driver.window.live_actions["detector.add"].trigger()
    dialog = driver.dialog()
    QTest.keyClick(dialog, Qt.Key.Key_F1)
    guide = driver.window.guide
    driver.until(guide.isActiveWindow)
    assert guide.browser.place == COCO_DETECTOR
    QTest.keyClicks(guide.search, "x")
    assert guide.search.text() == "x"
    dialog.reject()
    driver.window.close()
    assert not guide.isVisible()


def test_whoever_has_no_detector_is_led_to_the_page(driver, tmp_path: Path) -> None:
    make_pictures(tmp_path / "pictures", 2)
    with Project.create(tmp_path / "none", ["nut"]) as project:
        from boxwright.services.images.scan import add_folders

        add_folders(project, [tmp_path / "pictures"])
    driver.open(tmp_path / "none")
    driver.workspace.show_list(View.REVIEW)
    page = driver.window.opened.area.image_area.empty
    driver.until(page.isVisible)
    QTest.mouseClick(page.buttons["help.no_detector"], LEFT)
    assert driver.window.guide.browser.place == NO_DETECTOR
    driver.window.live_actions["detector.list"].trigger()
    dialog = driver.dialog()
    driver.until(dialog.none.isVisible)
    driver.window.guide.browser.show_page(START)
    QTest.mouseClick(dialog.none, LEFT)
    assert driver.window.guide.browser.place == NO_DETECTOR
    dialog.reject()


def test_what_is_new_is_in_the_menu(driver) -> None:
    driver.window.live_actions["help.news"].trigger()
    assert driver.window.guide.browser.place == CHANGES
    assert driver.window.guide.title.text() == "What is new"
    assert "Changelog" in driver.window.guide.browser.toPlainText()


def test_it_speaks_the_language_of_the_window(driver, guide: GuideWindow) -> None:
    assert not guide.english.isVisible()
    driver.window.change_setting(language="ko")
    words = guide.windowTitle(), guide.search.placeholderText(), guide.english.isVisible()
    driver.window.change_setting(language="en")
    assert words == ("안내서 – Boxwright", "안내서에서 찾기", True)
