"""`init`, `add` and `status` through the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from boxwright.cli.app import run
from boxwright.services.project.project import Project


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for n in range(10):
        Image.new("RGB", (20, 10), (n, 0, 0)).save(folder / f"{n}.png")
    return folder


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Any:
    """Run a command that succeeds with `--json` and return its object."""

    def called(*arguments: object) -> dict[str, Any]:
        status = run([*map(str, arguments), "--json"])
        shown = capsys.readouterr()
        assert status == 0, shown.err
        result: dict[str, Any] = json.loads(shown.out)
        return result

    return called


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Run a command that a person's mistake ends and return its one sentence."""
    assert run([*map(str, arguments)]) in (1, 2)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Traceback" not in shown.err
    return shown.err.strip()


def test_init_add_status(call: Any, photos: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    made = call("init", project, "--images", photos, "--classes", "cat,dog", "--val", "20%", "--seed", 3)
    assert (made["added"], made["classes"], made["validation"]) == (10, ["cat", "dog"], 2)
    (photos / "more").mkdir()
    Image.new("RGB", (20, 10), (99, 0, 0)).save(photos / "more" / "x.png")
    (photos / "more" / "y.png").touch()
    added = call("add", project, photos)
    assert (added["added"], added["unchanged"], added["unreadable"], added["images"]) == (2, 10, 1, 12)
    assert added["problems"] == [{"file": str(photos / "more" / "y.png"), "what": "empty file"}]
    found = call("status", project)
    keys = ("images", "labeled", "skipped", "unreadable", "duplicates", "validation", "boxes", "classes", "model")
    assert {k: found[k] for k in keys} == {
        "images": 12, "labeled": 0, "skipped": 0, "unreadable": 1, "duplicates": 0, "validation": 2, "boxes": 0,
        "classes": {"cat": 0, "dog": 0}, "model": None,
    }  # fmt: skip


def test_the_text_for_a_person(photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["init", str(tmp_path / "p"), "--images", str(photos), "--classes", "cat"]) == 0
    made = capsys.readouterr().out
    assert "10 image files: 10 new." in made
    assert "boxwright model add" in made
    assert run(["status", str(tmp_path / "p")]) == 0
    assert "10 images: 0 labelled, 0 skipped, 10 to do." in capsys.readouterr().out


def test_classes_from_a_file(call: Any, photos: Path, tmp_path: Path) -> None:
    names = tmp_path / "names.txt"
    names.write_text("\ufeffein Vogel\r\n\r\nzwei\r\n", encoding="utf-8")
    assert call("init", tmp_path / "p", "--images", photos, "--classes", names)["classes"] == ["ein Vogel", "zwei"]


def test_labels_come_with_their_images(call: Any, tmp_path: Path, data_dir: Path) -> None:
    made = call("init", tmp_path / "p", "--labels", data_dir / "cards", "--format", "voc")
    assert (made["images"], made["import"]["boxes"]) == (363, 670)
    assert len(made["classes"]) == 6


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--images", "NOWHERE"], "is not there"),
        (["--images", "PHOTOS", "--classes", "a,a"], "listed twice"),
        (["--images", "PHOTOS", "--classes", "missing.txt"], "class file missing.txt is not there"),
        (["--images", "PHOTOS", "--classes", " , "], "No class name"),
        (["--images", "PHOTOS", "--val", "half"], "not a share"),
        (["--images", "PHOTOS", "--val", "100%"], "validation share"),
        (["--images", "PHOTOS", "--labels", "PHOTOS"], "photos"),
        ([], "--images FOLDER"),
    ],
)
def test_a_failed_init_leaves_nothing_behind(
    capsys: pytest.CaptureFixture[str], photos: Path, tmp_path: Path, arguments: list[str], sentence: str
) -> None:
    places = {"PHOTOS": str(photos), "NOWHERE": str(tmp_path / "nowhere")}
    given = [places.get(a, a) for a in arguments]
    assert sentence in refused(capsys, "init", tmp_path / "new" / "project", *given)
    assert [p.name for p in tmp_path.iterdir()] == ["photos"]


def test_a_failed_init_in_a_folder_with_files_keeps_them(
    capsys: pytest.CaptureFixture[str], photos: Path, tmp_path: Path
) -> None:
    before = sorted(photos.iterdir())
    refused(capsys, "init", photos, "--images", photos, "--labels", photos)
    assert sorted(photos.iterdir()) == before


