"""Table of an experiment's cells as a CSV file, from which the whole report can be made again."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

from boxwright.config.atomic import atomic_write
from boxwright.domain.errors import FormatError
from boxwright.simulate.arms import NAMES, current_name
from boxwright.simulate.effort import Work
from boxwright.simulate.plan import Cell

NAME = "cells.csv"
_WORK = tuple(f.name for f in fields(Work))
# Of the labels so far, of the images that are left, and of the test set.
_WORKS = {"work": "", "left_work": "left_", "test_work": "test_"}
_CLASS = ("AP", "AP50", "boxes")


@dataclass(frozen=True)
class CellTable:
    """Cells of an experiment, with what it is.

    `about`: what the experiment is, by name. `cells`: sorted by arm as given, seed and round.
    """

    about: Mapping[str, str]
    cells: Sequence[Cell]


def write_table(table: CellTable, folder: Path) -> None:
    """Raises `FormatError` when it cannot be written."""
    classes = list(table.cells[0].classes) if table.cells else []
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    # Names of classes come from files: behind a word of ours none of them is a formula.
    out.writerow([*_fixed(), *(f"{what} of {name}" for name in classes for what in _CLASS), "about"])
    about = urlencode({**table.about, NAMES[0]: NAMES[1]})
    for cell in table.cells:
        works = [getattr(getattr(cell, where), name) for where in _WORKS for name in _WORK]
        measured = ["" if value is None else value for name in classes for value in cell.classes[name]]
        head = [cell.arm, cell.seed, cell.round, cell.images, cell.boxes, cell.work.seconds, cell.ap, cell.ap50]
        out.writerow([*head, cell.left, cell.test_images, *works, *measured, about])
    try:
        atomic_write(folder / NAME, text.getvalue().encode())
    except OSError as error:
        raise FormatError(f"{folder / NAME} could not be written: {error.strerror or error}.") from error


def read_table(folder: Path) -> CellTable:
    """What `write_table` wrote. Raises `FormatError` on anything else."""
    file = folder / NAME
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"), newline="")))
        about = dict(parse_qsl(rows[0]["about"]))
        cells = [_cell(row) for row in rows]
    except OSError as error:
        raise FormatError(f"{file} cannot be read: {error.strerror or error}.") from error
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{file} holds no cells of an experiment.") from error
    name, meaning = NAMES
    if about.get(name) != meaning:
        cells = [replace(cell, arm=current_name(cell.arm)) for cell in cells]
    return CellTable({**about, name: meaning}, cells)


def _fixed() -> list[str]:
    head = ["arm", "seed", "round", "images", "boxes", "seconds", "AP", "AP50", "left", "test_images"]
    return [*head, *(before + name for before in _WORKS.values() for name in _WORK)]


def _cell(row: Mapping[str, str]) -> Cell:
    works: dict[str, Any] = {
        where: Work(*(int(row[before + name]) for name in _WORK)) for where, before in _WORKS.items()
    }
    names = [key.removeprefix("AP50 of ") for key in row if key.startswith("AP50 of ")]
    classes = {
        name: (_number(row[f"AP of {name}"]), _number(row[f"AP50 of {name}"]), int(row[f"boxes of {name}"]))
        for name in names
    }
    counts: dict[str, Any] = {
        name: int(row[name]) for name in ("seed", "round", "images", "boxes", "left", "test_images")
    }
    return Cell(row["arm"], ap=float(row["AP"]), ap50=float(row["AP50"]), classes=classes, **counts, **works)


def _number(text: str) -> float | None:
    return float(text) if text else None
