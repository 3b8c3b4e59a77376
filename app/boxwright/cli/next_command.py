"""`boxwright next`: draw the next batch."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from boxwright.cli.output import emit, json_option, share_option, sizes
from boxwright.domain.batch import Batch
from boxwright.services.next_batch import NextRequest, next_batch, usable_count
from boxwright.services.project import Project
from boxwright.services.schedule import scheduled_request


@click.command("next")
@click.argument("project", type=click.Path(path_type=Path))
@click.option("--size", help="How many images: N, or N% of all usable images.  [as the schedule says]")
@click.option("--sampler", help="See `boxwright samplers`.  [as the schedule says]")
@click.option("--score", help="How uncertain a box is.  [as the schedule says]")
@click.option("--aggregate", help="From boxes to the image: max, mean, sum or count.  [as the schedule says]")
@click.option(
    "--rare-classes/--all-classes",
    default=None,
    help="Whether boxes of classes with few labels so far count for more.  [as the schedule says]",
)
@share_option("--subset", help="Random share of the pool that is searched.  [as the schedule says]")
@share_option("--random", "random_share", help="Share of the batch drawn at random.  [as the schedule says]")
@click.option("--seed", type=click.IntRange(min=0), help="Repeat a draw; a new one is drawn and told by default.")
@click.option("--redraw", is_flag=True, help="Images still waiting in the latest batch may be drawn again.")
@json_option
def command(
    project: Path,
    size: str | None,
    sampler: str | None,
    score: str | None,
    aggregate: str | None,
    rare_classes: bool | None,
    subset: float | None,
    random_share: float | None,
    seed: int | None,
    redraw: bool,
    as_json: bool,
) -> None:
    """Choose the images to label next and tell why each.

    Images still waiting in the latest batch are left out, unless --redraw is given; the same --seed and options
    repeat the same draw.
    """
    with Project.open_for_writing(project) as opened:
        planned = scheduled_request(opened)
        request = NextRequest(
            size=planned.size if size is None else sizes(size, usable_count(opened)),
            sampler=planned.sampler if sampler is None else sampler,
            score=planned.score if score is None else score,
            aggregate=planned.aggregate if aggregate is None else aggregate,
            rare_classes=planned.rare_classes if rare_classes is None else rare_classes,
            subset=planned.subset if subset is None else subset,
            random_share=planned.random_share if random_share is None else random_share,
            seed=seed,
            redraw=redraw,
        )
        batch = next_batch(opened, request)
        emit(_result(opened, batch) if as_json else {}, _text(batch), as_json)


def _result(project: Project, batch: Batch) -> dict[str, Any]:
    paths = project.images.paths_of([item.image_id for item in batch.items])
    items = [
        {"image": path, "slot": item.slot, "score": item.score} for item, path in zip(batch.items, paths, strict=True)
    ]
    settings = {key: value for key, value in batch.settings.items() if key != "notes"}
    return {"batch": batch.id, "items": items, **settings, "notes": list(batch.notes)}


def _text(batch: Batch) -> str:
    slots = Counter(str(item.slot) for item in batch.items)
    parts = ", ".join(f"{count} {slot}" for slot, count in slots.items())
    settings = batch.settings
    lines = list(batch.notes)
    if batch.items:
        lines.insert(
            0,
            f"Batch {batch.id}: {len(batch.items)} images ({parts}) by {settings['sampler']}, "
            f"{settings['score']} {settings['aggregate']}, seed {settings['seed']}.",
        )
    return "\n".join(lines)
