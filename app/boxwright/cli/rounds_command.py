"""`boxwright rounds`: the ledger, and what more labels would still bring."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from boxwright.cli.output import emit, json_option
from boxwright.domain.audit import audit_words
from boxwright.domain.round import Round


@click.command("rounds")
@click.argument("project", type=click.Path(path_type=Path))
@json_option
def command(project: Path, as_json: bool) -> None:
    """List the rounds with their figures, and estimate where more labels stop paying."""
    from boxwright.services.batches.random_slot_metrics import audits
    from boxwright.services.batches.rounds import curve, rounds
    from boxwright.services.project.project import Project

    with Project.open(project, read_only=True) as opened:
        ledger = rounds(opened)
        fitted = curve(opened)
        total = opened.images.usable_count()
        measured = audits(opened)
    plateau = fitted.plateau if fitted else None
    result: dict[str, Any] = {
        "rounds": [asdict(row) for row in ledger],
        "audits": [asdict(audit) for audit in measured],
        "plateau": None if plateau is None else dict(zip(("low", "middle", "high"), plateau)),
        "curve": None
        if fitted is None
        else {name: getattr(fitted, name).tolist() for name in ("grid", "low", "middle", "high")},
    }
    said = [audit_words(measured[-1])] if measured else []
    emit(result, "\n".join([*_lines(ledger), *said, _outlook(plateau, total, len(ledger))]), as_json)


def _lines(ledger: list[Round]) -> list[str]:
    if not ledger:
        return []
    head = f"{'round':>5}  {'images':>6}  {'boxes':>6}  {'AP':>5}  {'AP50':>5}  {'fixes':>5}  {'edits':>5}  detector"
    return [head, *(_row(number, row) for number, row in enumerate(ledger, start=1))]


def _row(number: int, row: Round) -> str:
    figures = (row.ap, row.ap50, row.fixes_per_image, row.edits_per_image)
    shown = (f"{'–':>5}" if value is None else f"{value:5.2f}" for value in figures)
    used = "" if row.activated else " (not used)"
    return f"{number:>5}  {row.images:>6}  {row.boxes:>6}  {'  '.join(shown)}  {row.model_name}{used}"


def _outlook(plateau: tuple[float, float, float] | None, total: int, count: int) -> str:
    if not count:
        return "There is no round yet: label some images and run 'boxwright retrain'."
    if plateau is None:
        return "After three measured rounds, this tells where more labels stop paying."
    low, middle, high = (round(value) for value in plateau)
    if low >= total:
        return f"Each batch still pays, as far as the {total} images go."
    if high >= total:
        return f"Another batch gains less than 1 % AP from about {middle} labelled images on, {low} at the earliest."
    return f"Another batch gains less than 1 % AP from about {middle} labelled images on (between {low} and {high})."
