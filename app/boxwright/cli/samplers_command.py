"""`boxwright samplers`: the rules that choose a batch."""

from __future__ import annotations

import click

from boxwright.cli.output import emit, json_option
from boxwright.domain.scores import EVERY_SCORE
from boxwright.sampling.aggregate import AGGREGATES
from boxwright.sampling.samplers import SAMPLERS, samplers


@click.command("samplers")
@json_option
def command(as_json: bool) -> None:
    """List the samplers, scores and aggregates that `next` takes."""
    known = samplers()
    width = max(len(name) for name in known)
    lines = [
        *(f"{name:<{width}}  {sampler.summary}" for name, sampler in known.items()),
        f"scores: {', '.join(EVERY_SCORE)}",
        f"aggregates: {', '.join(AGGREGATES)}",
    ]
    result = {
        "samplers": [{"name": name, "summary": sampler.summary} for name, sampler in known.items()],
        "scores": EVERY_SCORE,
        "aggregates": AGGREGATES,
        "broken": SAMPLERS.broken,
    }
    emit(result, "\n".join(lines), as_json)
