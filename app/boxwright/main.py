"""Composition root: a command, or the window."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def main(arguments: list[str] | None = None) -> int:
    """`boxwright COMMAND …` runs a command; `boxwright [PROJECT]` opens the window. Returns the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    from boxwright.cli.app import COMMANDS, Launchers, run
    from boxwright.ui.help.display_check import COMMAND

    if given and (given[0] in COMMANDS or given[0].startswith("-") or len(given) > 1):
        return run(given, Launchers(_window, _play_demo, COMMAND))
    if given and not Path(given[0]).exists():
        import click

        text = f"'{given[0]}' is neither a project's folder nor a command; 'boxwright --help' lists the commands."
        click.echo(text, err=True)
        return 2
    from boxwright.ui.shell.application import run_window

    return run_window(given[0] if given else None)


def _window(project: Path) -> int:
    from boxwright.ui.shell.application import run_window

    return run_window(project)


def _play_demo(project: Path, out: Path, rounds: int, epochs: int, tell: Callable[[str], None]) -> Mapping[str, Any]:
    from boxwright.ui.demo.run import play_demo
    from boxwright.ui.demo.story import QUICK_LOOK, StorySettings

    return play_demo(project, out, StorySettings(rounds, epochs=epochs) if rounds else QUICK_LOOK, tell)


if __name__ == "__main__":
    sys.exit(main())
