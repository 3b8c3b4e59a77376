from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from boxwright.config.atomic import LEFT_BEHIND, atomic_write, writing


def test_a_new_file_holds_the_bytes_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "missing" / "folder" / "a.json"
    atomic_write(file, b"one")
    atomic_write(file, b"two")
    assert file.read_bytes() == b"two"
    assert [p.name for p in file.parent.iterdir()] == ["a.json"]


def test_a_body_that_raises_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    file = tmp_path / "a.onnx"
    file.write_bytes(b"good")
    with pytest.raises(KeyboardInterrupt), writing(file) as aside:
        aside.write_bytes(b"half")
        raise KeyboardInterrupt
    assert file.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [file]


def test_the_path_to_write_lies_beside_the_target_with_its_suffix(tmp_path: Path) -> None:
    with writing(tmp_path / "picture.png") as aside:
        assert (aside.parent, aside.suffix) == (tmp_path, ".png")
        aside.write_bytes(b"x")


@pytest.mark.parametrize("durable", [True, False])
def test_while_it_is_written_the_old_file_stands_and_the_new_one_can_be_told(tmp_path: Path, durable: bool) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"old")
    with writing(file, durable) as aside:
        aside.write_bytes(b"new")
        assert file.read_bytes() == b"old"
        assert LEFT_BEHIND.fullmatch(aside.name)
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]


def test_a_body_that_writes_nothing_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"good")
    with pytest.raises(FileNotFoundError), writing(file):
        pass
    assert file.read_bytes() == b"good"


@pytest.mark.skipif(os.name == "nt", reason="links and modes are those of POSIX")
def test_a_symbolic_link_and_the_mode_of_its_file_survive(tmp_path: Path) -> None:
    file, link = tmp_path / "real", tmp_path / "link"
    file.write_bytes(b"old")
    file.chmod(0o640)
    link.symlink_to(file)
    atomic_write(link, b"new")
    assert link.is_symlink()
    assert file.read_bytes() == b"new"
    assert file.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.name == "nt", reason="file size limits are those of POSIX")
def test_a_full_disk_keeps_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "a"
    file.write_bytes(b"good")
    program = (
        "import pathlib, sys; from boxwright.config.atomic import atomic_write\n"
        "try: atomic_write(pathlib.Path(sys.argv[1]), b'x' * 100_000)\n"
        "except OSError: sys.exit(7)"
    )

    def small_files_only() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run([sys.executable, "-c", program, str(file)], preexec_fn=small_files_only, check=False)
    assert done.returncode == 7
    assert file.read_bytes() == b"good"
    assert list(tmp_path.iterdir()) == [file]
