"""Report files of an experiment: every cell, all figures, and a page to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from boxwright.config.atomic import atomic_write
from boxwright.domain.errors import FormatError
from boxwright.domain.messages import reason_of
from boxwright.simulate.arms import NOISE
from boxwright.simulate.page import page
from boxwright.simulate.plan import Cell
from boxwright.simulate.report import build_report
from boxwright.simulate.table import CellTable, read_table, write_table

FIGURES, PAGE = "report.json", "report.html"


def write_cells(cells: Iterable[Cell], arms: Iterable[str], about: Mapping[str, str], folder: Path) -> None:
    """The CSV. A first round that all arms share is there for each of them."""
    order = {arm: place for place, arm in enumerate((*arms, NOISE))}
    every = [one for cell in cells for one in _for_arms(cell, order) if one.arm in order]
    every.sort(key=lambda cell: (order[cell.arm], cell.seed, cell.round))
    write_table(CellTable(about, every), folder)


def write_report(folder: Path) -> dict[str, Any]:
    """Figures and page, from the CSV alone. Raises `FormatError`."""
    report = build_report(read_table(folder))
    try:
        atomic_write(folder / FIGURES, json.dumps(report, indent=1).encode())
        atomic_write(folder / PAGE, page(report).encode())
    except OSError as error:
        raise FormatError("The report could not be written to {0}: {1}.", folder, reason_of(error)) from error
    return report


def _for_arms(cell: Cell, arms: Iterable[str]) -> list[Cell]:
    if cell.round or cell.arm == NOISE:
        return [cell]
    return [cell.of(arm) for arm in arms if arm != NOISE]
