"""`boxwright demo`: a project with pictures, a detector and a first batch, ready to label."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from boxwright.cli.app import Launchers
from boxwright.cli.output import emit, json_option, progress_bar
from boxwright.domain.errors import ProjectError

OUT = Path("demo-out")


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--headless", is_flag=True, help="No window: play its work through it off screen.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=OUT, show_default=True, help="Where --headless leaves its report."
)
@click.option(
    "--rounds", type=click.IntRange(0, 9), default=2, show_default=True, help="Retrainings that --headless plays."
)
@json_option
@click.pass_obj
def command(
    launchers: Launchers | None, folder: Path | None, headless: bool, out: Path, rounds: int, as_json: bool
) -> int:
    """Make the demo project in DIR and open it; without a display play its main job off screen.

    DIR is a folder of your user data by default, and `project` beside the report with --headless. A demo that was made
    before is opened as it was left.
    """
    from boxwright.services.demo import demo_folder, make_demo

    if launchers is None:
        raise ProjectError("The demo needs the window, and this is not the 'boxwright' program.")
    headless = headless or not has_display()
    target = folder or (out / "project" if headless else demo_folder())
    with progress_bar("Demo") as report:
        # A played run shows pre-labelling and drawing a batch as well, so it leaves both to the window.
        project = make_demo(target, report, ready=not headless)
    read_only, place = project.read_only_reason, project.folder
    project.close()
    if not headless:
        click.echo(f"The demo is in {place}.", err=True)
        return launchers.window(place)
    if read_only:
        raise ProjectError(read_only)
    summary = launchers.play_demo(place, out, rounds)
    emit(summary, str(summary["text"]), as_json)
    return 0


def has_display() -> bool:
    """False on a Linux machine without X11 or Wayland, where a window cannot open."""
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
