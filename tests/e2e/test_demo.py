"""`boxwright demo` without a display, as a stranger runs it: ten images of its main job, then once more."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image
from pycocotools.coco import COCO

from boxwright.domain.edits import EditKind, set_state
from boxwright.domain.image import ImageState
from boxwright.services.project.project import Project

IMAGES = 10
Done = subprocess.CompletedProcess[str]


NO_TORCH = "import sys; sys.modules['torch'] = None; from boxwright.main import main; sys.exit(main(sys.argv[1:]))"


def boxwright(*arguments: str, home: Path, program: tuple[str, ...] = ("-m", "boxwright")) -> Done:
    """Run a command with a home of its own and no display."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    environment |= {"BOXWRIGHT_HOME": str(home), "PYTHONWARNINGS": "error"}
    command = [sys.executable, *program, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    done = boxwright(
        "demo", "--headless", "--rounds", "0", "--out", str(folder / "out"), "--json", home=folder / "home"
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    (folder / "out" / "printed.json").write_text(done.stdout)
    return folder / "out"


@pytest.fixture(scope="module")
def summary(out: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = orjson.loads((out / "summary.json").read_bytes())
    return loaded


def test_the_worker_corrects_ten_images_in_every_way_there_is(summary: dict[str, Any]) -> None:
    assert summary["images"] == IMAGES
    assert len(summary["per_image"]) == IMAGES
    for what in ("accepted", "adjusted", "relabeled", "drawn", "deleted"):
        assert summary[what] > 0, what
    edited = summary["adjusted"] + summary["relabeled"] + summary["drawn"] + summary["deleted"]
    assert summary["edits_per_image"] == round(edited / IMAGES, 2)
    # A box that is moved and given another class is one box, and two things done to it.
    assert summary["edits"] >= edited


def test_the_starter_helps_and_leaves_something_to_correct(summary: dict[str, Any]) -> None:
    (only,) = summary["rounds"]
    assert only["detector"] == "starter"
    assert 0.4 < only["AP50"] < 0.7
    assert summary["ap50"]["prelabels_of_these_images"] < 0.9
    assert summary["ap50"]["after_correction"] > 0.98


def test_what_is_printed_is_what_is_written(out: Path, summary: dict[str, Any]) -> None:
    printed = orjson.loads((out / "printed.json").read_bytes())
    assert printed.pop("text") + "\n" == (out / "summary.txt").read_text()
    assert printed == summary


def test_the_boxes_of_the_summary_are_in_the_project(out: Path, summary: dict[str, Any]) -> None:
    with Project.open(out / "project", read_only=True) as project:
        for row in summary["per_image"]:
            image = project.images.by_path(None, row["image"])
            assert image is not None
            origins = [str(a.origin) for a in project.labels.load(image.id).annotations.values()]
            for origin in ("accepted", "adjusted", "relabeled", "drawn"):
                assert origins.count(origin) == row[origin]


def test_another_reader_finds_the_export(out: Path, summary: dict[str, Any]) -> None:
    files = sorted((out / summary["export"]).rglob("*.json"))
    boxes = 0
    for file in files:
        data = orjson.loads(file.read_bytes())
        if "annotations" in data:
            boxes += len(COCO(str(file)).getAnnIds())
    drawn = summary["accepted"] + summary["adjusted"] + summary["relabeled"] + summary["drawn"]
    with Project.open(out / "project", read_only=True) as project:
        assert boxes == sum(project.labels.counts().values()) > drawn > 0


def test_the_screenshots_show_a_window(out: Path, summary: dict[str, Any]) -> None:
    assert len(summary["screenshots"]) >= 8
    for name in summary["screenshots"]:
        with Image.open(out / name) as picture:
            assert picture.width >= 300
            assert len(picture.convert("RGB").resize((64, 64)).getcolors(4096) or ()) > 8


def test_a_second_run_goes_on_where_the_first_stopped(out: Path, summary: dict[str, Any]) -> None:
    again = boxwright(
        "demo", str(out / "project"), "--rounds", "0", "--out", str(out / "again"), "--json", home=out.parent / "home"
    )
    assert again.returncode == 0, again.stderr
    second = orjson.loads(again.stdout)
    first_images = {row["image"] for row in summary["per_image"]}
    assert second["images"] == IMAGES
    assert second["screenshots"] == [path.name for path in sorted((out / "again").glob("*.png"))]
    assert not first_images & {row["image"] for row in second["per_image"]}


def test_without_the_packages_for_training_it_says_so_at_once(tmp_path: Path) -> None:
    refused = boxwright("demo", "--out", str(tmp_path / "out"), home=tmp_path / "home", program=("-c", NO_TORCH))
    assert refused.returncode == 1
    (sentence,) = refused.stderr.splitlines()
    assert sentence.startswith("Training needs torch; install what is missing with: ")
    assert not (tmp_path / "out").exists(), "nothing is begun that cannot be ended"


def test_when_everything_is_labelled_it_exports_and_says_so(out: Path, summary: dict[str, Any], tmp_path: Path) -> None:
    folder = shutil.copytree(out / "project", tmp_path / "project")
    with Project.open(folder) as project:
        for image_id in project.images.candidates().tolist():
            project.labels.apply(image_id, set_state(project.labels.load(image_id), ImageState.LABELED, EditKind.OTHER))
    done = boxwright("demo", str(folder), "--rounds", "0", "--out", str(tmp_path / "out"), "--json", home=tmp_path)
    assert done.returncode == 0, done.stderr
    told = orjson.loads(done.stdout)
    assert (told["images"], told["rounds"]) == (0, [])
    assert told["note"] == "Every image of the pool is labelled."
    assert (tmp_path / "out" / told["export"]).is_dir()


def test_a_folder_of_something_else_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    refused = boxwright("demo", str(tmp_path), "--headless", home=tmp_path / "home")
    assert refused.returncode == 1
    assert "holds other files" in refused.stderr
    assert "Traceback" not in refused.stderr
