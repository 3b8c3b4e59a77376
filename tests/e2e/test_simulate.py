"""A miniature of the experiment: drawn trays, most of them empty; a rule that heeds its scores finds the full ones."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest
from tests.waiting import wait_until_gone

from boxwright.cli.app import run
from boxwright.config import paths
from boxwright.config.lock import WriterLock
from boxwright.config.opencv import cv2
from boxwright.services.demo.picture import DemoPicture, render
from boxwright.services.demo.scene import ScenePlan, plan
from boxwright.services.demo.truth import write_truth

pytest.importorskip("torch", reason="training needs the extra 'train'")
pytest.importorskip("onnx", reason="training needs the extra 'train'")

SERIES, PICTURES, SHRUNK = 5, 120, 0.4
RULE = "uncertainty:score=detection_entropy"
MINIATURE = ("--samplers", RULE, "--initial", "8", "--step", "8", "--rounds", "2", "--seeds", "3", "--noise", "2",
             "--steps", "60", "--size", "128", "--jobs", "1")  # fmt: skip


def tray(number: int) -> DemoPicture:
    """Small, and three of four are empty."""
    rng = np.random.Generator(np.random.PCG64((SERIES, number)))
    drawn = plan(rng)
    parts = [] if number % 4 else drawn.parts[:6]
    small = [replace(p, x=p.x * SHRUNK, y=p.y * SHRUNK, radius=p.radius * SHRUNK) for p in parts]
    layout = ScenePlan(round(drawn.width * SHRUNK), round(drawn.height * SHRUNK), tuple(small), drawn.light)
    return render(layout, rng)


@pytest.fixture(scope="module")
def trays(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trays")
    made = {}
    for number in range(PICTURES):
        name = f"tray-{number:03}.png"
        made[name] = tray(number)
        (folder / name).write_bytes(cv2.imencode(".png", made[name].image)[1].tobytes())
    write_truth(folder / "instances.json", made)
    return folder


@pytest.fixture(scope="module")
def out(trays: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("experiment")
    assert simulate(trays, folder) == 0
    return folder


def simulate(trays: Path, out: Path, *more: str) -> int:
    base = str(paths.models() / "starter.onnx")
    return run(["simulate", str(trays), "--model", base, "--out", str(out), *MINIATURE, *more])


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "cells.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_rule_that_heeds_its_scores_beats_random(out: Path) -> None:
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    told = report["arms"][RULE]
    # Chosen with the scores, nearly every image has parts on it; a rule blind to them finds one in four.
    labelled = {arm: found["rounds"][-1]["boxes"] for arm, found in report["arms"].items()}
    assert labelled[RULE] > 1.5 * labelled["random"]
    # Three repeats of few steps are noisy one by one.
    assert told["difference"]["images"]["AP50"]["mean"] > 0.01


def test_all_arms_of_a_seed_begin_alike_and_every_cell_is_in_the_table(out: Path) -> None:
    found = rows(out)
    assert len(found) == 3 * 2 * 3 + 2
    for seed in "012":
        first = [r for r in found if r["seed"] == seed and r["round"] == "0"]
        assert {r["arm"] for r in first} == {"random", RULE}
        assert len({tuple(v for k, v in r.items() if k != "arm") for r in first}) == 1
    assert {int(r["images"]) for r in found} == {8, 16, 24}


def test_a_stopped_run_goes_on_and_comes_to_the_same_figures(trays: Path, out: Path, tmp_path: Path) -> None:
    lines = (out / "cells.jsonl").read_bytes().splitlines(keepends=True)
    # As a kill leaves it: some cells, and half of another.
    (tmp_path / "cells.jsonl").write_bytes(b"".join(lines[:-2]) + lines[-2][:40])
    assert simulate(trays, tmp_path, "--features", str(out)) == 0
    assert rows(tmp_path) == rows(out)


def test_two_processes_come_to_the_same_figures(trays: Path, out: Path, tmp_path: Path) -> None:
    few = ("--seeds", "1", "--rounds", "1", "--noise", "0", "--jobs", "2", "--features", str(out))
    assert simulate(trays, tmp_path, *few) == 0
    expected = [r for r in rows(out) if r["seed"] == "0" and r["round"] in "01" and r["arm"] != "noise"]
    assert rows(tmp_path) == expected


def test_another_experiment_is_not_mixed_into_a_folder(
    trays: Path, out: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = (out / "cells.jsonl").read_bytes()
    assert simulate(trays, out, "--steps", "61") == 1
    assert "holds another experiment" in capsys.readouterr().err
    assert (out / "cells.jsonl").read_bytes() == before


def test_two_programs_do_not_work_in_one_folder(trays: Path, out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lock = WriterLock(out / "experiment.lock")
    assert lock.acquire()
    try:
        assert simulate(trays, out) == 1
    finally:
        lock.release()
    assert "Another program" in capsys.readouterr().err


def test_training_that_goes_on_is_another_experiment(trays: Path, out: Path, tmp_path: Path) -> None:
    few = ("--seeds", "1", "--rounds", "1", "--noise", "0", "--training", "continued", "--features", str(out))
    assert simulate(trays, tmp_path, *few) == 0
    assert {r["about"].count("training=continued") for r in rows(tmp_path)} == {1}


def test_rules_that_look_at_the_images_compete_too(trays: Path, out: Path, tmp_path: Path) -> None:
    few = ("--seeds", "1", "--rounds", "1", "--noise", "0", "--samplers", "hybrid,typiclust", "--features", str(out))
    assert simulate(trays, tmp_path, *few) == 0
    assert {r["arm"] for r in rows(tmp_path)} == {"random", "hybrid", "typiclust"}
    # Another rule is added to what is there.
    assert simulate(trays, tmp_path, *few[:6], "--samplers", "hybrid,typiclust,uncertainty", *few[-2:]) == 0
    assert {r["arm"] for r in rows(tmp_path)} == {"random", "hybrid", "typiclust", "uncertainty"}


def test_weights_that_are_gone_are_told(
    trays: Path, out: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    few = ("--seeds", "1", "--noise", "0", "--training", "continued")
    assert simulate(trays, tmp_path, *few, "--rounds", "1", "--features", str(out)) == 0
    for file in (out / "weights").iterdir():
        file.unlink()
    assert simulate(trays, tmp_path, *few, "--rounds", "2", "--features", str(out)) == 1
    assert "weights to go on from are gone" in capsys.readouterr().err


def test_images_that_take_no_part_are_told(trays: Path, out: Path, tmp_path: Path, capsys) -> None:
    spoilt = tmp_path / "trays"
    shutil.copytree(trays, spoilt)
    (spoilt / "tray-005.png").write_bytes(b"no picture")
    (spoilt / "tray-006.png").write_bytes((spoilt / "tray-007.png").read_bytes())
    few = ("--seeds", "1", "--rounds", "1", "--noise", "0", "--samplers", "random", "--steps", "5")
    assert simulate(spoilt, tmp_path / "out", *few) == 0
    said = capsys.readouterr().err
    assert "1 image takes no part: missing or cannot be read." in said
    assert "1 image takes no part: copies of others." in said


def test_the_report_is_made_again_from_the_table_alone(out: Path, tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_bytes((out / "cells.csv").read_bytes())
    assert run(["simulate", "--report", str(tmp_path)]) == 0
    for name in ("report.json", "report.html"):
        assert (tmp_path / name).read_bytes() == (out / name).read_bytes()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--test", "sometimes"), "neither a split"),
        (("--test", "test"), "no images of the split"),
        (("--samplers", "luck"), "no sampler 'luck'"),
        (("--size", "100"), "multiple of 32"),
        (("--initial", "none"), "neither a count"),
    ],
)
def test_a_slip_is_told_in_one_sentence(
    trays: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], said: str
) -> None:
    assert simulate(trays, tmp_path, *more) == 2
    assert said in capsys.readouterr().err


def test_too_few_images_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = {f"{n}.png": tray(n) for n in range(2)}
    for name, one in made.items():
        (tmp_path / name).write_bytes(cv2.imencode(".png", one.image)[1].tobytes())
    write_truth(tmp_path / "instances.json", made)
    assert simulate(tmp_path, tmp_path / "out") == 1
    assert "from about 60 on" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_every_process_and_keeps_what_is_finished(trays: Path, out: Path, tmp_path: Path) -> None:
    base = str(paths.models() / "starter.onnx")
    command = [sys.executable, "-m", "boxwright", "simulate", str(trays), "--model", base, "--out", str(tmp_path),
               *MINIATURE, "--jobs", "2", "--seeds", "50", "--features", str(out)]  # fmt: skip
    # Tests that run in the background of a shell inherit that Ctrl-C is ignored.
    child = subprocess.Popen(
        command,
        stderr=subprocess.PIPE,
        start_new_session=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    try:
        assert child.stderr is not None
        # The first line of progress after a finished cell.
        assert any("trying the rules" in line for line in child.stderr)
        started = psutil.Process(child.pid).children(recursive=True)
        os.killpg(child.pid, signal.SIGINT)
        _, said = child.communicate()
    finally:
        child.kill()
    assert child.returncode == 1
    assert "Stopped; what was finished before is kept." in said
    assert "Traceback" not in said
    assert rows(tmp_path)
    assert len(started) >= 2
    wait_until_gone(started)
