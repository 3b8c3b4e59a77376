"""Kill the labelling process at any moment: every edit older than a second is there at the next start.

`BOXWRIGHT_SIGKILL_ROUNDS` sets how often (12).
"""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import sys
import time
from pathlib import Path

import orjson
from tests.e2e.labelling_child import decided
from tests.labelling import make_project

from boxwright.services.project.project import Project

ROUNDS = int(os.environ.get("BOXWRIGHT_SIGKILL_ROUNDS", "12"))
PROMISE_SECONDS = 1.0
CHILD = Path(__file__).with_name("labelling_child.py")


def killed_run(folder: Path, seed: int, seconds: float) -> tuple[list[dict[str, object]], float]:
    """The lines of a child that was killed `seconds` after its first edit, and when it was."""
    # A file, not a pipe: a full pipe would hold the child up.
    told = folder.with_name("told")
    with told.open("wb") as out, folder.with_name("errors").open("w+") as errors:
        child = subprocess.Popen([sys.executable, str(CHILD), str(folder), str(seed)], stdout=out, stderr=errors)
        try:
            while child.poll() is None and not told.stat().st_size:
                wait(child, 0.01)
            wait(child, seconds)
            killed = time.monotonic()
            errors.seek(0)
            assert child.poll() is None, f"the child ended by itself: {errors.read()}"
        finally:
            child.kill()
            child.wait()
    whole = [line for line in told.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    return [orjson.loads(line) for line in whole], killed


def wait(child: subprocess.Popen[bytes], seconds: float) -> None:
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(timeout=seconds)


def stored_edits(project: Project) -> int:
    return int(project.store.value("SELECT count(*) FROM edit_log"))


def test_every_edit_older_than_a_second_survives_a_kill(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    make_project(folder, images=6).close()
    rng = random.Random(time.time_ns())
    edits = lost = 0
    worst = 0.0
    for _ in range(ROUNDS):
        with Project.open(folder) as project:
            before = stored_edits(project)
        seed = rng.randrange(2**31)
        told, killed = killed_run(folder, seed, rng.uniform(0.05, 2.2))
        with Project.open(folder) as project:
            assert not project.read_only, "the lock outlived the process"
            assert project.store.row("PRAGMA integrity_check") == ("ok",)
            assert project.store.rows("PRAGMA foreign_key_check") == []
            found = stored_edits(project) - before
            missing = told[found:]
            ages = [killed - float(str(line["t"])) for line in missing]
            assert all(age < PROMISE_SECONDS for age in ages), f"seed {seed}: lost edits of the ages {ages}"
            if found and found <= len(told):
                # What was written is what was on screen after that very edit.
                expected = {k: v for k, v in told[found - 1].items() if k != "t"}
                image_id = int(str(expected["image"]))
                on_disk = orjson.loads(orjson.dumps(decided(project.labels.load(image_id))))
                assert on_disk == expected, f"seed {seed}"
        edits, lost, worst = edits + len(told), lost + len(missing), max([worst, *ages])
    assert edits > ROUNDS
    print(f"{ROUNDS} kills, {edits} edits, {lost} not yet written, the oldest of them {worst * 1e3:.0f} ms old")
