"""Composition root: a command, or the window."""

from __future__ import annotations

import sys


def main(arguments: list[str] | None = None) -> int:
    """`boxwright COMMAND …` runs a command; `boxwright [PROJECT]` opens the window. Returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    from boxwright.cli.app import COMMANDS, run

    if given and (given[0] in COMMANDS or given[0].startswith("-")):
        return run(given)
    from boxwright.ui.application import run_window

    return run_window(given[0] if given else None)


if __name__ == "__main__":
    sys.exit(main())
