"""Ledger of finished cells: a line each, so that a stopped run goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from boxwright.config.atomic import atomic_write
from boxwright.domain.errors import FormatError
from boxwright.domain.messages import reason_of
from boxwright.simulate.arms import NAMES, current_name
from boxwright.simulate.plan import Cell

NAME = "cells.jsonl"


class CellLog:
    """File of finished cells.

    One writer at a time. The first line tells what the experiment is; each other one is a cell.
    """

    def __init__(self, folder: Path, about: Mapping[str, Any]) -> None:
        """`about` has `fingerprint`, which a ledger that is there already must have too. Raises `FormatError` for one
        that has another, or that cannot be read or written."""
        self._file = folder / NAME
        self.cells: dict[str, Cell] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True)
            if self._file.exists():
                self._load(str(about["fingerprint"]))
            else:
                self._write(json.dumps(about))
        except OSError as error:
            raise FormatError("{0} cannot be used: {1}.", self._file, reason_of(error)) from error

    def add(self, cell: Cell) -> Cell:
        """Kept before this returns. What another run of the same cell chose for other arms stays. Raises `FormatError`
        when it cannot be written."""
        before = self.cells.get(cell.key)
        if before is not None:
            cell = replace(cell, next={**before.next, **cell.next})
        self.cells[cell.key] = cell
        try:
            self._write(json.dumps(cell.to_json()))
        except OSError as error:
            raise FormatError(
                "{0} could not be written: {1}; see that there is room and that you may write there.",
                self._file,
                reason_of(error),
            ) from error
        return cell

    def _write(self, line: str) -> None:
        with self._file.open("a", encoding="utf-8") as out:
            out.write(line + "\n")
            out.flush()
            os.fsync(out.fileno())

    def _load(self, fingerprint: str) -> None:
        content = self._file.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            # A run was ended in the middle of a line.
            os.truncate(self._file, whole)
        lines = content[:whole].decode("utf-8", "replace").splitlines()
        try:
            about = json.loads(lines[0])
            cells = [Cell.from_json(json.loads(line)) for line in lines[1:]]
            known = about["fingerprint"]
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise FormatError("{0} holds no experiment; choose another folder with --out.", self._file) from error
        if known != fingerprint:
            raise FormatError(
                "{0} holds another experiment (other images, base, batches, size or training); choose "
                "another folder with --out, or delete it.",
                self._file.parent,
            )
        name, meaning = NAMES
        if about.get(name) != meaning:
            cells = [_renamed(cell) for cell in cells]
            rows = [{**about, name: meaning}, *(cell.to_json() for cell in cells)]
            atomic_write(self._file, "".join(json.dumps(row) + "\n" for row in rows).encode())
        self.cells = {cell.key: cell for cell in cells}


def _renamed(cell: Cell) -> Cell:
    """A cell of a time when an arm's name meant something else."""
    chosen = {current_name(arm): images for arm, images in cell.next.items()}
    return replace(cell, arm=current_name(cell.arm), next=chosen)
