"""What to type for packages that are missing in the Python that runs this program."""

from __future__ import annotations

from collections.abc import Iterable

from boxwright.config.own_program import is_bundle, own_executable


def install_line(names: Iterable[str]) -> str:
    """What to type for it, in any folder and without another environment being switched on."""
    return f"{quoted(own_executable())} -m pip install {' '.join(names)}"


def command_line(*words: str) -> str:
    """What to type for a command of this very program: `boxwright trainers --install`, wherever it lies."""
    program = quoted(own_executable())
    return " ".join((program if is_bundle() else f"{program} -m boxwright", *words))


def quoted(path: str) -> str:
    """For a shell of any system."""
    return f'"{path}"' if " " in path else path
