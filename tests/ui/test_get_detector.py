"""Getting a detector in the window: a team's list on a real server, a child that downloads and one that tries."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from tests.colours import CLASSES, write_detector
from tests.http_site import Page, site
from tests.presence import present

from boxwright.services.detectors.catalogue import add_entries, catalogue, entry_of, own_list
from boxwright.services.detectors.catalogue_entry import CatalogueEntry
from boxwright.services.detectors.kept import begun, detectors_folder, kept
from boxwright.services.project.project import Project
from boxwright.ui.detectors.add_detector import AddDetectorDialog
from boxwright.ui.detectors.add_entry import AddEntryDialog
from boxwright.ui.detectors.get_detector import NAME_ROLE, GetDetectorDialog
from boxwright.ui.detectors.obtain_task import HashDialog


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with site() as running:
        running.pages["/seen.onnx"] = Page(write_detector(tmp_path / "seen.onnx").read_bytes())
        yield running


@pytest.fixture
def entry(server):
    content = server.pages["/seen.onnx"].content
    made = CatalogueEntry(
        "team-seen", server.address("/seen.onnx"), "Seen", "ours", len(content), None,
        hashlib.sha256(content).hexdigest(), CLASSES, good_for=("guess",),
    )  # fmt: skip
    add_entries([made])
    return made


def _click(button) -> None:
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def _opened(driver, name: str = "team-seen") -> GetDetectorDialog:
    driver.window.live_actions["detector.get"].trigger()
    dialog = driver.dialog()
    assert isinstance(dialog, GetDetectorDialog)
    _choose(dialog, name)
    return dialog


def _choose(dialog: GetDetectorDialog, name: str) -> None:
    items = [present(dialog.list.topLevelItem(row)) for row in range(dialog.list.topLevelItemCount())]
    dialog.list.setCurrentItem(next(item for item in items if item.data(0, NAME_ROLE) == name))


def _row(dialog: GetDetectorDialog) -> list[str]:
    item = present(dialog.list.currentItem())
    return [item.text(column) for column in range(dialog.list.columnCount())]


def test_the_list_says_what_each_is_good_for_and_nothing_is_asked_of_anybody(driver, server, entry):
    dialog = _opened(driver, "dfine-n")
    assert dialog.list.topLevelItemCount() == len(catalogue()) == 19
    assert _row(dialog) == ["D-FINE N", "guessing at once, training from", "0.428", "15.3 MB", "Apache-2.0", ""]
    told = dialog.details.texts()
    assert told["Pinned to"] == "380d2839c327efaf65dd0fe0c2c10ab7fadd5473"
    assert told["Comes from"].startswith("https://huggingface.co/onnx-community/dfine_n_coco-ONNX/resolve/380d2839")
    assert told["SHA-256"] == entry_of("dfine-n").sha256
    assert told["Knows"].startswith("80 classes: person, bicycle, car")
    assert "huggingface.co" in dialog.words.text()
    _choose(dialog, "rfdetr-nano")
    assert "Objects365, whose pictures are for research only" in dialog.details.texts()["Trained on"]
    assert dialog.details.texts()["SHA-256"].startswith("not known yet")
    assert dialog.go.text() == "Download" and dialog.go.isEnabled()
    dialog.reject()
    assert server.asked == []


def test_one_is_downloaded_tried_and_added_to_the_project(driver, folder, server, entry):
    driver.open(folder)
    dialog = _opened(driver)
    _click(dialog.go)
    driver.until(lambda: not dialog.busy)
    assert not dialog.problem.isVisible(), dialog.problem.text()
    here = kept(entry)
    assert here is not None and here.seconds is not None
    assert _row(dialog)[5].startswith("here, ")
    assert dialog.go.text() == "Add to the project…" and dialog.go.hasFocus()
    driver.key(Qt.Key.Key_Return)
    adding = driver.dialog()
    assert isinstance(adding, AddDetectorDialog)
    driver.until(adding.go.isEnabled)
    _click(adding.go)
    driver.until(lambda: driver.workspace.detector is not None and driver.workspace.detector.name == "team-seen")
    driver.dialog().reject()
    with Project.open(folder, read_only=True) as project:
        model = project.models.active()
        assert model is not None and model.card.classes == CLASSES and model.sha256 == entry.sha256


def test_a_download_is_stopped_and_goes_on_the_next_time(driver, server, entry):
    page = server.pages["/seen.onnx"]
    page.held, page.held_after = threading.Event(), 1000
    dialog = _opened(driver)
    _click(dialog.go)
    driver.until(lambda: "1.0 kB" in dialog.progress.words.text())
    assert not dialog.list.isEnabled() and not dialog.go.isEnabled()
    _click(dialog.stop)
    driver.until(lambda: not dialog.busy)
    assert "What has come is kept" in dialog.problem.text()
    assert "1.0 kB of it have come" in dialog.words.text()
    page.held.set()
    page.held = None
    server.asked.clear()
    _click(dialog.go)
    driver.until(lambda: not dialog.busy)
    assert [wanted for _, wanted, _ in server.asked] == ["bytes=1000-"]
    assert kept(entry) is not None and begun(entry) == 0
    assert not dialog.go.isEnabled(), "no project is open: it is only kept"
    assert dialog.details.texts()["Kept in"] == str(detectors_folder() / "team-seen.onnx")
    dialog.reject()


def test_closing_the_dialog_stops_the_download(driver, server, entry):
    page = server.pages["/seen.onnx"]
    page.held, page.held_after = threading.Event(), 1000
    dialog = _opened(driver)
    _click(dialog.go)
    driver.until(lambda: begun(entry) == 1000)
    dialog.reject()
    page.held.set()
    assert kept(entry) is None
    again = _opened(driver)
    assert "1.0 kB of it have come" in again.words.text()
    again.reject()


def test_a_hash_that_nobody_knows_is_shown_before_the_file_is_opened(driver, server, entry):
    sha256 = entry.sha256
    add_entries([CatalogueEntry(entry.name, entry.source, "Seen", classes=CLASSES)])
    dialog = _opened(driver)
    _click(dialog.go)
    driver.until(lambda: dialog.isVisible() and isinstance(driver.dialog(), HashDialog))
    asking = driver.dialog()
    assert sha256 in asking.hash.text()
    driver.key(Qt.Key.Key_Return)
    driver.until(lambda: not dialog.busy)
    assert "kept unopened" in dialog.problem.text() and kept(entry_of("team-seen")) is None
    server.asked.clear()
    _click(dialog.go)
    driver.until(lambda: isinstance(driver.dialog(), HashDialog))
    _click(driver.dialog().go)
    driver.until(lambda: not dialog.busy)
    assert server.asked == [], "it had come already"
    assert kept(entry_of("team-seen")) is not None
    assert dialog.details.texts()["SHA-256"] == sha256
    dialog.reject()


def test_what_went_wrong_is_said_in_the_dialog_and_can_be_tried_again(driver, server, entry):
    content = server.pages["/seen.onnx"].content
    server.pages["/seen.onnx"] = Page(status=404)
    dialog = _opened(driver)
    _click(dialog.go)
    driver.until(lambda: not dialog.busy)
    assert "no such file any more (404)" in dialog.problem.text()
    server.pages["/seen.onnx"] = Page(content[::-1])
    _click(dialog.go)
    driver.until(lambda: not dialog.busy)
    assert "another file than it should be" in dialog.problem.text()
    assert kept(entry) is None and dialog.go.isEnabled()
    dialog.reject()


def test_a_folder_serves_on_a_machine_without_a_network(driver, tmp_path, server, entry, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path))
    dialog = _opened(driver)
    _click(dialog.folder)
    driver.until(lambda: not dialog.busy)
    assert kept(entry) is not None and server.asked == []
    assert not dialog.folder.isEnabled()
    dialog.reject()


def test_entries_of_one_s_own_are_added_and_taken_off(driver, tmp_path, server):
    dialog = _opened(driver, "yolox-nano")
    assert not dialog.remove.isVisible()
    _click(dialog.add)
    form = driver.dialog()
    assert isinstance(form, AddEntryDialog)
    QTest.keyClicks(form.name, "Team-Owls")
    _click(form.go)
    assert "'source' must be an address" in form.problem.text()
    QTest.keyClicks(form.source, server.address("/owls.onnx"))
    QTest.keyClicks(form.classes, "COCO80")
    form.uses["base"].setChecked(True)
    _click(form.go)
    driver.until(lambda: dialog.chosen is not None and dialog.chosen.name == "team-owls")
    made = entry_of("team-owls")
    assert (len(made.classes), made.good_for, made.sha256) == (80, ("base",), None)
    assert "nothing: another file may lie there tomorrow" in dialog.details.texts()["Pinned to"]
    team = tmp_path / "team.json"
    team.write_text(json.dumps({"detectors": [{"name": "team-cones", "source": "https://files.example.org/c.onnx"}]}))
    _click(dialog.add)
    form = driver.dialog()
    form.take_list(team)
    driver.until(lambda: dialog.chosen is not None and dialog.chosen.name == "team-cones")
    assert dialog.remove.isVisible()
    _click(dialog.remove)
    assert [one.name for one in catalogue() if one.own] == ["team-owls"]
    dialog.reject()


def test_a_damaged_list_of_one_s_own_leaves_the_rest(driver):
    own_list().parent.mkdir(parents=True, exist_ok=True)
    own_list().write_text("[")
    dialog = _opened(driver, "yolox-nano")
    assert "is no list of detectors" in dialog.problem.text()
    assert dialog.list.topLevelItemCount() == 18
    dialog.reject()


def test_the_list_of_detectors_leads_to_it(driver, folder):
    with Project.open(folder) as project:
        for model in project.models.all():
            project.models.remove(model.id)
    driver.open(folder)
    driver.window.live_actions["detector.list"].trigger()
    dialog = driver.dialog()
    driver.until(lambda: "There is no detector yet: get one" in dialog.words.text())
    _click(dialog.get)
    driver.until(lambda: isinstance(driver.dialog(), GetDetectorDialog))
    assert driver.dialog()._use_words == "Add to the project…"
    driver.dialog().reject()


def test_the_wizard_takes_one_that_is_here(driver, tmp_path, server, entry):
    driver.window.live_actions["project.new"].trigger()
    wizard = driver.dialog()
    wizard._show(3)
    _click(wizard.detector.get)
    driver.until(lambda: isinstance(driver.dialog(), GetDetectorDialog))
    dialog = driver.dialog()
    _choose(dialog, "team-seen")
    _click(dialog.go)
    driver.until(lambda: not dialog.busy)
    assert dialog.go.text() == "Take it"
    _click(dialog.go)
    driver.until(lambda: not wizard.detector.looking)
    assert wizard.detector.chosen == detectors_folder() / "team-seen.onnx"
    assert wizard.detector.problem() == "" and "yolov8" in wizard.detector.found.text()
    wizard.reject()
