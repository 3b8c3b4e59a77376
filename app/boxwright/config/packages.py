"""Instructions to install a missing package into the Python that runs this program."""

from __future__ import annotations

import sys
from collections.abc import Iterable


def install_line(names: Iterable[str]) -> str:
    """What to type for it, in any folder and without another environment being switched on."""
    program = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f"{program} -m pip install {' '.join(names)}"
