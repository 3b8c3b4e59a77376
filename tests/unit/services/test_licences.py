"""What is installed, with its licences: as it is here, and in a small world of packages made for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from tests.conftest import REPOSITORY

from boxwright.services.licences import Package, installed, python, read, texts


def make_package(folder: Path, name: str, *lines: str, files: dict[str, str] | None = None) -> None:
    """An installed package with `lines` of metadata and `files` in its metadata folder."""
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("\n".join(["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *lines, ""]))
    for file, content in (files or {}).items():
        (info / file).parent.mkdir(parents=True, exist_ok=True)
        (info / file).write_text(content)
    listed = [f"{info.name}/{file},," for file in ["METADATA", *(files or {})]]
    (info / "RECORD").write_text("\n".join(listed))


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Packages that are found before all others."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_all_that_the_program_requires_is_listed() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    required = [Requirement(line) for line in project["dependencies"]]
    wanted = {canonicalize_name(one.name) for one in required if one.marker is None or one.marker.evaluate()}
    found = installed()
    assert found[0].name == "boxwright"
    names = [canonicalize_name(package.name) for package in found]
    assert wanted <= set(names)
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("package", [*installed(), python()], ids=lambda package: package.title)
def test_every_package_says_its_licence_and_has_its_text(package: Package) -> None:
    assert package.licence
    found = texts(package)
    assert found
    # A notice may be one line, beside the licence.
    assert max(len(read(path)) for path in found) > 100


def test_qt_has_the_text_that_its_wheel_lacks() -> None:
    (qt,) = (package for package in installed() if package.name.startswith("PySide6"))
    lesser, general = map(read, texts(qt))
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in lesser
    assert "GNU GENERAL PUBLIC LICENSE" in general


def test_extras_are_followed_and_circles_end(world: Path) -> None:
    make_package(
        world, "boxwright", "Requires-Dist: one", "Requires-Dist: two[more]; extra == 'train'",
        "Requires-Dist: never; python_version < '3'", "Requires-Dist: absent", "Requires-Dist: tool; extra == 'dev'",
    )  # fmt: skip
    make_package(world, "one", "Requires-Dist: boxwright")
    make_package(world, "two", "Requires-Dist: three; extra == 'more'", "Requires-Dist: one")
    for name in ("three", "never", "tool"):
        make_package(world, name)
    assert [package.name for package in installed()] == ["boxwright", "one", "three", "two"]
    assert [package.name for package in installed(())] == ["boxwright", "one"]
    assert installed()[3].needs == ("one", "three")


def test_a_package_met_again_with_an_extra_is_followed_again(world: Path) -> None:
    make_package(world, "boxwright", "Requires-Dist: one[more]", "Requires-Dist: two")
    make_package(world, "one", "Requires-Dist: three; extra == 'more'")
    make_package(world, "two", "Requires-Dist: one")
    make_package(world, "three")
    assert [package.name for package in installed()] == ["boxwright", "one", "three", "two"]


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        (["License-Expression: MIT OR Apache-2.0", "License: whatever"], "MIT OR Apache-2.0"),
        (["License: Apache 2.0"], "Apache-2.0"),
        (["License: Our own terms"], "Our own terms"),
        (["License: BSD", "Classifier: License :: OSI Approved :: BSD License"], "BSD License"),
        (["License: A whole", "        text", "Classifier: License :: OSI Approved :: MIT License"], "MIT"),
        (["Classifier: Topic :: Utilities"], ""),
    ],
)
def test_the_licence_is_said_as_well_as_it_can_be(world: Path, lines: list[str], licence: str) -> None:
    make_package(world, "boxwright", *lines)
    assert installed()[0].licence == licence


def test_each_text_is_there_once_and_no_program_is_taken_for_one(world: Path) -> None:
    files = {
        "licenses/LICENSE": "ours", "licenses/vendored/COPYING": "theirs", "licenses/vendored/copy/COPYING": "theirs",
        "licenses/vendored/LICENSE": "ours",
        "licenses/THIRD-PARTY.txt": "of others", "licenses.py": "code", "README": "no licence",
    }  # fmt: skip
    make_package(world, "boxwright", files=files)
    with (world / "boxwright-1.0.dist-info" / "RECORD").open("a") as record:
        record.write("\nboxwright-1.0.dist-info/licenses/NOTICE,,\nboxwright-1.0.dist-info/licenses/NOTICE,,")
    (package,) = installed()
    assert [read(path) for path in texts(package)] == ["ours", "of others", "theirs"]


def test_a_package_without_a_text_and_without_a_known_licence_has_none(world: Path) -> None:
    make_package(world, "boxwright", "License: secret")
    assert texts(installed()[0]) == []
