"""A project of somebody else: what its rows name outside the image folders is not read, nor copied unasked."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from tests.colours import BLACK, make_pool, write_picture
from tests.conftest import REPOSITORY

from boxwright.cli.app import run
from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, combined, set_state
from boxwright.domain.errors import FormatError
from boxwright.domain.image import ImageState
from boxwright.formats.staging import ImageMode
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.project.layout import DATABASE
from boxwright.services.project.project import Project
from boxwright.services.retraining.facts import training_set


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three labelled images; beside their folder lies a picture that is nobody's business."""
    write_picture(tmp_path / "secret" / "secret.png", BLACK, 99)
    with make_pool(tmp_path, [BLACK, BLACK, BLACK]) as project:
        for image_id in (1, 2, 3):
            labels = project.labels.load(image_id)
            edits = [add(drawn(Box(10, 10, 40, 40), 1)), set_state(labels, ImageState.LABELED, EditKind.OTHER)]
            project.labels.apply(image_id, combined(EditKind.DRAW_BOX, edits))
    return tmp_path / "project"


def change(folder: Path, *statements: str) -> None:
    connection = sqlite3.connect(folder / DATABASE)
    for statement in statements:
        connection.execute(statement)
    connection.commit()
    connection.close()


def exported(folder: Path, name: str = "out", **more: Any) -> list[bytes]:
    out = folder.parent / name
    with Project.open(folder, read_only=True) as project:
        export_dataset(project, out, "yolo", ImageMode.COPY, **more)
    return [file.read_bytes() for file in out.rglob("*.png")]


@pytest.mark.parametrize(
    "path", ["../secret/secret.png", "{0}/secret/secret.png", "a/../../secret/secret.png", "a\\0b"]
)
def test_a_path_that_leads_out_of_its_folder_names_nothing(folder: Path, path: str) -> None:
    written = path.format(folder.parent).replace("\\0", "' || char(0) || '")
    change(folder, f"UPDATE image SET path = '{written}' WHERE id = 1")
    with Project.open(folder) as project:
        for image in training_set(project).images:
            assert image.path.resolve().is_relative_to(folder.parent / "pictures")
        for file in (project.images.file(1), project.gallery.tiles([1])[0].file):
            assert not file.exists()
            assert file.resolve().is_relative_to(folder.parent / "pictures")
    secret = (folder.parent / "secret" / "secret.png").read_bytes()
    assert secret not in exported(folder)


def test_rows_are_made_into_paths_in_one_place() -> None:
    package = REPOSITORY / "app" / "boxwright"
    joined = re.compile(r"_store\.folder(\.joinpath| /)|root\.folder / ")
    found = {
        file.relative_to(package).as_posix()
        for file in package.rglob("*.py")
        if joined.search(file.read_text(encoding="utf-8"))
    }
    assert found == {"store/roots.py"}, "folders of roots themselves"


def test_a_root_that_climbs_out_of_the_project_names_nothing(folder: Path) -> None:
    change(folder, "UPDATE root SET folder = '../secret'", "UPDATE image SET path = 'secret.png' WHERE id = 1")
    with Project.open(folder) as project:
        assert not project.images.file(1).exists()


def test_a_root_as_wide_as_the_disk_is_asked_about(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = str(folder.parent / "pictures").lstrip("/")
    change(folder, "UPDATE root SET folder = '/'", f"UPDATE image SET path = '{pictures}/' || path")
    words = ["export", str(folder), str(folder.parent / "out"), "--format", "yolo"]
    assert run(words) == 1
    assert "--outside" in capsys.readouterr().err
    assert not (folder.parent / "out").exists()
    assert run([*words, "--outside"]) == 0
    monkeypatch.setenv("HOME", str(folder.parent / "pictures"))
    with pytest.raises(FormatError, match="outside the image folders"):
        exported(folder, "other")


def test_links_that_lead_out_are_read_and_asked_about_before_they_are_copied(folder: Path) -> None:
    pictures, secret = folder.parent / "pictures", folder.parent / "secret" / "other.png"
    (pictures / "000.png").rename(secret)
    (pictures / "000.png").symlink_to(secret)
    with Project.open(folder) as project:
        assert project.images.file(1).read_bytes() == secret.read_bytes()
    with pytest.raises(FormatError, match="1 images lie outside"):
        exported(folder)
    assert secret.read_bytes() in exported(folder, outside=True)


def test_a_link_to_the_image_folder_itself_is_no_way_out(folder: Path) -> None:
    pictures = folder.parent / "pictures"
    pictures.rename(folder.parent / "real")
    pictures.symlink_to(folder.parent / "real")
    assert len(exported(folder)) == 3


@pytest.mark.parametrize("file", ["../secret/x.onnx", "{0}/secret/x.onnx"])
def test_a_detector_outside_the_project_is_not_opened(
    folder: Path, capsys: pytest.CaptureFixture[str], file: str
) -> None:
    with Project.open(folder) as project:
        active = project.models.active()
        assert active is not None
        (folder / active.file).rename(folder.parent / "secret" / "x.onnx")
    change(folder, f"UPDATE model SET file = '{file.format(folder.parent)}'", "DELETE FROM predicted")
    change(folder, "UPDATE image SET state = 'unlabeled', touched = 0")
    assert run(["prelabel", str(folder)]) == 1
    assert "Traceback" not in capsys.readouterr().err
