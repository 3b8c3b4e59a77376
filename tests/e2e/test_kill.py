"""Kill the writer, and a scan, with SIGKILL at any moment: what was said to be saved is there, whole and in order.

`BOXWRIGHT_SIGKILL_ROUNDS` sets how often (8).
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

from PIL import Image

from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project

ROUNDS = int(os.environ.get("BOXWRIGHT_SIGKILL_ROUNDS", "8"))

WRITER = """
import itertools, pathlib, sys
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import add
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue

project = Project.open(pathlib.Path(sys.argv[1]))
queue = WriteQueue(project)

def told(n):
    sys.stdout.write(f"{n}\\n")
    sys.stdout.flush()

for n in itertools.count(int(sys.argv[2])):
    edit = add(drawn(Box(0, 0, 1, n + 1), 1))
    future = queue.submit(lambda p, edit=edit: p.labels.apply(1, edit))
    future.add_done_callback(lambda _, n=n: told(n))
    if n % 7 == 0:
        queue.flush()
"""

SCAN = """
import pathlib, sys
from boxwright.services.project.project import Project
from boxwright.services.images.scan import add_folders

project = Project.open(pathlib.Path(sys.argv[1]))
print("begun", flush=True)
add_folders(project, [pathlib.Path(sys.argv[2])])
"""


def killed(program: str, *arguments: object, seconds: float) -> list[str]:
    """The whole lines that `program` printed before it was killed `seconds` after its first."""
    child = subprocess.Popen([sys.executable, "-c", program, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    first = child.stdout.readline()
    assert first, "the child came to life"
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()
    rest, _ = child.communicate()
    return [line for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]


def small_images(folder: Path, count: int) -> Path:
    folder.mkdir()
    for n in range(count):
        Image.new("RGB", (n % 50 + 1, n // 50 + 1)).save(folder / f"{n}.bmp")
    return folder


def whole(project: Project) -> None:
    assert project.store.value("PRAGMA integrity_check") == "ok"
    assert project.store.rows("PRAGMA foreign_key_check") == []


def test_what_was_said_to_be_saved_survives_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    with Project.create(folder, ["cat"]) as project:
        add_folders(project, [small_images(tmp_path / "photos", 1)])
    rng = random.Random()
    stored = 0
    for _ in range(ROUNDS):
        told = [int(line) for line in killed(WRITER, folder, stored, seconds=rng.uniform(0.0, 0.5))]
        with Project.open(folder) as project:
            assert not project.read_only, "the lock outlived the process"
            whole(project)
            heights = [a.box.y2 for a in project.labels.load(1).annotations.values()]
            assert heights == list(range(1, len(heights) + 1)), "no edit is missing between two others"
            assert len(heights) > max(told), "an edit was said to be saved and is not"
            assert len(project.labels.log(1)) == len(heights)
            stored = len(heights)
    assert stored >= ROUNDS


def test_a_scan_that_was_killed_is_gone_on_with(tmp_path: Path) -> None:
    folder, photos = tmp_path / "p", small_images(tmp_path / "photos", 2000)
    rng = random.Random()
    Project.create(folder).close()
    for _ in range(ROUNDS):
        killed(SCAN, folder, photos, seconds=rng.uniform(0.0, 0.6))
        with Project.open(folder) as project:
            whole(project)
            before = project.images.counts()["images"]
    with Project.open(folder) as project:
        result = add_folders(project, [photos])
        assert (result.found, result.unchanged) == (2000, before)
        assert project.images.counts()["images"] == 2000
        assert [path for _, _, path in project.images.paths()][:3] == ["0.bmp", "1.bmp", "2.bmp"]
