"""A key that is held judges nothing that the person has not seen, however the system tells of it."""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QKeyCombination, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcutEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.ui.conftest import CLASSES, add_detector, make_pictures, stored

from boxwright.domain.image import ImageState
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.ui.actions.table import ACTIONS, BY_ID
from boxwright.ui.project.queue import Mark

ROOT = Path(__file__).resolve().parents[2]
NONE, CONTROL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier

STEPS_AND_LOOKS = {
    "go.previous", "go.next", "go.leap", "go.leap_back", "go.open", "go.open_back", "go.doubtful", "go.doubtful_back",
    "go.box", "go.box_back", "review.next", "review.previous", "view.zoom_in", "view.zoom_out", "view.fewer",
    "view.more", "view.thicker", "view.thinner", "view.darker", "view.brighter", "view.less_contrast",
    "view.more_contrast", "view.lower_gamma", "view.higher_gamma",
}  # fmt: skip
PLACING = ("nudge", "resize", "near", "view.look_")


def press(opened, kind: QEvent.Type, key: Qt.Key, time: int, repeat: bool = False, modifiers=NONE) -> None:
    """What the system hands to the window."""
    event = QKeyEvent(kind, key, modifiers, "", repeat)
    event.setTimestamp(time)
    QApplication.sendEvent(opened.window.windowHandle(), event)


def first_of(sequence: QKeySequence) -> QKeyCombination:
    return sequence[0]  # type: ignore[index]  # PySide6 can, and its stubs do not say so


def shortcut(opened, action_id: str, time: int, repeat: bool = False) -> None:
    """A key with a shortcut, as Qt deals with it: it asks first whether the focus wants it, then tells the action."""
    sequence = QKeySequence(BY_ID[action_id].keys[0])
    together = first_of(sequence)
    key, modifiers = together.key(), together.keyboardModifiers()
    press(opened, QEvent.Type.ShortcutOverride, key, time, repeat, modifiers)
    action = opened.window.live_actions[action_id]
    if action.isEnabled() and not (repeat and not action.autoRepeat()):
        QApplication.sendEvent(action, QShortcutEvent(sequence, 0))


def hold_in_pairs(opened, action_id: str, count: int = 8) -> None:
    """A key held on X11, where Qt did not see that release and press are one."""
    key = first_of(QKeySequence(BY_ID[action_id].keys[0])).key()
    shortcut(opened, action_id, 5_000)
    for time in range(5_660, 5_660 + 40 * count, 40):
        press(opened, QEvent.Type.KeyRelease, key, time)
        opened.qtbot.wait(0)
        shortcut(opened, action_id, time)


def judged(opened) -> int:
    return sum(int(m) in (Mark.LABELED, Mark.EMPTY, Mark.SKIPPED) for m in opened.workspace.queue.marks)


def test_only_steps_and_looks_go_on_while_a_key_is_held(opened):
    repeating = {a.id for a in ACTIONS if a.repeats and not a.id.startswith(PLACING)}
    assert repeating == STEPS_AND_LOOKS
    assert all(a.repeats for a in ACTIONS if a.id.startswith(PLACING))
    assert not [a.id for a in ACTIONS if a.judges and a.repeats]
    assert all(opened.window.live_actions[a.id].autoRepeat() is a.repeats for a in ACTIONS)


def test_all_that_judges_waits_for_the_image():
    changing = (
        "label.",
        "review.fix",
        "review.keep",
        "edit.paste",
        "edit.duplicate",
        "edit.from",
        "edit.undo",
        "box.new",
    )
    assert all(a.judges for a in ACTIONS if a.id.startswith(changing))


@pytest.mark.parametrize("action_id", ["label.empty", "label.accept_all", "edit.duplicate", "edit.paste", "label.skip"])
def test_a_key_held_as_pairs_of_one_time_counts_once(opened, action_id, monkeypatch):
    ran: list[str] = []
    spec = BY_ID[action_id]
    opened.key(Qt.Key.Key_Tab)
    monkeypatch.setattr(opened.window.live_actions, "_run", lambda spec: ran.append(spec.id))
    opened.until(lambda: opened.canvas.seen and opened.window.live_actions[spec.id].isEnabled())
    hold_in_pairs(opened, action_id)
    assert ran == [action_id]


