"""An export can be checked against what it says of itself, and its manifest is data like any other file."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import orjson
import pytest

from boxwright.domain.errors import FormatError
from boxwright.formats.manifest import MANIFEST, read_manifest, verify
from boxwright.formats.staging import ImageMode, clear_up, staged


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "x.png").write_bytes(b"pixels")
    with staged(tmp_path / "out", "coco") as staging:
        staging.write("a/b.json", b"{}")
        staging.place("x.png", tmp_path / "x.png", "images/x.png", ImageMode.COPY)
        staging.images = [("x", {"split": "train"})]
    return tmp_path / "out"


def test_every_file_is_listed_by_its_sha256(out: Path) -> None:
    content = orjson.loads((out / MANIFEST).read_bytes())
    assert content["files"] == {
        name: [hashlib.sha256((out / name).read_bytes()).hexdigest(), (out / name).stat().st_size]
        for name in ("a/b.json", "images/x.png")
    }
    assert content["images"] == {"x": {"split": "train"}}


def test_missing_changed_and_added_files_are_told_apart(out: Path) -> None:
    assert verify(out).sound
    (out / "added.txt").write_text("mine")
    (out / "labels.cache").write_text("a tool's")
    assert verify(out).sound
    (out / "images" / "x.png").write_bytes(b"PIXELS")
    (out / "a" / "b.json").unlink()
    found = verify(out)
    assert (found.files, found.missing, found.changed, found.added) == (
        2,
        ("a/b.json",),
        ("images/x.png",),
        ("added.txt",),
    )
    assert not found.sound


def test_a_folder_without_a_manifest_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="nothing to check"):
        verify(tmp_path)


BROKEN = [
    b"",
    b"[]",
    b"null",
    b"{}",
    b'{"manifest": 2, "format": "x", "files": {"a": 3}}',
    b'{"manifest": 2, "files": []}',
]
OUTSIDE = [{"manifest": 2, "format": "x", "files": {name: ["0", 1]}} for name in ("../up", "/etc/passwd", "")]


@pytest.mark.parametrize("content", [*BROKEN, *map(orjson.dumps, OUTSIDE)])
def test_a_manifest_that_is_none_or_leads_outside_is_not_read(out: Path, content: bytes) -> None:
    (out / MANIFEST).write_bytes(content)
    assert read_manifest(out) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_place_of_a_file_is_a_missing_file(out: Path) -> None:
    (out / "a" / "b.json").unlink()
    os.mkfifo(out / "a" / "b.json")
    assert verify(out).missing == ("a/b.json",)


def test_after_a_kill_between_the_two_renames_the_old_export_is_back(out: Path) -> None:
    aside, old = out.with_name(".out.token.part"), out.with_name(".out.token.old")
    aside.mkdir()
    (aside / "half").write_text("half")
    before = sorted(p.name for p in out.rglob("*"))
    out.rename(old)
    clear_up(out, "token")
    assert sorted(p.name for p in out.rglob("*")) == before
    assert sorted(p.name for p in out.parent.iterdir()) == ["out", "x.png"]