def test_init_where_a_project_is(call: Any, capsys: pytest.CaptureFixture[str], photos: Path, tmp_path: Path) -> None:
    call("init", tmp_path / "p", "--images", photos)
    assert "already a project" in refused(capsys, "init", tmp_path / "p", "--images", photos)
    assert call("status", tmp_path / "p")["images"] == 10


def test_a_locked_project_is_not_changed_but_shown(
    call: Any, capsys: pytest.CaptureFixture[str], photos: Path, tmp_path: Path
) -> None:
    with Project.create(tmp_path / "p"):
        sentence = refused(capsys, "add", tmp_path / "p", photos)
        assert "open in another window or command" in sentence
        assert len(sentence.splitlines()) == 1
        assert call("status", tmp_path / "p")["images"] == 0


def test_a_moved_root_is_pointed_to(
    call: Any, capsys: pytest.CaptureFixture[str], photos: Path, tmp_path: Path
) -> None:
    call("init", tmp_path / "p", "--images", photos)
    photos.rename(tmp_path / "other")
    assert call("status", tmp_path / "p")["roots"][0]["there"] is False
    call("add", tmp_path / "p", "--move-root", f"photos={tmp_path / 'other'}")
    assert call("status", tmp_path / "p")["roots"][0]["there"] is True
    assert "NAME=FOLDER" in refused(capsys, "add", tmp_path / "p", "--move-root", "photos")
    assert "FOLDERS" in refused(capsys, "add", tmp_path / "p")


def test_more_validation_images_on_request(call: Any, photos: Path, tmp_path: Path) -> None:
    call("init", tmp_path / "p", "--images", photos, "--val", "20%")
    for n in range(10):
        Image.new("RGB", (20, 10), (n, 9, 9)).save(photos / f"new{n}.png")
    assert call("add", tmp_path / "p", photos)["validation"] == 2
    assert call("add", tmp_path / "p", "--val", "50%")["validation"] == 7


@pytest.mark.parametrize("command", [["status", "NO"], ["add", "NO", "NO"]])
def test_no_project_there(capsys: pytest.CaptureFixture[str], tmp_path: Path, command: list[str]) -> None:
    assert "no project in" in refused(capsys, *[str(tmp_path) if a == "NO" else a for a in command])


def test_status_starts_without_the_heavy_parts(photos: Path, tmp_path: Path) -> None:
    assert run(["init", str(tmp_path / "p"), "--images", str(photos)]) == 0
    code = (
        f"import sys; from boxwright.cli.app import run; run(['status', {str(tmp_path / 'p')!r}]); "
        "print({'cv2', 'onnxruntime', 'PIL', 'PySide6', 'torch', 'sqlite_utils'} & set(sys.modules))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.splitlines()[-1] == "set()"


def test_init_takes_several_folders_after_one_option(call: Any, photos: Path, tmp_path: Path) -> None:
    other = tmp_path / "other photos"
    other.mkdir()
    Image.new("RGB", (20, 10), (0, 200, 0)).save(other / "x.png")
    assert call("init", tmp_path / "one", "--images", photos, other)["images"] == 11
    assert call("init", tmp_path / "two", "--images", photos, "--images", other)["images"] == 11


@pytest.mark.parametrize(
    "arguments",
    [
        ("--val", "10%", "--seed", "-4"),
        ("--val", "10%", "--seed", str(2**70)),
        ("--val", "100%"),
        ("--val", "10"),
        ("--classes", ""),
        ("--classes", "a,a"),
    ],
)
def test_an_option_out_of_its_range_is_wrong_usage_and_makes_nothing(
    capsys: pytest.CaptureFixture[str], photos: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert run(["init", str(tmp_path / "p"), "--images", str(photos), *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize(
    "arguments", [("--sampler", "best"), ("--score", "luck"), ("--subset", "0%"), ("--size", "0"), ("--random", "7")]
)
def test_next_names_what_is_wrong_with_an_option(
    capsys: pytest.CaptureFixture[str], photos: Path, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    assert run(["init", str(tmp_path / "p"), "--images", str(photos)]) == 0
    capsys.readouterr()
    assert run(["next", str(tmp_path / "p"), *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert arguments[0][2:] in shown.err
