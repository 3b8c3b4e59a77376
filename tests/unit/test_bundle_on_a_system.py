"""What the bundle takes from the system that it is made on, and how it sits on the one that it comes to."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from bundle import start, system_libraries
from bundle.artefacts import debian_package
from bundle.system_libraries import MissingLibraries, fill_in, libraries_of_this_system
from tests.conftest import REPOSITORY

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the bundle is for Linux")

# Stands for the bundle's loader, which says where its files are.
LOADER = "import sys; sys._MEIPASS = sys.argv.pop(1); from bundle.start import main; sys.exit(main())"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A bundle with one library in it, which asks for others of the system."""
    if shutil.which("objdump") is None:
        pytest.skip("binutils, which reads libraries, is not here")
    folder = tmp_path / "bundle"
    folder.mkdir()
    shutil.copyfile(libraries_of_this_system()["libfontconfig.so.1"], folder / "libfontconfig.so.1")
    return folder


def test_what_the_bundle_asks_for_and_what_that_asks_for_comes_along_in_its_order(root: Path) -> None:
    taken = fill_in(root, root / start.LIBRARIES)
    order = (root / start.LIBRARIES / start.ORDER).read_text().split()
    assert {"libfreetype.so.6", "libpng16.so.16"} <= taken.keys()
    assert not {"libc.so.6", "libfontconfig.so.1"} & taken.keys()
    assert sorted(order) == sorted(taken)
    assert order.index("libpng16.so.16") < order.index("libfreetype.so.6")
    for name, source in taken.items():
        assert (root / start.LIBRARIES / name).read_bytes() == source.read_bytes()


def test_what_serves_only_where_the_system_has_it_brings_nothing_along(root: Path) -> None:
    assert fill_in(root, root / start.LIBRARIES, [root / "libfontconfig.so.1"]) == {}


def test_a_library_that_is_nowhere_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = libraries_of_this_system()
    del known["libfreetype.so.6"]
    monkeypatch.setattr(system_libraries, "libraries_of_this_system", lambda: known)
    with pytest.raises(MissingLibraries, match=r"^libfreetype\.so\.6$"):
        fill_in(root, root / start.LIBRARIES)


def test_fonts_of_the_bundle_are_for_a_system_that_knows_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(start, "SYSTEM_FONTS", tmp_path / "fonts.conf")
    bare, own = dict[str, str](), {"FONTCONFIG_FILE": "/own"}
    for environment in (bare, own):
        start.fill_in_fonts(Path("/bundle/fonts"), environment)
    assert (bare, own) == ({"FONTCONFIG_FILE": "/bundle/fonts/fonts.conf"}, {"FONTCONFIG_FILE": "/own"})
    start.SYSTEM_FONTS.touch()
    start.fill_in_fonts(Path("/bundle/fonts"), there := dict[str, str]())
    assert there == {}


@pytest.mark.parametrize("words", [("--version",), ("-m", "boxwright", "--version")], ids=["typed", "as a child"])
def test_its_one_program_is_the_commands_and_the_interpreter_of_its_child_processes(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / start.LIBRARIES).mkdir()
    (tmp_path / start.LIBRARIES / start.ORDER).touch()
    paths = os.pathsep.join([str(REPOSITORY / "packaging"), *filter(None, sys.path)])
    command = [sys.executable, "-c", LOADER, str(tmp_path), *words]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("boxwright, version")


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="packages for Debian are made on Debian")
def test_the_package_is_the_folder_with_a_command_a_menu_entry_and_a_type_of_file(tmp_path: Path) -> None:
    folder = tmp_path / "boxwright-9"
    folder.mkdir()
    (folder / "boxwright").write_text("#!/bin/sh\n")
    (folder / "boxwright").chmod(0o755)
    (folder / "LICENCES.txt").write_text("all of them")
    debian_package(folder, "9", "2.34", tmp_path / "tree", tmp_path / "boxwright.deb")
    there = tmp_path / "there"
    subprocess.run(["dpkg-deb", "-R", str(tmp_path / "boxwright.deb"), str(there)], check=True)
    control = (there / "DEBIAN" / "control").read_text()
    assert "\nVersion: 9\n" in control
    assert "\nDepends: libc6 (>= 2.34)\n" in control
    assert sorted(path.name for path in (there / "DEBIAN").iterdir()) == ["control", "md5sums"], "it runs no script"
    for name in ("boxwright", "boxwright-gui"):
        assert (there / "usr" / "bin" / name).resolve() == there / "usr" / "lib" / "boxwright" / "boxwright"
        assert os.access(there / "usr" / "bin" / name, os.X_OK)
    share = there / "usr" / "share"
    assert (share / "doc" / "boxwright" / "copyright").read_text() == "all of them"
    entry = (share / "applications" / "boxwright.desktop").read_text(encoding="utf-8")
    (kind,) = re.findall(r"^MimeType=(.+);$", entry, re.MULTILINE)
    assert f'type="{kind}"' in (share / "mime" / "packages" / "boxwright.xml").read_text(encoding="utf-8")
    assert (share / "icons" / "hicolor" / "scalable" / "apps" / "boxwright.svg").is_file()
    sums = (there / "DEBIAN" / "md5sums").read_text()
    files = {str(file.relative_to(there)) for file in (there / "usr").rglob("*") if file.is_file()}
    linked = {"usr/bin/boxwright", "usr/bin/boxwright-gui"}
    assert {line.split("  ")[1] for line in sums.splitlines()} == files - linked
    subprocess.run(["md5sum", "--check", "--quiet", "DEBIAN/md5sums"], cwd=there, check=True)
