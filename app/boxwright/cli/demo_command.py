"""`boxwright demo`: a project with pictures, a detector and a first batch, ready to label."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from time import monotonic

import click

from boxwright.cli.app import Launchers
from boxwright.cli.output import emit, json_option, progress_bar
from boxwright.config.display import has_display
from boxwright.domain.errors import ProjectError, TrainingError

OUT = Path("demo-out")
PICTURES = 160
# A third of what the trainer takes for so few images: better enough to be seen, and done in two minutes.
EPOCHS = 30


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--headless", is_flag=True, help="No window: play its work through it off screen.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=OUT, show_default=True, help="Where --headless leaves its report."
)
@click.option(
    "--rounds", type=click.IntRange(0, 9), default=1, show_default=True, help="Retrainings that --headless plays."
)
@click.option(
    "--epochs", type=click.IntRange(min=1), default=EPOCHS, show_default=True, help="Passes of each retraining."
)
@click.option(
    "--pictures", type=click.IntRange(20, 1000), default=PICTURES, show_default=True, help="Pictures of a new demo."
)
@json_option
@click.pass_obj
def command(
    launchers: Launchers | None,
    folder: Path | None,
    headless: bool,
    out: Path,
    rounds: int,
    epochs: int,
    pictures: int,
    as_json: bool,
) -> int:
    """Make the demo project in DIR and open it; without a display play its main job off screen.

    DIR is a folder of your user data by default, and a new one beside the report with --headless. A demo that was made
    before is opened as it was left.
    """
    from boxwright.services.demo import demo_folder, make_demo
    from boxwright.services.demo.played import fresh_place, seal

    if launchers is None:
        raise ProjectError("The demo needs the window, and this is not the 'boxwright' program.")
    headless = headless or not has_display()
    if headless and rounds:
        _check_that_training_is_possible()
    target = folder or (fresh_place(out) if headless else demo_folder())
    with progress_bar("Demo") as report:
        # A played run shows pre-labelling and drawing a batch as well, so it leaves both to the window.
        project = make_demo(target, report, pictures=pictures, ready=not headless)
    read_only, place = project.read_only_reason, project.folder
    project.close()
    if not headless:
        click.echo(f"The demo is in {place}.", err=True)
        return launchers.window(place)
    if read_only:
        raise ProjectError(read_only)
    click.echo("Playing the demo off screen with mouse and keys; the pictures and the summary come into the folder "
               f"{out}.", err=True)  # fmt: skip
    try:
        summary = launchers.play_demo(place, out, rounds, epochs, _with_the_time())
    finally:
        if folder is None:
            seal(place)
    emit(summary, str(summary["text"]), as_json)
    return 0


def _check_that_training_is_possible() -> None:
    """Before anything is made: a story without its training would end in the middle."""
    from boxwright.services.retraining.default import WITH_A_DETECTOR
    from boxwright.training.registry import by_name

    if (obstacle := by_name(WITH_A_DETECTOR).obstacle()) is not None:
        raise TrainingError(obstacle)


def _with_the_time() -> Callable[[str], None]:
    """Says each stage of the story on stderr, with the time since now."""
    began = monotonic()

    def tell(line: str) -> None:
        click.echo(f"[{timedelta(seconds=round(monotonic() - began))}] {line}", err=True)

    return tell
