"""A list without an image says why, and offers what to do next."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from boxwright.domain.edits import EditKind, set_state
from boxwright.domain.image import ImageState
from boxwright.services.project.project import Project
from boxwright.ui.panels.empty_page import Empty
from boxwright.ui.project.queue import View

LEFT = Qt.MouseButton.LeftButton


def _page(driver):
    page = driver.window.opened.area.image_area.empty
    driver.until(page.isVisible)
    return page


def _shown(page) -> list[str]:
    return [name for name, button in page.buttons.items() if button.isVisible()]


def test_a_project_without_images_offers_to_add_some(driver, tmp_path: Path) -> None:
    with Project.create(tmp_path / "empty", ["nut"]):
        pass
    driver.open(tmp_path / "empty")
    page = _page(driver)
    assert page.why is Empty.POOL
    assert _shown(page) == ["project.add_images"]
    assert page.buttons["project.add_images"].isEnabled()


def test_when_everything_is_labelled_the_labels_can_be_exported_from_there(driver, folder: Path) -> None:
    with Project.open(folder) as project:
        for image in project.images.ids().tolist():
            project.labels.apply(
                image, set_state(project.labels.load(image), ImageState.LABELED, EditKind.MARK_LABELLED)
            )
    driver.open(folder)
    panel = driver.window.opened.area.queue_panel
    panel.source.setCurrentIndex(panel.source.findText("To do", Qt.MatchFlag.MatchStartsWith))
    panel.source.activated.emit(panel.source.currentIndex())
    page = _page(driver)
    assert page.why is Empty.DONE
    assert _shown(page) == ["project.export", "pool.review"]
    assert "teach the detector" not in panel.hint.text()
    assert "schedule stops" not in driver.window.advice.words
    QTest.mouseClick(page.buttons["project.export"], LEFT)
    dialog = driver.dialog()
    assert dialog.windowTitle() == "Export"
    dialog.reject()


def test_the_page_comes_with_an_empty_list_and_goes_with_an_image(driver, folder: Path) -> None:
    driver.open(folder)
    page, workspace = driver.window.opened.area.image_area.empty, driver.workspace
    assert not page.isVisible()
    workspace.show_list(View.REVIEW)
    driver.until(page.isVisible)
    assert page.why is Empty.LIST
    assert _shown(page) == ["batch.next"]
    workspace.show_list(View.ALL)
    driver.shown()
    assert not page.isVisible()
    assert driver.canvas.isVisible()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_words_follow_the_language(driver, tmp_path: Path, language: str) -> None:
    with Project.create(tmp_path / "empty", ["nut"]):
        pass
    driver.open(tmp_path / "empty")
    page = _page(driver)
    driver.window.change_setting(language=language)
    words = page.title.text(), page.buttons["project.add_images"].text()
    driver.window.change_setting(language="en")
    wanted = {
        "en": ("This project has no images yet", "Add images…"),
        "ko": ("이 프로젝트에 아직 이미지가 없습니다", "이미지 추가…"),
    }
    assert words == wanted[language]
