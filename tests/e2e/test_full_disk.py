"""A disk that is full in the middle of an export: one sentence, nothing half there, the earlier export as it was."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from tests.small_disk import small_disk

from boxwright.domain.errors import FormatError
from boxwright.formats.registry import formats
from boxwright.formats.staging import ImageMode
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.store.imported import LabelColumns

IMAGES, BOXES = 60, 6_000
DISK, ROOM = 512 << 10, 96 << 10


def make(folder: Path, images: int, boxes: int) -> Project:
    (folder / "images").mkdir(parents=True)
    for number in range(images):
        Picture.new("RGB", (640, 480), (number, 0, 0)).save(folder / "images" / f"{number:02}.png")
    made = Project.create(folder / "project", ["nut"])
    add_folders(made, [folder / "images"])
    corners = np.random.default_rng(1).random((boxes, 4)) * [300, 200, 300, 200]
    corners[:, 2:] += corners[:, :2] + 1
    owner = np.arange(boxes) * images // boxes
    made.labels.import_columns(LabelColumns(made.images.ids(), owner, np.ones(boxes, np.int64), corners, {}))
    return made


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Its labels take more room than there is, in any format."""
    with make(tmp_path_factory.mktemp("large"), IMAGES, BOXES) as made:
        yield made


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    with make(tmp_path_factory.mktemp("little"), 1, 1) as made:
        yield made


@pytest.fixture(scope="module")
def disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with small_disk(tmp_path_factory.mktemp("full") / "disk", DISK) as mounted:
        yield mounted


def tree(folder: Path) -> dict[str, bytes]:
    return {f.relative_to(folder).as_posix(): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


@pytest.mark.parametrize("name", [known.name for known in formats() if known.capabilities.writes])
def test_a_disk_that_fills_up_keeps_the_earlier_export_and_nothing_else(
    project: Project, little: Project, disk: Path, name: str
) -> None:
    out = disk / "out"
    shutil.rmtree(out, ignore_errors=True)
    (disk / "filler").write_bytes(bytes(DISK - ROOM))
    export_dataset(little, out, name, ImageMode.NONE)
    before = tree(disk)
    with pytest.raises(FormatError) as raised:
        export_dataset(project, out, name, ImageMode.NONE)
    assert "No space left" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert tree(disk) == before
    assert sorted(path.name for path in disk.iterdir()) == ["filler", "out"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_the_command_says_what_the_disk_refused_and_leaves_nothing(project: Project, tmp_path: Path) -> None:
    """The limit of a file's size refuses the bytes as a full disk does, without root."""
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)); "
        "from boxwright.cli.app import run; sys.exit(run(sys.argv[1:]))"
    )
    words = ["export", str(project.folder), str(tmp_path / "out"), "--format", "coco", "--images", "none"]
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "was not made: File too large" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
