"""The built wheel holds everything that the program reads at run time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(out / "site")
    return out / "site"


def run(unpacked: Path, program: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(unpacked)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=unpacked, env=environment, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_the_wheel_finds_its_models_and_resources_in_itself(unpacked: Path) -> None:
    printed = run(
        unpacked,
        "from boxwright.config import paths; print(paths.models() / 'registry.json'); print(paths.resources())",
    )
    registry, resources = (Path(line) for line in printed.splitlines())
    assert registry.is_file()
    assert resources.is_dir()
    assert unpacked in registry.parents
    assert unpacked in resources.parents


def test_the_wheel_holds_every_file_that_ships(unpacked: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "resources", "models", "docs", "app/boxwright", "packaging/constraints.txt", "LICENSE",
         ":(glob)*.md", ":!docs/evidence"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if tracked.returncode:
        pytest.skip("not a git checkout")
    for name in tracked.stdout.splitlines():
        inside = name.removeprefix("app/") if name.startswith("app/") else f"boxwright/_data/{name}"
        assert (unpacked / inside).is_file(), f"the wheel lacks {inside}"


def test_a_link_of_a_page_leads_to_a_file_of_the_wheel(unpacked: Path) -> None:
    data = unpacked / "boxwright" / "_data"
    pages = [data / "README.md", data / "CHANGELOG.md", *(data / "docs").rglob("*.md")]
    assert len(pages) > 40
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            # The figures of the experiment, 4 MB of them, stay in the repository.
            if "://" not in target and not target.startswith("evidence/"):
                assert (page.parent / target).exists(), f"{page.relative_to(data)} links to {target}"


def test_the_command_runs_from_the_wheel(unpacked: Path) -> None:
    assert run(unpacked, "import boxwright.main; boxwright.main.main(['--version'])").startswith("boxwright, version")
