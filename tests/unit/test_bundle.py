"""The recipe of the bundle: what is left out, what is filled in, and the file that unpacks itself. The bundle itself is
tried by `make bundle-test`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
from bundle import start
from bundle.artefacts import run_file
from bundle.content import without_what_is_not_used
from bundle.elf import newest_glibc, parse_objdump
from bundle.licences import write_licences
from bundle.system_libraries import libraries_of_this_system, loading_order, missing_names

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the bundle is for Linux")

OBJDUMP = """
/lib/libfirst.so:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libsecond.so.1
  NEEDED               libc.so.6

Version References:
  required from libc.so.6:
    0x0d696914 0x00 05 GLIBC_2.4
    0x069691b4 0x00 03 GLIBC_2.34

/lib/libsecond.so.1:     file format elf64-x86-64

Dynamic Section:
  NEEDED               libm.so.6
"""


def test_objdump_tells_what_a_library_asks_for() -> None:
    wants = parse_objdump(OBJDUMP)
    first, second = wants[Path("/lib/libfirst.so")], wants[Path("/lib/libsecond.so.1")]
    assert first.libraries == {"libsecond.so.1", "libc.so.6"}
    assert newest_glibc(wants.values()) == "2.34"
    assert missing_names([first, second], have=[]) == {"libsecond.so.1"}
    assert missing_names([first, second], have=["libsecond.so.1"]) == set()
    assert loading_order({"libfirst.so": first, "libsecond.so.1": second}) == ["libsecond.so.1", "libfirst.so"]


def test_what_the_program_never_loads_is_left_out(tmp_path: Path) -> None:
    plain = tmp_path / "file"
    plain.touch()
    kept = [
        "torch/nn/functional.py", "torch/bin/torch_shm_manager",
        "PySide6/Qt/plugins/platforms/libqxcb.so", "PySide6/Qt/translations/qtbase_ko.qm",
        "PySide6/Qt/plugins/imageformats/libqsvg.so", "onnxruntime/capi/libonnxruntime_providers_cuda.so",
    ]  # fmt: skip
    left = [
        "torch/bin/protoc", "torch/include/a.h", "torch/lib/libtorchbind_test.so", "libcudart.so.13",
        "pyarrow/tests/a.py", "pyarrow/_flight.cpython.so", "PySide6/Qt/qml/QtQuick/a.qml",
        "PySide6/Qt/plugins/sqldrivers/libqsqlite.so", "PySide6/Qt/plugins/platforms/libqvnc.so",
        "PySide6/Qt/plugins/imageformats/libqpdf.so", "PySide6/QtNetwork.abi3.so",
    ]  # fmt: skip
    found = []
    for number, name in enumerate([*kept, *left]):
        file = tmp_path / str(number)
        file.touch()
        found.append((name, str(file), "DATA"))
    assert [name for name, _, _ in without_what_is_not_used(found)] == kept


def test_a_library_stays_for_who_asks_for_it_and_once() -> None:
    python = Path(sys.executable).resolve()
    asked = subprocess.run(["ldd", str(python)], capture_output=True, text=True, check=True).stdout.split()
    library = next((word for word in asked if word.startswith("/") and "libpython" in word), None)
    if library is None:
        pytest.skip("this Python is in one file")
    name = Path(library).name
    program = ("pyarrow/program", str(python), "BINARY")
    of_a_package = (f"some.libs/{name}", library, "BINARY")
    stranger = ("other.libs/libnobody.so.1", str(python), "BINARY")
    assert of_a_package in without_what_is_not_used([program, of_a_package])
    assert without_what_is_not_used([stranger]) == []
    named_so = ("pyarrow/lib.cpython-311-x86_64-linux-gnu.so", str(python), "EXTENSION")
    assert without_what_is_not_used([named_so]) == [named_so]
    again = (name, library, "BINARY")
    assert again not in without_what_is_not_used([program, again, of_a_package])


def test_the_system_goes_first_and_the_bundle_fills_in(tmp_path: Path) -> None:
    (tmp_path / start.ORDER).write_text("libc.so.6\nlibboxwright-missing.so.1\nlibboxwright-broken.so.1\n")
    shutil.copyfile(libraries_of_this_system()["libz.so.1"], tmp_path / "libboxwright-missing.so.1")
    (tmp_path / "libboxwright-broken.so.1").write_text("no library")
    assert start.fill_in_libraries(tmp_path) == ["libboxwright-missing.so.1"]


def test_a_program_of_the_system_gets_the_environment_that_the_bundle_was_started_with() -> None:
    given = {"LD_LIBRARY_PATH": "/bundle:/own", "LD_LIBRARY_PATH_ORIG": "/own", "_PYI_ARCHIVE_FILE": "a", "HOME": "/h"}
    start.give_back(given)
    assert given == {"LD_LIBRARY_PATH": "/own", "HOME": "/h"}
    given = {"LD_LIBRARY_PATH": "/bundle", "HOME": "/h"}
    start.give_back(given)
    assert given == {"HOME": "/h"}


def test_the_licences_of_all_that_is_inside_are_in_one_file(tmp_path: Path) -> None:
    system = libraries_of_this_system()
    stranger = tmp_path / "libstranger.so.1"
    stranger.touch()
    own = [system["libz.so.1"], system["libglib-2.0.so.0"], stranger]
    without = write_licences(tmp_path / "LICENCES.txt", own)
    written = (tmp_path / "LICENCES.txt").read_text()
    for package in ("zlib1g", "libglib2.0-0"):
        assert re.search(rf"^{package}(t64)?, a package of the system", written, re.MULTILINE), package
    assert "\nThe licence LGPL-2.1\n" in written, "the text that a package of the system only points to"
    assert next(name for name in without if "package of the system" in name).startswith("libstranger.so.1, ")
    for part in ("\nnumpy ", "\ntorch ", "\nshiboken6 ", "\nPython ", "GNU LESSER GENERAL PUBLIC LICENSE"):
        assert part in written, part
    assert ("\npyinstaller " in written) == (find_spec("PyInstaller") is not None)
    assert "\npytest " not in written
    assert not [name for name in without if name.startswith(("PySide6", "torch", "numpy"))]


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A file that unpacks a small program and starts it."""
    folder = tmp_path / "boxwright-9-linux"
    folder.mkdir()
    (folder / "boxwright").write_text('#!/bin/sh\necho "$(dirname "$0") got $*"\n')
    (folder / "boxwright").chmod(0o755)
    (folder / "data").write_bytes(os.urandom(5000))
    run_file(folder, "9", tmp_path / "boxwright.run")
    return tmp_path / "boxwright.run"


