"""The process that wanted a program is killed: nothing of the program stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from tests.waiting import wait_until_gone

from boxwright.domain.progress import never
from boxwright.training.program import run_program

pytestmark = pytest.mark.slow

LEASH = [sys.executable, "-m", "boxwright.training.process_group_guard"]
FAMILY = (
    "import subprocess, sys; print('ready', flush=True); "
    "subprocess.run([sys.executable, '-S', '-c', 'import time; print(1, flush=True); time.sleep(600)'])"
)
PARENT = (
    "import subprocess, sys\n"
    "subprocess.Popen({command!r}, stdin=subprocess.PIPE, stdout=sys.stdout, process_group=0).wait()\n"
)


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_it_ends_with_its_parent_killed(tmp_path: Path) -> None:
    command = [*LEASH, str(tmp_path / "ending.json"), sys.executable, "-S", "-c", FAMILY]
    parent = subprocess.Popen([sys.executable, "-c", PARENT.format(command=command)], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    with parent.stdout as said:
        assert (said.readline(), said.readline()) == ("ready\n", "1\n")
        family = psutil.Process(parent.pid).children(recursive=True)
        assert len(family) == 3
        os.kill(parent.pid, signal.SIGKILL)
        # The pipe closes when the last of them is gone.
        assert said.read() == ""
    parent.wait()
    wait_until_gone(family)
    assert not (tmp_path / "ending.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="process groups")
def test_how_a_program_ended_is_not_read_of_one_before_it(tmp_path: Path) -> None:
    (tmp_path / "ending.json").write_text('{"code": 0}')
    # It takes its guard with it, so that nothing is written.
    deadly = [sys.executable, "-S", "-c", "import os; print('bye', flush=True); os.killpg(0, 9)"]
    ending = run_program(deadly, tmp_path, os.environ, lambda _: None, never)
    assert (ending.code, ending.last_line) == (None, "bye")
