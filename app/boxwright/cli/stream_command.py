"""`boxwright stream`: judge images that have arrived in a project's folders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.detection_options import device_option
from boxwright.cli.output import emit, json_option, progress_bar, share_option
from boxwright.sampling import default

if TYPE_CHECKING:
    from boxwright.services.batches.stream import Arrivals


@click.command("stream")
@click.argument("project", type=click.Path(path_type=Path))
@share_option("--budget", help="Share of the arriving images that is to be labelled; kept.  [10%]")
@share_option(
    "--random",
    "random_share",
    help=f"Share of these that is taken by chance alone; kept.  [{default.RANDOM_SHARE:.0%}]",
)
@click.option("--score", help=f"How uncertain a box is; kept.  [{default.SCORE}]")
@click.option("--aggregate", help=f"From boxes to the image; kept.  [{default.AGGREGATE}]")
@click.option("--seed", type=click.IntRange(min=0), help="Of all chance; kept. Drawn once by default.")
@click.option("--off", is_flag=True, help="Take in nothing from now on.")
@device_option
@json_option
def command(
    project: Path,
    budget: float | None,
    random_share: float | None,
    score: str | None,
    aggregate: str | None,
    seed: int | None,
    off: bool,
    device: str,
    as_json: bool,
) -> None:
    """Look for new images in the project's folders, score them, and queue those worth a label.

    The first call counts what is in the pool as there, and takes what is new from then on. Run it whenever images may
    have come; each image is judged once.
    """
    from boxwright.cli.add_command import scan_json, scan_lines
    from boxwright.services.batches.stream import end_stream, set_stream, take_in
    from boxwright.services.project.project import Project

    said = {"budget": budget, "random_share": random_share, "score": score, "aggregate": aggregate, "seed": seed}
    with Project.open_for_writing(project) as opened:
        if off:
            end_stream(opened)
            emit({"stream": None}, "Images that arrive are images of the pool like all others now.", as_json)
            return
        stream = set_stream(opened, **{name: value for name, value in said.items() if value is not None})
        with progress_bar("Taking in") as report:
            scan, arrivals = take_in(opened, device, report)
        result: dict[str, Any] = {
            "stream": {"budget": stream.budget, "random": stream.random_share, "score": stream.score,
                       "aggregate": stream.aggregate, "seed": stream.seed},
            "looked_at": arrivals.looked_at,
            "queued": arrivals.queued,
            "random": arrivals.random,
            "waiting": arrivals.waiting,
            "batch": arrivals.batch.id if arrivals.batch else None,
            "note": arrivals.note,
            "scan": scan_json(scan),
        }  # fmt: skip
    emit(result, "\n".join([*scan_lines(scan), *arrival_lines(arrivals)]), as_json)


def arrival_lines(arrivals: Arrivals) -> list[str]:
    """What became of the arrivals, for a person."""
    if arrivals.note:
        return [arrivals.note]
    if not arrivals.looked_at:
        return ["No new image to judge."]
    lines = [f"{arrivals.queued} of {arrivals.looked_at} new images are worth a label"]
    if arrivals.batch is not None:
        lines[0] += f" ({arrivals.random} of them by chance) and wait in batch {arrivals.batch.id}"
    lines[0] += "."
    if arrivals.waiting:
        lines.append(f"{arrivals.waiting} more have no score yet and are judged once they have one.")
    return lines
