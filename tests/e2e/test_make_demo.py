"""`make demo` as a stranger types it: in a copy of what is under version control, the environment that it makes, and no
other, plays the story in small. How good the whole story's rounds are is told by `tests/benchmarks/table_demo.py`."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image
from pycocotools.coco import COCO
from tests.conftest import REPOSITORY

from boxwright.domain.image import ImageState, Split
from boxwright.services.project.project import Project

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="make and a shell")
SMALL = ("--headless", "--pictures", "20", "--epochs", "1")
STAGES = ("Pre-label", "Draw", "Correct", "Retrain", "(Better pre-labels|Pre-labels stay)", "Next batch", "Export")
TRAINING = {"torch", "onnx"}
# Of the virtual environment itself.
SEEDED = {"pip", "boxwright"}


@dataclass(frozen=True)
class Demo:
    """`place`: the copy of the repository; `out`: what the run left; `said`: its lines on stderr."""

    place: Path
    out: Path
    said: list[str]

    @property
    def summary(self) -> dict[str, Any]:
        loaded: dict[str, Any] = orjson.loads((self.out / "summary.json").read_bytes())
        return loaded

    @property
    def rounds(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.summary["rounds"]
        return found

    def project(self) -> Project:
        return Project.open(self.out / "project", read_only=True)


def bare(home: Path) -> dict[str, str]:
    """The environment variables of a person without a display who knows nothing of this program or its tests."""
    ours = ("BOXWRIGHT", "QT_", "PYTHON", "PYTEST", "VIRTUAL_ENV", "DISPLAY", "WAYLAND", "XDG_", "MAKE", "MFLAGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    interpreter = Path(sys.base_prefix, "bin", f"python{sys.version_info.major}.{sys.version_info.minor}")
    named = {"BOXWRIGHT_PYTHON": str(interpreter)} if interpreter.exists() else {}
    return kept | named | {"BOXWRIGHT_HOME": str(home)}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("make demo")
    place = folder / "boxwright"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY, capture_output=True, check=False,
    )  # fmt: skip
    if listed.returncode:
        pytest.skip("this is no checkout, so nobody can say which files belong to it")
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (REPOSITORY / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, place / name)
    done = subprocess.run(
        ["make", "demo", "ARGS=" + " ".join(SMALL)],
        cwd=place, env=bare(folder / "home"), capture_output=True, text=True, check=False,
    )  # fmt: skip
    log = place / ".venv" / "setup.log"
    assert done.returncode == 0, done.stderr + (log.read_text()[-2000:] if log.exists() else "")
    assert "Traceback" not in done.stderr
    assert (place / "demo-out" / "summary.txt").read_text() in done.stdout
    return Demo(place, place / "demo-out", done.stderr.splitlines())


def test_the_environment_has_training_and_no_tools_each_by_its_pin(demo: Demo) -> None:
    listed = subprocess.run(
        [demo.place / ".venv/bin/python", "-m", "pip", "list", "--format", "json"],
        capture_output=True, check=True, env=bare(demo.place),
    )  # fmt: skip
    installed = {one["name"].lower().replace("_", "-"): one["version"] for one in orjson.loads(listed.stdout)}
    assert installed.keys() >= TRAINING
    assert not installed.keys() & {"pytest", "mypy", "ruff", "hypothesis", "psutil", "pyarrow"}
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", (demo.place / "packaging/constraints.txt").read_text(), re.MULTILINE))
    pinned = {name.lower().replace("_", "-"): version for name, version in pins.items()}
    # A build of its own for a machine, such as 2.13.0+cpu, is the same release.
    found = {name: version.partition("+")[0] for name, version in installed.items() if name not in SEEDED}
    assert found == {name: pinned.get(name) for name in found}


def test_each_stage_is_told_in_its_order(demo: Demo) -> None:
    rest = iter(demo.said)
    for stage in STAGES:
        assert any(re.match(rf"\[\d+:\d\d:\d\d\] {stage}\b", line) for line in rest), (stage, demo.said)


def test_other_readers_find_what_was_exported(demo: Demo) -> None:
    labels = COCO(str(next((demo.out / demo.summary["export"]).rglob("instances_*train*.json"))))
    drawn = sum(demo.summary[origin] for origin in ("accepted", "adjusted", "relabeled", "drawn"))
    assert len(labels.getAnnIds()) == drawn > 0
    for image in labels.loadImgs(labels.getImgIds()):
        (file,) = (demo.out / demo.summary["export"]).rglob(Path(image["file_name"]).name)
        with Image.open(file) as picture:
            assert picture.size == (image["width"], image["height"])
            picture.load()


@pytest.fixture(scope="module")
def won(demo: Demo) -> bool:
    """Whether the new detector is no worse by the figure that decides; from so few pictures it may be either."""
    with demo.project() as project:
        (row,) = project.rounds.all()
    assert row.ap is not None
    return round(row.ap, 3) >= round(demo.rounds[0]["AP"], 3)


def test_the_better_detector_goes_on_and_the_other_is_kept(demo: Demo, won: bool) -> None:
    assert [one["detector"] for one in demo.rounds] == ["starter", "round-1" if won else "starter"]
    with demo.project() as project:
        assert {model.name: model.active for model in project.models.all()} == {"starter": not won, "round-1": won}


def test_the_summary_says_it_in_a_table(demo: Demo) -> None:
    text = (demo.out / "summary.txt").read_text()
    for one in demo.rounds:
        assert f"{one['detector']:<12}{one['AP50']:>7.3f}{one['AP']:>7.3f}" in text


def test_the_ledger_has_the_same_edits(demo: Demo) -> None:
    with demo.project() as project:
        (row,) = project.rounds.all()
    assert row.images == demo.rounds[0]["images"]
    assert row.boxes == demo.rounds[0]["boxes"]
    assert row.edits_per_image == pytest.approx(demo.rounds[0]["edits_per_image"], abs=0.01)


def test_nothing_measured_on_was_learnt_or_labelled(demo: Demo) -> None:
    with demo.project() as project:
        learnt = project.images.ids(state=ImageState.LABELED, split=Split.TRAIN)
        assert len(learnt) == sum(one["images"] for one in demo.rounds)
        batches = [{item.image_id for item in batch.items} for batch in project.batches.all()]
        assert set().union(*batches) == set(learnt.tolist())
        assert sum(map(len, batches)) == len(learnt)


def test_the_screenshots_show_the_turn(demo: Demo, won: bool) -> None:
    names = [path.stem.partition("-")[2] for path in sorted(demo.out.glob("*.png"))]
    assert ("comparison-1" in names) is not won
    for name in ("way-of-working", "retrain-1", "training-1", "next-batch-1", "rounds"):
        assert name in names
        (path,) = demo.out.glob(f"*-{name}.png")
        with Image.open(path) as picture:
            assert len(picture.convert("RGB").resize((64, 64)).getcolors(4096) or ()) > 8


def test_what_is_set_up_is_not_set_up_again(demo: Demo) -> None:
    before = (demo.place / ".venv" / "setup.log").stat().st_mtime_ns
    again = subprocess.run(
        ["make", "setup"], cwd=demo.place, env=bare(demo.place), capture_output=True, text=True, check=True
    )
    assert "Installing" not in again.stderr
    assert (demo.place / ".venv" / "setup.log").stat().st_mtime_ns == before
