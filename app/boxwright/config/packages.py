"""What to type for packages that are missing in the Python that runs this program."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def install_line(names: Iterable[str]) -> str:
    """What to type for it, in any folder and without another environment being switched on."""
    return f"{quoted(sys.executable)} -m pip install {' '.join(names)}"


def command_line(*words: str) -> str:
    """What to type for a command of this very program: `boxwright trainers --install`, wherever it lies."""
    program = quoted(sys.executable)
    return " ".join((program if getattr(sys, "frozen", False) else f"{program} -m boxwright", *words))


def quoted(path: str) -> str:
    """For a shell of any system."""
    return f'"{path}"' if " " in path else path
