"""Photos that cannot be read are named with their number, wherever images are added."""

from __future__ import annotations

from pathlib import Path

import pytest

from boxwright.cli.app import run
from boxwright.services.images.unread import glance, kind_of, unread_words


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({}, ""),
        ({"heic": 1}, "1 HEIC photo cannot be read: convert it to JPEG."),
        ({"heic": 3, "raw": 1}, "3 HEIC photos and 1 raw photo cannot be read: convert them to JPEG."),
        (
            {"other": 2, "jxl": 1, "raw": 12, "heic": 1},
            "1 HEIC photo, 12 raw photos, 1 JPEG XL picture and 2 pictures of other kinds cannot be read: convert them "
            "to JPEG.",
        ),
    ],
)
def test_each_kind_is_counted(counts: dict[str, int], words: str) -> None:
    assert unread_words(counts) == words


def test_endings_are_told_in_any_case_and_readable_ones_are_not_among_them(tmp_path: Path) -> None:
    from boxwright.formats.names import IMAGE_SUFFIXES

    assert not any(kind_of(f"a{suffix}") for suffix in (*IMAGE_SUFFIXES, ".txt", ".json", ""))
    for name in ("IMG.HEIC", "b.heif", "c.Cr3", "d.DNG", "e.jxl", "f.psd", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert glance(tmp_path) == {"heic": 2, "raw": 2, "jxl": 1, "other": 1}
    assert glance(tmp_path / "none") == {}


def test_init_and_add_name_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "photos"
    (folder / "deep").mkdir(parents=True)
    for name in ("a.HEIC", "deep/b.HEIC", "deep/c.HEIC", "d.CR2", "notes.txt"):
        (folder / name).write_bytes(b"x")
    for words in (["init", str(tmp_path / "p"), "--images", str(folder)], ["add", str(tmp_path / "p"), str(folder)]):
        assert run(words, None) == 0
        said = capsys.readouterr().out
        assert "3 HEIC photos and 1 raw photo cannot be read: convert them to JPEG." in said
        assert "Left out: 1 files that are no images, 0 hidden ones." in said
