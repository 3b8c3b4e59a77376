"""The version is the same wherever it stands, and the changelog tells every version in the same order."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from checksums import NAME, checksums
from tests.architecture.test_words import REPOSITORY

import boxwright

RELEASED = re.compile(r"## \[(\d+)\.(\d+)\.(\d+)\] - (\d{4}-\d{2}-\d{2})")
KINDS = ["Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"]


def changelog() -> str:
    return (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")


def versions(text: str) -> list[tuple[tuple[int, ...], date]]:
    """Released versions with their dates, as they stand."""
    headings = [line for line in text.splitlines() if line.startswith("## ")]
    assert headings[0] == "## [Unreleased]", "the changelog begins with what is not released yet"
    found = [RELEASED.fullmatch(line) for line in headings[1:]]
    assert None not in found, f"a heading is no '## [X.Y.Z] - YYYY-MM-DD': {headings}"
    return [(tuple(map(int, m.groups()[:3])), date.fromisoformat(m[4])) for m in found if m is not None]


def faults(text: str) -> Iterator[str]:
    """What is out of order within the versions: kinds of changes, and changes of a released version without an area."""
    for part in re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]:
        version, _, rest = part.partition("\n")
        kinds = re.findall(r"^### (.+)$", rest, re.MULTILINE)
        if kinds != [kind for kind in KINDS if kind in kinds]:
            yield f"{version} has the headings {kinds}; they are {KINDS}, each once and in this order"
        area = ""
        for line in rest.splitlines():
            if line.startswith("#"):
                area = line.removeprefix("#### ") if line.startswith("#### ") else ""
            elif line.startswith("- ") and not area and RELEASED.fullmatch(version):
                yield f"{version} has a change without an area: {line}"


def test_the_version_and_its_date_agree() -> None:
    number, day = versions(changelog())[0]
    citation = yaml.safe_load((REPOSITORY / "CITATION.cff").read_text(encoding="utf-8"))
    assert boxwright.__version__ == ".".join(map(str, number))
    assert citation["version"] == boxwright.__version__
    assert citation["date-released"] == day


def test_versions_are_told_newest_first() -> None:
    told = versions(changelog())
    assert told == sorted(set(told), reverse=True)
    assert [day for _, day in told] == sorted((day for _, day in told), reverse=True)


def test_changes_are_told_by_kind_and_area() -> None:
    assert list(faults(changelog())) == []


@pytest.mark.parametrize(
    "text",
    [
        "## [0.1.0] - 2026-12-01\n\n### Added\n\n- without an area\n",
        "## [0.1.0] - 2026-12-01\n\n### Added\n\n#### Window\n\n- one\n\n### Fixed\n\n- without an area\n",
        "## [Unreleased]\n\n### Fixed\n\n- a\n\n### Added\n\n- b\n",
        "## [Unreleased]\n\n### Added\n\n- a\n\n### Added\n\n- b\n",
        "## [Unreleased]\n\n### New\n\n- a\n",
    ],
)
def test_a_planted_fault_is_found(text: str) -> None:
    assert len(list(faults(text))) == 1


@pytest.mark.parametrize("heading", ["## 0.1.0", "## [0.1.0]", "## [0.1] - 2026-12-01"])
def test_a_heading_without_a_version_and_a_date_is_found(heading: str) -> None:
    with pytest.raises(AssertionError):
        versions(f"## [Unreleased]\n\n{heading}\n")


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="the judge of the list is not here")
def test_the_list_of_checksums_is_read_by_others_and_names_each_file(tmp_path: Path) -> None:
    for name in ("b with a blank.whl", "a.tar.gz"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "folder").mkdir()
    (tmp_path / NAME).write_text(checksums(tmp_path))
    assert checksums(tmp_path) == (tmp_path / NAME).read_text()
    check = ["sha256sum", "--check", "--strict", NAME]
    said = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == ["a.tar.gz: OK", "b with a blank.whl: OK"]
    (tmp_path / "a.tar.gz").write_bytes(b"another")
    assert subprocess.run(check, cwd=tmp_path, capture_output=True, check=False).returncode == 1