def run(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    cache = {**os.environ, "XDG_CACHE_HOME": str(file.parent / "cache")}
    return subprocess.run([str(file), *words], env=cache, capture_output=True, text=True, check=False)


def test_one_file_unpacks_itself_once_starts_and_is_taken_away(made: Path) -> None:
    cache = made.parent / "cache" / "boxwright"
    first, second = run(made, "status", "a b"), run(made)
    assert first.returncode == second.returncode == 0
    assert "unpacked" in first.stderr
    assert second.stderr == ""
    (kept,) = cache.iterdir()
    assert first.stdout == f"{kept} got status a b\n"
    assert run(made, "--install", str(made.parent / "there")).returncode == 0
    assert (made.parent / "there" / "data").stat().st_size == 5000
    assert "is there already" in run(made, "--install", str(made.parent / "there")).stderr
    assert run(made, "--remove").returncode == 0
    assert not cache.exists()


def test_an_older_program_goes_when_a_newer_one_comes_unless_it_runs(made: Path) -> None:
    cache = made.parent / "cache" / "boxwright"
    for name in ("program-old", "program-running"):
        (cache / name).mkdir(parents=True)
    (cache / "program-running" / "sleep").write_bytes(Path(shutil.which("sleep") or "").read_bytes())
    (cache / "program-running" / "sleep").chmod(0o755)
    with subprocess.Popen([cache / "program-running" / "sleep", "600"]) as running:
        assert run(made).returncode == 0
        running.kill()
    assert not (cache / "program-old").exists()
    assert (cache / "program-running").exists()


@pytest.mark.parametrize("harm", ["cut", "changed"])
def test_a_file_that_is_not_as_it_was_does_not_run(made: Path, harm: str) -> None:
    whole = made.read_bytes()
    made.write_bytes(whole[:-100] if harm == "cut" else whole[:-2000] + b"x" + whole[-1999:])
    done = run(made)
    assert done.returncode == 1
    assert "Fetch it again" in done.stderr
    assert not list((made.parent / "cache" / "boxwright").glob("*"))
    assert run(made, "--check").returncode == 1
