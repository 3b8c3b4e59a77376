"""Experiments of a time when some rules had no random part say what their arms are called now."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from boxwright.simulate.arms import NAMES, current_name, parse_arms
from boxwright.simulate.effort import Work
from boxwright.simulate.ledger import NAME, CellLog
from boxwright.simulate.plan import Cell, NextBatch
from boxwright.simulate.table import NAME as TABLE
from boxwright.simulate.table import CellTable, read_table, write_table

ABOUT = {"fingerprint": "f"}


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("random", "random"),
        ("noise", "noise"),
        ("uncertainty-random:random=70%", "uncertainty-random:random=70%"),
        ("uncertainty", "uncertainty:random=0%"),
        ("subset-uncertainty:subset=5%", "subset-uncertainty:subset=5%,random=0%"),
        ("uncertainty-diversity:score=margin,rare=yes", "uncertainty-diversity:score=margin,rare=yes,random=0%"),
        ("hybrid", "uncertainty-diversity"),
        ("hybrid:score=margin,random=10%", "uncertainty-diversity:score=margin,random=10%"),
        ("somebody-elses:random=10%", "somebody-elses:random=10%"),
    ],
)
def test_an_arm_is_called_by_what_it_did(before: str, now: str) -> None:
    assert current_name(before) == now
    if now not in ("noise", "somebody-elses:random=10%"):
        assert parse_arms(now)[-1].name == now


def cell(arm: str) -> Cell:
    work = Work(drawn=3)
    chosen = {"uncertainty": NextBatch((4, 5), work), "random": NextBatch((6,), work)}
    return Cell(arm, 0, 1, 3, 3, 0.5, 0.6, work, 9, work, 4, work, {"nut": (0.5, 0.6, 3)}, chosen)


def test_a_kept_run_goes_on_under_the_names_of_now(tmp_path: Path) -> None:
    lines = [ABOUT, cell("uncertainty").to_json(), cell("random").to_json()]
    (tmp_path / NAME).write_text("".join(json.dumps(line) + "\n" for line in lines))
    for _ in range(2):
        kept = CellLog(tmp_path, ABOUT).cells
        assert set(kept) == {"uncertainty:random=0%/0/1", "random/0/1"}
        assert set(kept["random/0/1"].next) == {"uncertainty:random=0%", "random"}
        assert kept["random/0/1"].next["uncertainty:random=0%"].images == (4, 5)
    CellLog(tmp_path, ABOUT).add(cell("uncertainty"))
    assert set(CellLog(tmp_path, ABOUT).cells) == {"uncertainty:random=0%/0/1", "uncertainty/0/1", "random/0/1"}


def test_a_kept_table_is_read_under_the_names_of_now(tmp_path: Path) -> None:
    write_table(CellTable({}, [cell("uncertainty")]), tmp_path)
    assert [one.arm for one in read_table(tmp_path).cells] == ["uncertainty"]
    file = tmp_path / TABLE
    file.write_text(file.read_text().replace("random+part=50%25+unless+named", "dataset=trays"))
    table = read_table(tmp_path)
    assert [one.arm for one in table.cells] == ["uncertainty:random=0%"]
    assert dict(table.about) == {"dataset": "trays", NAMES[0]: NAMES[1]}