def test_a_key_of_which_only_presses_come_counts_once(opened):
    opened.until(lambda: opened.canvas.seen)
    for _ in range(6):
        QTest.keyPress(opened.window.windowHandle(), Qt.Key.Key_E)
        opened.qtbot.wait(0)
        opened.until(lambda: opened.canvas.seen)
    QTest.keyRelease(opened.window.windowHandle(), Qt.Key.Key_E)
    assert judged(opened) == 1


def test_a_key_pressed_again_judges_again(opened):
    for row, time in enumerate((1_000, 2_000, 3_000)):
        opened.shown(row=row)
        opened.until(lambda: opened.canvas.seen)
        shortcut(opened, "label.empty", time)
        press(opened, QEvent.Type.KeyRelease, Qt.Key.Key_E, time + 90)
    assert judged(opened) == 3


def test_a_key_pressed_before_the_next_image_was_on_screen_does_not_judge_it(opened):
    opened.until(lambda: opened.canvas.seen and not opened.workspace._asked)
    shortcut(opened, "label.empty", 1_000)
    press(opened, QEvent.Type.KeyRelease, Qt.Key.Key_E, 1_060)
    assert opened.workspace.row == 1 and opened.workspace.model.labels is not None
    assert not opened.canvas.seen
    shortcut(opened, "label.empty", 1_120)
    assert judged(opened) == 1
    press(opened, QEvent.Type.KeyRelease, Qt.Key.Key_E, 1_180)
    opened.until(lambda: opened.canvas.seen)
    shortcut(opened, "label.empty", 1_240)
    assert judged(opened) == 2


def test_the_keys_of_steps_still_go_on(opened):
    hold_in_pairs(opened, "go.next", 2)
    assert opened.workspace.row == 3


def test_a_key_let_go_while_another_window_had_the_keyboard_is_no_held_key(opened):
    opened.until(lambda: opened.canvas.seen)
    shortcut(opened, "label.skip", 1_000)
    dialog = opened.dialog()
    dialog.reject()
    opened.until(lambda: QApplication.activeModalWidget() is None and opened.window.isActiveWindow())
    shortcut(opened, "label.skip", 4_000)
    opened.dialog().reject()


def test_a_double_click_on_a_button_judges_one_image(opened):
    button = opened.window.live_actions.toolbar.widgetForAction(opened.window.live_actions["label.accept_all"])
    opened.until(lambda: opened.canvas.seen)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    # What comes to a button that is clicked twice in quick succession.
    QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
    assert judged(opened) == 1


def tap_space(opened, down: int, up: int) -> None:
    press(opened, QEvent.Type.KeyPress, Qt.Key.Key_Space, down)
    press(opened, QEvent.Type.KeyRelease, Qt.Key.Key_Space, up)


def test_space_held_as_pairs_pans_and_accepts_nothing(opened):
    """Also where the first repeat comes so soon that the key looks tapped."""
    opened.until(lambda: opened.canvas.seen)
    press(opened, QEvent.Type.KeyPress, Qt.Key.Key_Space, 9_000)
    for time in range(9_200, 10_000, 30):
        press(opened, QEvent.Type.KeyRelease, Qt.Key.Key_Space, time)
        press(opened, QEvent.Type.KeyPress, Qt.Key.Key_Space, time)
        opened.qtbot.wait(0)
    press(opened, QEvent.Type.KeyRelease, Qt.Key.Key_Space, 10_010)
    press(opened, QEvent.Type.KeyPress, Qt.Key.Key_Space, 11_000)
    assert opened.canvas.cursor is not None
    press(opened, QEvent.Type.KeyRelease, Qt.Key.Key_Space, 11_900)
    opened.until(lambda: not opened.canvas._tap.isActive() and not opened.canvas._surely.isActive())
    assert judged(opened) == 0


def test_a_tap_of_space_accepts(opened):
    opened.until(lambda: opened.canvas.seen)
    tap_space(opened, 1_000, 1_080)
    opened.until(lambda: judged(opened) == 1)
    opened.until(lambda: opened.canvas.seen)
    tap_space(opened, 2_000, 2_080)
    opened.until(lambda: judged(opened) == 2)


def test_a_tap_of_space_and_the_next_key_mean_what_they_mean_in_that_order(opened):
    opened.until(lambda: opened.canvas.seen)
    first = opened.labels.image_id
    tap_space(opened, 1_000, 1_060)
    shortcut(opened, "go.previous", 1_070)
    assert opened.workspace.queue.marks[0] == Mark.LABELED
    opened.shown(row=0)
    assert opened.labels.image_id == first


