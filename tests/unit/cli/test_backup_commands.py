"""`boxwright backups` and `boxwright restore`, as typed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.colours import BLACK, make_pool, write_picture

from boxwright.cli.app import run
from boxwright.services.project.layout import DATABASE
from boxwright.store import backup


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_pool(tmp_path, [BLACK, BLACK]).close()
    return tmp_path / "project"


def told(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    capsys.readouterr()
    assert run([*map(str, words), "--json"]) == 0
    parsed = json.loads(capsys.readouterr().out)
    assert isinstance(parsed, dict)
    return parsed


def test_an_addition_is_gone_after_going_back_and_there_again_after_going_forward(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_picture(folder.parent / "pictures" / "new.png", BLACK, 7)
    assert run(["add", str(folder), str(folder.parent / "pictures")]) == 0
    listed = told(capsys, "backups", folder)
    assert (listed["now"]["images"], [b["images"] for b in listed["backups"]]) == (3, [2])
    assert listed["backups"][0]["why"] == "daily"
    done = told(capsys, "restore", folder)
    assert (done["backup"], done["now"]["images"]) == (listed["backups"][0]["name"], 2)
    assert told(capsys, "restore", folder, done["kept"])["now"]["images"] == 3


def test_a_project_that_cannot_be_opened_names_what_it_can_go_back_to(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["backups", str(folder), "--make"]) == 0
    (folder / DATABASE).write_bytes(b"\0" * 50_000)
    assert run(["status", str(folder)]) == 1
    assert f'boxwright restore "{folder}"' in capsys.readouterr().err
    listed = told(capsys, "backups", folder)
    assert (listed["now"], [b["images"] for b in listed["backups"]]) == (None, [2])
    assert run(["restore", str(folder)]) == 0
    assert "2 images" in capsys.readouterr().out
    assert run(["status", str(folder)]) == 0
    assert told(capsys, "backups", folder)["backups"][0]["why"] == "damaged"


def test_without_a_backup_nothing_is_promised(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / DATABASE).write_bytes(b"\0" * 50_000)
    assert run(["status", str(folder)]) == 1
    assert "There is no backup" in capsys.readouterr().err
    assert run(["restore", str(folder)]) == 1
    assert (folder / DATABASE).read_bytes() == b"\0" * 50_000


def test_a_name_that_is_none_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["restore", str(folder), "../../project"]) == 1
    assert "boxwright backups" in capsys.readouterr().err


def test_a_command_on_a_full_disk_goes_on_and_tells(
    folder: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "ROOM", 1 << 60)
    write_picture(folder.parent / "pictures" / "new.png", BLACK, 7)
    assert run(["add", str(folder), str(folder.parent / "pictures")]) == 0
    assert caplog.text.count("no room on the disk for a backup") == 1
    assert not list((folder / "backups").iterdir())
