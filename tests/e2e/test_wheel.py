"""The built wheel, installed where no checkout is: it holds what the program reads and shows, and plays the demo."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import orjson
import pytest
from tests.conftest import REPOSITORY

SMALL = ("--headless", "--pictures", "20", "--rounds", "0")
FOUND = "from boxwright.config import paths; print(paths.resources(), paths.models(), paths.docs(), sep=chr(10))"
WINDOW = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from boxwright.ui.shell import application
def look():
    (window,) = (w for w in QApplication.topLevelWidgets() if isinstance(w, application.MainWindow))
    space = window.opened.workspace if window.opened else None
    if space is None or not space.queue_loaded or space.detector is None:
        return
    timer.stop()
    window.show_guide("docs/guide/offline.md")
    guide = window.guide.browser.toPlainText().splitlines()
    print(application.__file__, guide[0], *(action.text() for action in window.menuBar().actions()), sep="\\n")
    QTimer.singleShot(0, window.close)
app = application.make_application()
timer = QTimer(app, interval=20)
timer.timeout.connect(look)
timer.start()
sys.exit(application.run_window(Path(sys.argv[1])))
"""


def build(checkout: Path, target: str, out: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    subprocess.run(command, cwd=checkout, capture_output=True, check=True)
    (built,) = out.glob("*.whl" if target == "wheel" else "*.tar.gz")
    return built


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(REPOSITORY, "wheel", tmp_path_factory.mktemp("wheel"))


@dataclass(frozen=True)
class Person:
    """Somebody who has the wheel and its packages, and no checkout; `place` is where they work, empty at first."""

    place: Path
    bin: Path
    site: Path

    def run(self, *command: object) -> str:
        """What it printed. It may not fail."""
        kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "LANG") if name in os.environ}
        own = {"HOME": str(self.place / "home"), "QT_QPA_PLATFORM": "offscreen", "LANGUAGE": "ko", "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            [str(self.bin / str(command[0])), *map(str, command[1:])],
            cwd=self.place, env=kept | own | {"BOXWRIGHT_HOME": str(self.place / "home")}, capture_output=True,
            text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout

    def python(self, program: str, *words: object) -> str:
        return self.run("python", "-I", "-c", program, *words)


@pytest.fixture(scope="module")
def person(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Person:
    """The packages of these tests are lent to their environment; the program itself is only in theirs."""
    place = tmp_path_factory.mktemp("person")
    environment = place / "environment"
    builder = venv.EnvBuilder(symlinks=os.name != "nt")
    builder.create(environment)
    context = builder.ensure_directories(environment)
    python = Path(context.env_exe)
    install = ["install", "--no-deps", "--no-index", "--no-compile", str(wheel)]
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), *install], check=True, capture_output=True)
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = Path(subprocess.check_output([python, "-I", "-c", asked], text=True).strip())
    lent = [path for path in sys.path if path.endswith("site-packages")]
    (site / "lent.pth").write_text("\n".join(lent), encoding="utf-8")
    return Person(place, python.parent, site)


def test_the_source_archive_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    archive = build(REPOSITORY, "sdist", tmp_path)
    with tarfile.open(archive) as opened:
        opened.extractall(tmp_path, filter="data")
    (unpacked,) = (path for path in tmp_path.iterdir() if path.is_dir())
    again = build(unpacked, "wheel", tmp_path)
    assert again.name == wheel.name
    assert members(again) == members(wheel)


def members(wheel: Path) -> dict[str, int]:
    """The files in it, each with its check sum."""
    with zipfile.ZipFile(wheel) as archive:
        return {member.filename: member.CRC for member in archive.infolist()}


def test_it_finds_what_it_reads_in_itself(person: Person) -> None:
    for line in person.python(FOUND).splitlines():
        assert Path(line).is_dir()
        assert person.site in Path(line).parents


def test_it_holds_every_file_that_ships(person: Person) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "resources", "models", "docs", "app/boxwright", "packaging/constraints.txt", "LICENSE",
         ":(glob)*.md", ":!docs/evidence"],
        cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if tracked.returncode:
        pytest.skip("not a git checkout")
    for name in tracked.stdout.splitlines():
        inside = name.removeprefix("app/") if name.startswith("app/") else f"boxwright/_data/{name}"
        assert (person.site / inside).is_file(), f"the wheel lacks {inside}"


def test_a_link_of_a_page_leads_to_a_file_in_it(person: Person) -> None:
    data = person.site / "boxwright" / "_data"
    pages = [data / "README.md", data / "CHANGELOG.md", *(data / "docs").rglob("*.md")]
    assert len(pages) > 40
    for page in pages:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            # The figures of the experiment, 4 MB of them, stay in the repository.
            if "://" not in target and not target.startswith("evidence/"):
                assert (page.parent / target).exists(), f"{page.relative_to(data)} links to {target}"


def test_both_commands_are_there_and_know_the_version(person: Person) -> None:
    assert person.run("boxwright", "--version").startswith("boxwright, version")
    assert shutil.which("boxwright-gui", path=person.bin)


def test_it_plays_the_demo_and_opens_it_in_korean_with_the_guide(person: Person) -> None:
    person.run("boxwright", "demo", "fish", *SMALL, "--out", "shown")
    summary = orjson.loads((person.place / "shown" / "summary.json").read_bytes())
    assert summary["rounds"][0]["detector"] == "starter"
    program, guide, *menus = person.python(WINDOW, "fish").splitlines()
    assert person.site in Path(program).parents
    assert guide == "A machine without a network"
    assert any("프로젝트" in menu for menu in menus), menus
