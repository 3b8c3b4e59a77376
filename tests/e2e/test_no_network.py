"""Every command and the window, each in the home of somebody who never ran a program.

No network is tried, no name looked up, and no file is left that is not Boxwright's."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.network_watch import watchable, watched

from boxwright.cli.app import COMMANDS
from boxwright.config import paths

pytestmark = pytest.mark.skipif(bool(watchable()), reason=watchable() or "watched")

# The system's own library keeps names of fonts there when no system-wide list is up to date.
_OF_THE_SYSTEM = (".cache/fontconfig",)
_OURS = ("boxwright",)

WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
import boxwright.ui.shell.application as application
made = application.make_application
shown = []
def make():
    app = made()
    timer = QTimer(app, interval=20)
    def look():
        window = next((w for w in app.topLevelWidgets() if isinstance(w, application.MainWindow)), None)
        space = window.opened.workspace if window else None
        if space is None or not space.queue_loaded or space.detector is None or not window.status.device.text():
            return
        timer.stop()
        dialog = QFileDialog(window)
        dialog.show()
        dialog.accept()
        dialog.deleteLater()
        QTimer.singleShot(0, window.close)
    timer.timeout.connect(look)
    timer.start()
    return app
application.make_application = make
sys.exit(application.run_window(Path(sys.argv[1])))
"""


def surroundings(home: Path) -> Mapping[str, str]:
    """No variable of this process but what finds the program; a home and a folder for scratch that are empty."""
    (home / "tmp").mkdir(parents=True)
    (home / "person").mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "LANG", "VIRTUAL_ENV") if name in os.environ}
    own = {"HOME": str(home / "person"), "TMPDIR": str(home / "tmp"), "QT_QPA_PLATFORM": "offscreen"}
    return {**kept, **own, "PYTHONDONTWRITEBYTECODE": "1", "OMP_NUM_THREADS": "1"}


def make_pictures(folder: Path, count: int) -> Path:
    """Squares on grey, with a COCO file of the first half of them."""
    folder.mkdir()
    rng = np.random.default_rng(count)
    images, boxes = [], []
    for number in range(count):
        pixels = rng.integers(90, 110, (64, 64, 3), dtype=np.uint8)
        x, y = (int(v) for v in rng.integers(4, 30, 2))
        pixels[y : y + 24, x : x + 24] = (220, 60, 40) if number % 2 else (40, 80, 220)
        Image.fromarray(pixels).save(folder / f"{number:03}.png")
        if number < count // 2:
            images.append({"id": number, "file_name": f"{number:03}.png", "width": 64, "height": 64})
            boxes.append({"id": number, "image_id": number, "category_id": 1 + number % 2, "bbox": [x, y, 24, 24]})
    names = [{"id": 1, "name": "nut"}, {"id": 2, "name": "screw"}]
    coco = {"images": images, "annotations": boxes, "categories": names}
    (folder / "labels.json").write_text(json.dumps(coco))
    return folder


def strange(home: Path) -> list[str]:
    """Files that a program left in `home` and that are not Boxwright's."""
    person = home / "person"
    left = [str(file.relative_to(person)) for file in person.rglob("*") if not file.is_dir()]
    ours = [name for name in left if any(part in _OURS for part in Path(name).parts)]
    rest = [name for name in left if name not in ours and not name.startswith(_OF_THE_SYSTEM)]
    return rest + [f"TMPDIR/{file.relative_to(home / 'tmp')}" for file in (home / "tmp").rglob("*")]


def python(home: Path, *words: object, status: int = 0) -> str:
    """Run it in a fresh home in `home`; what it printed."""
    done = watched([sys.executable, *map(str, words)], surroundings(home))
    assert done.code == status, f"{words}: {done.code}\n{done.out}\n{done.error}"
    assert done.attempts == []
    assert strange(home) == []
    return done.out


def test_no_command_reaches_for_a_network_or_leaves_a_file_of_anybody_else(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="training needs the extra 'train'")
    pictures, project, out = tmp_path / "pictures", tmp_path / "project", tmp_path / "out"
    make_pictures(pictures, 16)
    more, many = make_pictures(tmp_path / "more", 3), make_pictures(tmp_path / "many", 140)
    starter = paths.models() / "starter.onnx"
    words: list[tuple[object, ...]] = [
        ("init", project, "--images", pictures, "--labels", pictures / "labels.json", "--val", "50%"),
        ("model", "add", project, starter),
        ("model", "inspect", starter),
        ("model", "catalog"),
        ("prelabel", project),
        ("next", project, "--size", "4", "--seed", "1"),
        ("import", project, "--conflicts", "both", pictures / "labels.json"),
        ("add", project, more),
        ("schedule", project, "--way", "sampled"),
        ("retrain", project, "--epochs", "1", "--threads", "1", "--accept-worse"),
        ("rounds", project),
        ("stream", project, "--seed", "1"),
        ("evaluate", project),
        ("predict", starter, pictures, "--out", tmp_path / "results.json"),
        ("simulate", many / "labels.json", "--model", starter, "--out", out, "--samplers", "random", "--initial",
         "4", "--step", "4", "--rounds", "1", "--seeds", "1", "--steps", "2", "--size", "64", "--test", "25%"),
        ("export", project, tmp_path / "export", "--format", "parquet"),
        ("classes", project),
        ("status", project),
        ("doctor", project),
        ("backups", project, "--make"),
        ("restore", project),
        *((name,) for name in ("formats", "samplers", "decoders", "trainers")),
    ]  # fmt: skip
    assert {str(first) for first, *_ in words} == {*COMMANDS} - {"demo"}
    for number, command in enumerate(words):
        python(tmp_path / "homes" / str(number), "-m", "boxwright", *command)
    python(tmp_path / "homes" / "window", "-c", WINDOW, project)


def test_neither_does_the_demo(tmp_path: Path) -> None:
    python(tmp_path / "home", "-m", "boxwright", "demo", tmp_path / "demo", "--headless", "--rounds", "0", "--out",
           tmp_path / "demo-out")  # fmt: skip


def test_a_detector_is_asked_for_on_a_network_when_a_person_says_so_and_not_before(tmp_path: Path) -> None:
    """From a folder nobody is asked, whether it is there or not."""
    python(tmp_path / "offline", "-m", "boxwright", "model", "get", "yolox-nano", "--from", tmp_path, status=1)
    words = [sys.executable, "-m", "boxwright", "model", "get", "yolox-nano"]
    done = watched(words, surroundings(tmp_path / "online"))
    assert done.attempts and "github.com could not be reached" in done.error
    assert strange(tmp_path / "online") == []


@pytest.mark.parametrize(
    "reaching",
    [
        "import socket\ntry: socket.getaddrinfo('nowhere.invalid', 80)\nexcept OSError: pass",
        "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import socket; socket.socket()'])",
    ],
)
def test_a_look_up_and_a_grandchild_that_connects_are_seen(reaching: str) -> None:
    assert len(watched([sys.executable, "-c", reaching], dict(os.environ)).attempts) >= 1


def test_a_file_of_somebody_else_is_seen(tmp_path: Path) -> None:
    """ONNX Runtime as it comes, without the door."""
    home = tmp_path / "home"
    # In two halves for the test that looks for imports past the door.
    done = watched([sys.executable, "-c", "import onnx" + "runtime"], surroundings(home))
    assert done.code == 0
    assert strange(home)
