"""`boxwright next`: draw the next batch."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from boxwright.cli.output import emit, json_option, progress_bar, share_option, sizes
from boxwright.domain.batch import Batch, Slot
from boxwright.services.batches.appearances import appearances_for
from boxwright.services.batches.next_batch import NextRequest, next_batch, usable_count
from boxwright.services.batches.schedule import ruled, schedule_of, scheduled_request
from boxwright.services.project.project import Project

_AT_RANDOM = {Slot.RANDOM, Slot.INITIAL}


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
@share_option(
    "--random", "random_share", help="Share of the batch drawn at random, by every sampler.  [as the schedule says]"
)
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
    repeat the same draw. The first batch of a project is drawn at random, unless a rule is named; without a detector it
    holds images unlike each other.
    """
    named = {
        "score": score,
        "aggregate": aggregate,
        "rare_classes": rare_classes,
        "subset": subset,
        "random_share": random_share,
    }
    said: dict[str, Any] = {key: value for key, value in named.items() if value is not None}
    with Project.open_for_writing(project) as opened:
        planned = scheduled_request(opened)
        if said or sampler is not None:
            planned = _by_name(opened, planned, sampler)
        if size is not None:
            said["size"] = sizes(size, usable_count(opened))
        request = replace(planned, seed=seed, redraw=redraw, **said)
        with progress_bar("Looking") as report:
            looks = appearances_for(opened, request, report)
        batch = next_batch(opened, request, looks)
        emit(_result(opened, batch) if as_json else {}, _text(batch), as_json)


def _by_name(project: Project, planned: NextRequest, sampler: str | None) -> NextRequest:
    """Whoever names a rule or a part of one wants that one in the first batch too."""
    schedule = schedule_of(project)
    usual = ruled(schedule, planned.size)
    rule = replace(planned, sampler=usual.sampler, random_share=usual.random_share)
    return rule if sampler is None else rule.by(sampler)


def _result(project: Project, batch: Batch) -> dict[str, Any]:
    paths = project.images.paths_of([item.image_id for item in batch.items])
    items = [
        {"image": path, "slot": item.slot, "score": item.score} for item, path in zip(batch.items, paths, strict=True)
    ]
    settings = {key: value for key, value in batch.settings.items() if key != "notes"}
    slots = _slots(batch)
    if batch.items and not set(slots) - _AT_RANDOM:
        # Whatever was asked for: the sampler `random`, a first batch and one without scores have no other part.
        settings["random"] = 1.0
    return {"batch": batch.id, "items": items, "slots": slots, **settings, "notes": list(batch.notes)}


def _slots(batch: Batch) -> dict[str, int]:
    return dict(Counter(str(item.slot) for item in batch.items))


def _text(batch: Batch) -> str:
    slots = _slots(batch)
    settings = batch.settings
    lines: list[str] = list(batch.notes)
    if batch.items:
        parts = ", ".join(f"{count} {slot}" for slot, count in slots.items())
        ranked = f", {settings['score']} {settings['aggregate']}" if Slot.UNCERTAIN in slots else ""
        lines.insert(
            0,
            f"Batch {batch.id}: {len(batch.items)} images ({parts}) by {settings['sampler']}{ranked}, "
            f"seed {settings['seed']}.",
        )
    return "\n".join(lines)
