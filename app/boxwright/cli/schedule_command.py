"""`boxwright schedule`: how the rounds go, and what to do now."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from boxwright.cli.output import emit, json_option, share_option
from boxwright.sampling.samplers import by_name
from boxwright.services.batches.schedule import Advice, advice, schedule_of, set_schedule
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import Schedule, WayOfWorking
from boxwright.simulate.arms import arm_of, parse_arms, scheduled

_WAYS = {
    WayOfWorking.ONCE: "retrain once, and let that detector help with the rest",
    WayOfWorking.RANDOM: "retrain every round, batches drawn at random",
    WayOfWorking.SAMPLED: "retrain every round, batches drawn by uncertainty but for their random share",
}


@click.command("schedule")
@click.argument("project", type=click.Path(path_type=Path))
@click.option(
    "--way",
    type=click.Choice([str(way) for way in WayOfWorking]),
    help="Retrain once, or every round, and how it draws.",
)
@share_option("--initial", help="Share of the images in the first batch.")
@share_option("--step", help="Share of the images in each later batch.")
@share_option("--stop", help="Share of the images labelled at the end.")
@share_option("--random", "random_share", help="Share of a sampled batch that is drawn at random.")
@share_option("--subset", help="Random share of the pool that is searched.")
@click.option("--rule", help="What draws sampled batches, as `boxwright simulate` writes it: NAME:key=value,key=value.")
@json_option
def command(
    project: Path,
    way: str | None,
    initial: float | None,
    step: float | None,
    stop: float | None,
    random_share: float | None,
    subset: float | None,
    rule: str | None,
    as_json: bool,
) -> None:
    """Show how the rounds of a project go and what to do now; options change it for good."""
    said = {"initial": initial, "step": step, "stop": stop, "random_share": random_share, "subset": subset}
    changes: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if way is not None:
        changes["way"] = WayOfWorking(way)
    with Project.open_for_writing(project) if changes or rule else Project.open(project, read_only=True) as opened:
        schedule = schedule_of(opened)
        if changes or rule:
            schedule = replace(scheduled(schedule, parse_arms(rule)[-1]) if rule else schedule, **changes)
            set_schedule(opened, schedule)
        advised = advice(opened)
    emit({**asdict(schedule), "advice": asdict(advised)}, _text(schedule, advised), as_json)


def _text(schedule: Schedule, advised: Advice) -> str:
    drawn = ""
    if schedule.way is WayOfWorking.SAMPLED:
        knobs, parts = by_name(schedule.sampler).knobs, [f", drawn by {arm_of(schedule).name}"]
        parts += [f"{schedule.random_share:.0%} of each later batch at random"]
        parts += [f"the uncertain ones out of {schedule.subset:.0%} of the pool"] if "subset" in knobs else []
        drawn = ", ".join(parts)
    return (
        f"Way '{schedule.way}': {_WAYS[schedule.way]}.\n"
        f"A first batch of {schedule.initial:.0%} at random, then {schedule.step:.0%} at a time up to "
        f"{schedule.stop:.0%} of the images{drawn}.\nNow: {advised.text}"
    )
