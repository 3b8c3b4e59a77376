"""Every main state on a screen of 200 and 300 %: what fits at 100 % fits there too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.ui.screens.reference import FAR, kept, share_changed
from tests.ui.screens.states import STATES

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(("scale", "language"), [("2", "en"), ("3", "ko")])
def test_nothing_is_cut_or_covered_on_a_screen_with_more_pixels(scale: str, language: str, tmp_path: Path) -> None:
    screen = {
        "name": "large", "x": 0, "y": 0, "width": 1366 * int(scale), "height": 768 * int(scale),
        "logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1,
    }  # fmt: skip
    (tmp_path / "screen.json").write_text(json.dumps({"screens": [screen]}))
    environment = {
        **os.environ, "QT_SCALE_FACTOR": scale, "BOXWRIGHT_HOME": str(tmp_path / "home"),
        "QT_QPA_PLATFORM": f"offscreen:configfile={tmp_path / 'screen.json'}",
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.ui.screens.scaled", str(tmp_path), language]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["scale"] == float(scale)
    assert {state: faults for state, faults in found["faults"].items() if faults} == {}


@pytest.mark.quick
def test_the_reference_tells_states_and_looks_apart() -> None:
    light, dark = kept(0, 0), kept(0, 2)
    assert share_changed(light, light) == 0
    assert share_changed(light, dark) > 0.5
    other = [share_changed(kept(0, 0), kept(row, 0)) for row in range(7, 12)]
    assert min(other) > FAR
    assert len(STATES) == len({kept(row, 0).tobytes() for row in range(len(STATES))})
    assert np.isfinite(other).all()
