"""Processes of this program itself: the words that start one of its modules, in a bundle without a Python as well.

A bundle has one executable and no interpreter; that executable takes the same words for modules of Boxwright, which
`packaging/bundle/start.py` hears.
"""

from __future__ import annotations

import sys


def is_bundle() -> bool:
    """Whether this is a bundle: nothing can be installed into it."""
    return bool(getattr(sys, "frozen", False))


def own_executable() -> str:
    """Path of what runs this program: an interpreter, or a bundle's one executable."""
    return sys.executable


def own_command(module: str, *arguments: str) -> list[str]:
    """Program and arguments that run `module`, as `python -m MODULE ARGUMENT...`; for a package its `__main__`."""
    return [own_executable(), "-m", module, *arguments]
