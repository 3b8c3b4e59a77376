"""A program that is killed at one of its steps, so that what a kill leaves is looked at step by step."""

from __future__ import annotations

import subprocess
import sys

_PRELUDE = """
import os, shutil, sys
from pathlib import Path
left = int(sys.argv.pop(1))
def counted(owner, *names):
    for name in names:
        def call(*given, real=getattr(owner, name), **named):
            global left
            left -= 1
            if left < 0:
                os._exit(9)
            return real(*given, **named)
        setattr(owner, name, call)
"""
KILLED = 9


def killed_at(step: int, program: str, *words: object) -> subprocess.CompletedProcess[str]:
    """Run `program`, Python text that has called `counted(owner, *names)` for what counts as a step, with `words` as
    its `sys.argv[1:]`. It ends with `KILLED` before its step number `step`, from 0, or as it does with fewer steps."""
    command = [sys.executable, "-c", _PRELUDE + program, str(step), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)