def test_space_on_an_image_before_it_was_on_screen_does_not_judge_it(opened):
    opened.until(lambda: opened.canvas.seen and not opened.workspace._asked)
    opened.key(Qt.Key.Key_D)
    assert opened.workspace.row == 1 and not opened.canvas.seen
    tap_space(opened, 1_000, 1_080)
    opened.until(lambda: not opened.canvas._tap.isActive() and not opened.canvas._surely.isActive())
    assert judged(opened) == 0


def test_space_says_that_there_is_nothing_to_accept_and_stays(driver, tmp_path):
    make_pictures(tmp_path / "pictures", 3)
    with Project.create(tmp_path / "project", CLASSES) as project:
        add_folders(project, [tmp_path / "pictures"])
    driver.open(tmp_path / "project")
    first = driver.labels.image_id
    driver.key(Qt.Key.Key_Space)
    assert driver.window.status.currentMessage() == "Nothing to accept here: E confirms that it is empty."
    assert driver.workspace.row == 0
    assert driver.labels.state is ImageState.UNLABELED
    driver.key(Qt.Key.Key_E)
    driver.shown(row=1)
    driver.saved()
    assert stored(tmp_path / "project", first).confirmed_empty
    driver.key(Qt.Key.Key_A)
    driver.shown(row=0)
    driver.key(Qt.Key.Key_Space)
    driver.shown(row=1)


def test_space_with_every_pre_label_rejected_does_not_say_that_the_image_is_empty(opened):
    opened.key(Qt.Key.Key_X, Qt.KeyboardModifier.ShiftModifier)
    opened.key(Qt.Key.Key_Space)
    assert opened.workspace.row == 0
    assert opened.labels.state is ImageState.UNLABELED


def test_return_held_in_the_list_of_findings_fixes_one(opened):
    fixes: list[int] = []
    panel = opened.window.opened.area.queue_panel
    panel.fix_wanted.connect(lambda: fixes.append(1))
    for repeat in (False, True, True):
        event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, NONE, "\r", repeat)
        QApplication.sendEvent(panel.finding_view, event)
    assert fixes == [1]


# On a real display: X11 tells of a held key in its own way, which no made event shows.


class Window:
    """A window on a display of its own, in a process of its own."""

    def __init__(self, display: str, project: Path, home: Path) -> None:
        env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "BOXWRIGHT_HOME": str(home)}
        self._env = {**env, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])}
        self._process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/ui/x11_window.py"), str(project)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=self._env,
        )  # fmt: skip
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        # Without a window manager nobody gives a window the keyboard.
        found = self.do("search", "--sync", "--onlyvisible", "--name", "Boxwright").split()
        self.do("windowfocus", found[-1])
        self.wait("ready")

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line.strip())
        self._lines.put("gone")

    def do(self, *words: str) -> str:
        return subprocess.run(["xdotool", *words], env=self._env, check=True, capture_output=True, text=True).stdout

    def wait(self, word: str, count: int = 1) -> str:
        line = ""
        while count:
            line = self._lines.get()
            assert line != "gone"
            count -= line.startswith(word)
        return line

    def hold(self, key: str) -> None:
        self.do("keydown", key)
        self.wait("key", 40)
        self.do("keyup", key)

    def done(self) -> list[int]:
        assert self._process.stdin is not None
        self._process.stdin.write("?\n")
        self._process.stdin.flush()
        return [int(n) for n in self.wait("done").split()[1:]]

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture
def display() -> Iterator[str]:
    if sys.platform != "linux" or not (shutil.which("Xvfb") and shutil.which("xdotool")):
        pytest.skip("no Xvfb and xdotool here: install them to see how X11 tells of a held key")
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1400x800x24"], pass_fds=[write], stderr=subprocess.DEVNULL
    )
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.mark.slow
def test_held_keys_on_a_real_display(display, tmp_path):
    make_pictures(tmp_path / "pictures", 12)
    with Project.create(tmp_path / "project", CLASSES) as project:
        add_folders(project, [tmp_path / "pictures"])
        add_detector(project)
    window = Window(display, tmp_path / "project", tmp_path / "home")
    try:
        window.hold("space")
        assert window.done() == [0, 0]
        window.hold("e")
        assert window.done() == [1, 0]
        window.do("key", "shift+Return")
        window.do("key", "Tab")
        window.do("key", "ctrl+a")
        window.hold("ctrl+d")
        assert window.done() == [1, 4]
    finally:
        window.close()
