"""Command group. Commands load when called: start-up is all imports."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from boxwright import __version__
from boxwright.domain.errors import BoxwrightError, SettingError

COMMANDS = (
    "init", "add", "import", "export", "model", "predict", "prelabel", "next", "stream", "retrain", "rounds",
    "schedule", "simulate", "evaluate", "classes", "status", "backups", "restore", "formats", "samplers",
    "decoders", "trainers", "doctor", "demo",
)  # fmt: skip


@dataclass(frozen=True)
class Launchers:
    """Starters of the window, which commands do not import.

    What a command asks of the window, which it does not import: `window(project)` opens it and returns the exit
    status when it closes; `play_demo(project, out, rounds, epochs, tell)` plays a worker through it, a line for each
    stage, and returns the summary; `display_check` is the command line of a program that tries whether a window could
    open.
    """

    window: Callable[[Path], int]
    play_demo: Callable[[Path, Path, int, int, Callable[[str], None]], Mapping[str, Any]]
    display_check: Sequence[str] = ()


class LazyGroup(click.Group):
    """Group of commands that are imported when called: each is the `command` of `boxwright.cli.NAME_command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"boxwright.cli.{cmd_name}_command")
        command: click.Command = module.command
        return command


@click.group(cls=LazyGroup)
@click.version_option(__version__, prog_name="boxwright")
def group() -> None:
    """Label bounding boxes with a detector that learns from the corrections.

    `boxwright [PROJECT]` opens the window.
    """


def run(arguments: Sequence[str], launchers: Launchers | None = None) -> int:
    """Exit status: 0 done, 1 could not, 2 wrong usage. Errors are one sentence on stderr."""
    try:
        result = group.main(args=list(arguments), prog_name="boxwright", standalone_mode=False, obj=launchers)
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return error.exit_code
    except click.Abort:
        click.echo("Stopped; what was finished before is kept.", err=True)
        return 1
    except BoxwrightError as error:
        click.echo(str(error), err=True)
        return 2 if isinstance(error, SettingError) else 1
    except Exception as error:
        found = _of_the_project(arguments, error)
        if found is None:
            raise
        click.echo(str(found), err=True)
        return 1
    return result if isinstance(result, int) else 0


def _of_the_project(arguments: Sequence[str], error: Exception) -> BoxwrightError | None:
    """What an error that nobody expected says of a project that the command names."""
    from boxwright.services.project.diagnosis import diagnosed

    told = (diagnosed(Path(word).expanduser().absolute(), error) for word in arguments if word[:1] not in ("", "-"))
    return next((found for found in told if found is not None), None)
