"""A stream in the window: what has come since is judged once the detector has seen it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from tests.colours import make_pool, shades, write_pictures
from tests.presence import present

from boxwright.services.batches.stream import set_stream, stream_of, take_in
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project


def test_new_images_that_are_worth_a_label_come_into_the_queue(driver, tmp_path):
    with make_pool(tmp_path, shades(30)) as project:
        set_stream(project, budget=0.1, random_share=0.0, score="entropy", aggregate="max", seed=1)
        take_in(project, "cpu")
        write_pictures(tmp_path / "pictures", {"new/a.png": (200, 199, 198), "new/b.png": (200, 1, 0)})
        add_folders(project, [tmp_path / "pictures"])
        folder = project.folder
    driver.open(folder)
    workspace = driver.workspace
    assert workspace.queue.latest is None
    driver.window.live_actions["detector.prelabel"].trigger()
    dialog = driver.dialog()
    dialog.device.setCurrentIndex(dialog.device.findData("cpu"))
    dialog.go.click()
    driver.until(lambda: driver.workspace.queue.latest is not None)
    (item,) = present(driver.workspace.queue.latest).items
    assert driver.workspace.project.images.get(item.image_id).path.endswith("a.png")


def test_the_stream_is_turned_on_and_off_with_the_way_of_working(driver, tmp_path):
    with make_pool(tmp_path, shades(4)) as project:
        folder = project.folder
    driver.open(folder)

    def way_of_working():
        driver.window.live_actions["rounds.schedule"].trigger()
        dialog = driver.dialog()
        driver.until(dialog.go.isEnabled)
        return dialog

    dialog = way_of_working()
    assert not dialog.arrivals.on.isChecked() and not dialog.arrivals.budget.isEnabled()
    QTest.mouseClick(dialog.arrivals.on, Qt.MouseButton.LeftButton, pos=QPoint(8, dialog.arrivals.on.height() // 2))
    dialog.arrivals.budget.setValue(5)
    dialog.go.click()
    driver.until(driver.window.isActiveWindow)
    with Project.open(folder, read_only=True) as project:
        stream = stream_of(project)
    assert stream is not None and (stream.budget, stream.after) == (0.05, 4)
    dialog = way_of_working()
    assert (dialog.arrivals.on.isChecked(), dialog.arrivals.budget.value()) == (True, 5)
    QTest.mouseClick(dialog.arrivals.on, Qt.MouseButton.LeftButton, pos=QPoint(8, dialog.arrivals.on.height() // 2))
    dialog.go.click()
    driver.until(driver.window.isActiveWindow)
    with Project.open(folder, read_only=True) as project:
        assert stream_of(project) is None
