"""A round of the demo's story in small, through the window: a training of a moment, and the better detector goes on.
How good the rounds of the whole story are is told by `tests/benchmarks/table_demo.py`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest
from PIL import Image

from boxwright.domain.image import ImageState, Split
from boxwright.services.project import Project
from boxwright.training.registry import by_name

pytestmark = pytest.mark.skipif(
    by_name("transfer").obstacle() is not None, reason=f"no training here: {by_name('transfer').obstacle()}"
)
PICTURES, SHARE, EPOCHS = 20, 20, 1
PLAY = f"""
import sys
from pathlib import Path
from boxwright.domain.progress import ignore
from boxwright.services.demo import make_demo
from boxwright.ui.demo_run import play_demo
from boxwright.ui.demo_story import Plot

out = Path(sys.argv[1])
make_demo(out / "project", ignore, pictures={PICTURES}, ready=False).close()
play_demo(out / "project", out, Plot(rounds=1, share={SHARE}, epochs={EPOCHS}))
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("story")
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY")}
    environment |= {"BOXWRIGHT_HOME": str(folder / "home"), "PYTHONWARNINGS": "error"}
    played = subprocess.run(
        [sys.executable, "-c", PLAY, str(folder / "out")],
        env=environment,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    return folder / "out"


@pytest.fixture(scope="module")
def rounds(out: Path) -> list[dict[str, Any]]:
    loaded: list[dict[str, Any]] = orjson.loads((out / "summary.json").read_bytes())["rounds"]
    return loaded


@pytest.fixture(scope="module")
def won(out: Path, rounds: list[dict[str, Any]]) -> bool:
    """Whether the new detector is no worse by the figure that decides; from so few pictures it may be either."""
    with Project.open(out / "project", read_only=True) as project:
        (row,) = project.rounds.all()
    assert row.ap is not None
    return round(row.ap, 3) >= round(rounds[0]["AP"], 3)


def test_the_better_detector_goes_on_and_the_other_is_kept(out: Path, rounds: list[dict[str, Any]], won: bool) -> None:
    assert [one["detector"] for one in rounds] == ["starter", "round-1" if won else "starter"]
    with Project.open(out / "project", read_only=True) as project:
        assert {model.name: model.active for model in project.models.all()} == {"starter": not won, "round-1": won}


def test_the_summary_says_it_in_a_table(out: Path, rounds: list[dict[str, Any]]) -> None:
    text = (out / "summary.txt").read_text()
    for one in rounds:
        assert f"{one['detector']:<12}{one['AP50']:>7.3f}{one['AP']:>7.3f}" in text


def test_the_ledger_has_the_same_edits(out: Path, rounds: list[dict[str, Any]]) -> None:
    with Project.open(out / "project", read_only=True) as project:
        (row,) = project.rounds.all()
    assert row.images == rounds[0]["images"]
    assert row.boxes == rounds[0]["boxes"]
    assert row.edits_per_image == pytest.approx(rounds[0]["edits_per_image"], abs=0.01)


def test_nothing_measured_on_was_learnt_or_labelled(out: Path, rounds: list[dict[str, Any]]) -> None:
    with Project.open(out / "project", read_only=True) as project:
        learnt = project.images.ids(state=ImageState.LABELED, split=Split.TRAIN)
        assert len(learnt) == sum(one["images"] for one in rounds)
        batches = [{item.image_id for item in batch.items} for batch in project.batches.all()]
        assert set().union(*batches) == set(learnt.tolist())
        assert sum(map(len, batches)) == len(learnt)


def test_the_screenshots_show_the_turn(out: Path, won: bool) -> None:
    names = [path.stem.partition("-")[2] for path in sorted(out.glob("*.png"))]
    assert ("comparison-1" in names) is not won
    for name in ("way-of-working", "retrain-1", "training-1", "next-batch-1", "rounds"):
        assert name in names
        (path,) = out.glob(f"*-{name}.png")
        with Image.open(path) as picture:
            assert len(picture.convert("RGB").resize((64, 64)).getcolors(4096) or ()) > 8
