"""Batches drawn in the window: the first at random, later ones with both parts."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.colours import make_pool, shades
from tests.conftest import REPOSITORY
from tests.presence import present

from boxwright.config.plugins import Plugins
from boxwright.domain.batch import Slot
from boxwright.domain.edits import confirm_empty
from boxwright.sampling import samplers
from boxwright.sampling.protocol import Sampler
from boxwright.services.batches.schedule import set_schedule
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import Schedule

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def folder(tmp_path):
    with make_pool(tmp_path, shades(40)) as project:
        prelabel(project, project.models.get(1), "cpu")
        set_schedule(project, Schedule(initial=0.25, step=0.5, stop=1.0))
        return project.folder


def slots(driver) -> list[Slot]:
    return [item.slot for item in driver.workspace.queue.batch.items]


def open_dialog(driver):
    driver.window.live_actions["batch.next"].trigger()
    dialog = driver.dialog()
    driver.until(lambda: "unlabelled images" in dialog.plan.text() and " 0 " not in dialog.plan.text())
    return dialog


def drawn(driver, dialog, number: int) -> list[Slot]:
    QTest.mouseClick(dialog.go, LEFT)
    driver.until(lambda: driver.workspace.queue.batch is not None and driver.workspace.queue.batch.id == number)
    return slots(driver)


def label_batch(driver, folder) -> None:
    """Beside the window, as another command would."""
    driver.window.close_project()
    with Project.open(folder) as project:
        for item in present(project.batches.latest()).items:
            project.labels.apply(item.image_id, confirm_empty(project.labels.load(item.image_id)))
    driver.open(folder)


@pytest.mark.quick
def test_the_dialog_draws_a_random_first_batch_and_then_half_and_half(driver, folder):
    driver.open(folder)
    dialog = open_dialog(driver)
    assert dialog.sampler.currentData() == "random"
    assert not dialog.random.isEnabled()
    assert "first batch" in dialog.plan.text()
    dialog.size_box.setValue(10)
    assert drawn(driver, dialog, 1) == [Slot.INITIAL] * 10
    assert "10 initial" in driver.window.status.currentMessage()
    assert driver.workspace.queue.origin.words == "10 drawn at random."
    label_batch(driver, folder)
    dialog = open_dialog(driver)
    assert dialog.sampler.currentData() == "uncertainty-diversity"
    assert (dialog.random.value(), dialog.random.isEnabled()) == (50, True)
    assert dialog.size_box.value() == 10
    assert "Another 5 are drawn at random" in dialog.plan.text()
    assert drawn(driver, dialog, 2) == [Slot.UNCERTAIN, Slot.RANDOM] * 5


def test_a_batch_drawn_before_the_dialog_has_read_the_pool_follows_the_schedule(driver, folder):
    driver.open(folder)
    driver.window.live_actions["batch.next"].trigger()
    assert drawn(driver, driver.dialog(), 1) == [Slot.INITIAL] * 40


def test_the_share_is_set_in_the_dialog_for_every_rule(driver, folder):
    driver.open(folder)
    dialog = open_dialog(driver)
    dialog.size_box.setValue(20)
    dialog.sampler.setCurrentIndex(dialog.sampler.findData("uncertainty"))
    assert dialog.random.isEnabled()
    dialog.random.setValue(20)
    assert "the 16 most uncertain" in dialog.plan.text()
    assert "Another 4 are drawn at random" in dialog.plan.text()
    found = drawn(driver, dialog, 1)
    assert (found.count(Slot.UNCERTAIN), found.count(Slot.RANDOM)) == (16, 4)


def test_the_published_rule_is_shown_whole(driver, folder):
    driver.open(folder)
    dialog = open_dialog(driver)
    dialog.random.setValue(20)
    dialog.sampler.setCurrentIndex(dialog.sampler.findData("uncertainty-random"))
    assert (dialog.score.currentData(), dialog.aggregate.currentData()) == ("entropy", "max")
    assert (dialog.random.value(), dialog.subset.value(), dialog.rare.isChecked()) == (50, 20, False)
    dialog.reject()


def test_what_the_schedule_suggests_is_drawn_with_both_parts(driver, folder):
    driver.open(folder)
    driver.until(lambda: "first batch" in driver.window.advice.words)
    driver.window.opened.retraining.adviser.batch_wanted.emit()
    driver.until(lambda: driver.workspace.queue.latest is not None)
    assert {item.slot for item in driver.workspace.queue.latest.items} == {Slot.INITIAL}
    label_batch(driver, folder)
    driver.window.opened.retraining.adviser.batch_wanted.emit()
    driver.until(lambda: driver.workspace.queue.latest.id == 2)
    found = [item.slot for item in driver.workspace.queue.latest.items]
    assert found == [Slot.UNCERTAIN, Slot.RANDOM] * 10


@pytest.fixture
def film(tmp_path, monkeypatch):
    """The sampler of the guide's package, installed for the length of a test."""
    info = tmp_path / "site" / "film-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: film\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[boxwright.samplers]\nfilm = boxwright_example.sampler:Film\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    monkeypatch.syspath_prepend(str(REPOSITORY / "docs" / "guide" / "plugin"))
    again: Plugins[Sampler] = Plugins("sampler", samplers.SAMPLERS.group, Sampler, samplers.BUILT_IN)
    monkeypatch.setattr(samplers, "SAMPLERS", again)


@pytest.mark.usefixtures("film")
def test_a_sampler_of_another_package_is_offered_in_its_own_words_and_draws(driver, folder):
    driver.open(folder)
    dialog = open_dialog(driver)
    place = dialog.sampler.findData("film")
    assert dialog.sampler.itemText(place) == "film – the most uncertain image of every five in a row: for films"
    assert dialog.sampler.itemText(dialog.sampler.findData("uncertainty")) == "uncertainty"
    dialog.sampler.setCurrentIndex(place)
    assert "'film'" in dialog.plan.text()
    dialog.random.setValue(0)
    dialog.size_box.setValue(4)
    assert drawn(driver, dialog, 1) == [Slot.UNCERTAIN] * 4
    assert driver.workspace.queue.batch.settings["sampler"] == "film"
