"""`boxwright` as it is typed, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

COMMAND = [sys.executable, "-m", "boxwright"]


def run(*words: object, status: int = 0) -> subprocess.CompletedProcess[str]:
    """`boxwright WORDS…`, which must end with `status` and never with a traceback."""
    done = subprocess.run([*COMMAND, *map(str, words)], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == status, f"{words}\n{done.stdout}\n{done.stderr}"
    return done


def result(*words: object) -> dict[str, Any]:
    """What the command prints with `--json`."""
    parsed = json.loads(run(*words, "--json").stdout)
    assert isinstance(parsed, dict)
    return parsed
