"""Real datasets through the real commands: the counts their owners give, every flaw with its file and line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# By set: format, images, boxes, images by split, and (file ends in, line) of each flaw.
SETS: dict[str, tuple[str, int, int, dict[str, int], list[tuple[str, int]]]] = {
    "bccd": (
        "voc", 364, 4886, {"train": 205, "validation": 87, "test": 72},
        [("Annotations/BloodImage_00338.xml", 163), ("Annotations/BloodImage_00343.xml", 55)],
    ),
    "aquarium": (
        "yolo", 638, 4815, {"train": 448, "validation": 127, "test": 63},
        [("IMG_2423_jpeg_jpg.rf.1c0901882e71d5ebd26f036f4e22da65.txt", 17),
         ("IMG_2570_jpeg_jpg.rf.ed40900b657a5b23d92cb2d296ad2dbc.txt", 15)],
    ),
    "cards": ("voc", 363, 670, {"train": 296, "test": 67}, []),
    "coco-val128": ("coco", 128, 898, {"train": 128}, []),
}  # fmt: skip

pytestmark = pytest.mark.data


def run(*words: object) -> dict[str, Any]:
    """What `boxwright WORDS --json` prints."""
    command = [sys.executable, "-m", "boxwright", *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check(result: dict[str, Any], name: str) -> None:
    format_, images, boxes, splits, flaws = SETS[name]
    assert (result["format"], result["images"], result["boxes"]) == (format_, images, boxes)
    assert result["splits"] == splits
    found = sorted((p["file"], p["line"]) for p in result["problems"])
    assert len(found) == len(flaws)
    for (file, line), (wanted_file, wanted_line) in zip(found, sorted(flaws), strict=True):
        assert file.endswith(wanted_file)
        assert line == wanted_line


@pytest.mark.parametrize("name", list(SETS))
def test_a_set_that_brings_its_images_is_imported_exactly(data_dir: Path, tmp_path: Path, name: str) -> None:
    project = tmp_path / "project"
    check(run("init", project, "--labels", data_dir / name)["import"], name)
    status = run("status", project)
    assert (status["labeled"], status["boxes"]) == SETS[name][1:3]
    assert status["validation"] == SETS[name][3].get("validation", 0)
    again = run("import", project, data_dir / name)
    assert (again["images"], again["unchanged"], again["kept"]) == (0, SETS[name][1], [])


def test_images_first_and_labels_then(data_dir: Path, tmp_path: Path) -> None:
    made = run("init", tmp_path / "a", "--images", data_dir / "bccd" / "JPEGImages", "--labels", data_dir / "bccd")
    check(made["import"], "bccd")
    assert made["import"]["added"] == 0
    run("init", tmp_path / "b", "--images", data_dir / "cards")
    check(run("import", tmp_path / "b", data_dir / "cards"), "cards")


@pytest.fixture(scope="module")
def aquarium(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("aquarium") / "project"
    run("init", project, "--labels", data_dir / "aquarium")
    return project


@pytest.mark.parametrize("format_", ["coco", "yolo", "voc"])
def test_a_set_goes_out_in_every_format_and_comes_back(aquarium: Path, tmp_path: Path, format_: str) -> None:
    """Aquarium has an empty image and boxes a pixel wide, which a lossy format would lose."""
    second, out = tmp_path / "second", tmp_path / "out"
    exported = run("export", aquarium, out, "--format", format_, "--images", "link")
    assert (exported["images"], exported["boxes"], exported["empty"]) == (638, 4815, 1)
    imported = run("init", second, "--labels", out)["import"]
    assert (imported["images"], imported["boxes"], imported["empty"]) == (638, 4815, 1)
    assert imported["problems"] == []
    assert imported["splits"] == SETS["aquarium"][3]
    assert run("status", aquarium)["classes"] == run("status", second)["classes"]


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (("import", "PROJECT", "nowhere"), 1, "does not exist"),
        (("import", "PROJECT", "PROJECT"), 1, "no dataset in a known format"),
        (("export", "PROJECT", "out", "--format", "yml"), 2, "known are coco, yolo, voc"),
        (("export", "PROJECT", "PROJECT", "--format", "coco"), 1, "not an earlier export"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(
    tmp_path: Path, words: tuple[str, ...], status: int, sentence: str
) -> None:
    from boxwright.services.project.project import Project

    Project.create(tmp_path / "p").close()
    named = [
        str(tmp_path / "p") if w == "PROJECT" else str(tmp_path / w) if w in ("nowhere", "out") else w for w in words
    ]
    done = subprocess.run([sys.executable, "-m", "boxwright", *named], capture_output=True, text=True, check=False)
    assert done.returncode == status
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
