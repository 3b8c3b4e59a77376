"""What a report makes of cells whose figures are known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.errors import FormatError
from boxwright.simulate.effort import Work
from boxwright.simulate.output import write_cells, write_report
from boxwright.simulate.plan import Cell
from boxwright.simulate.verdict import ENOUGH_SEEDS, USEFUL, verdict

ABOUT = {"dataset": "=trays & <b>more</b>", "base": "base.onnx"}
BOXES = (100, 200, 300)


def cell(arm: str, seed: int, round_: int, ap: float) -> Cell:
    work = Work(drawn=BOXES[round_])
    classes = {"nut": (ap, min(1.0, 2 * ap), 10 * round_), "=bolt": (None, None, 0)}
    return Cell(arm, seed, round_, 10 + round_, BOXES[round_], ap, min(1.0, 2 * ap), work, 90 - round_,
                Work(drawn=90, accepted=5), 20, Work(drawn=20), classes)  # fmt: skip


def cells(seeds: int, ahead: Callable[[int], float]) -> list[Cell]:
    """Random climbs 0.1, 0.2, 0.3; the other arm is `ahead` of it from the second round on."""
    found = []
    for seed in range(seeds):
        found.append(cell("random", seed, 0, 0.1))
        for round_ in (1, 2):
            found.append(cell("random", seed, round_, 0.1 + 0.1 * round_))
            found.append(cell("uncertainty", seed, round_, 0.1 + 0.1 * round_ + ahead(seed)))
    return found


def reported(folder: Path, found: list[Cell]) -> dict:
    write_cells(found, ["random", "uncertainty"], ABOUT, folder)
    return write_report(folder)


def test_the_primary_figure_is_the_difference_of_the_areas_seed_by_seed(tmp_path: Path) -> None:
    report = reported(tmp_path, cells(3, lambda seed: 0.02 * (seed + 1)))
    told = report["arms"]["uncertainty"]["difference"]["boxes"]["AP"]
    # Over 200 boxes: half the difference in the first hundred, all of it in the second.
    assert told["values"] == pytest.approx([0.75 * 0.02, 0.75 * 0.04, 0.75 * 0.06])
    assert told["mean"] == pytest.approx(0.03)
    assert told["low"] >= 0.75 * 0.02 - 1e-9
    assert told["p"] == told["p_holm"] == pytest.approx(0.25)


def test_what_is_saved_is_where_the_height_of_random_is_reached(tmp_path: Path) -> None:
    report = reported(tmp_path, cells(3, lambda _: 0.1))
    saving = report["arms"]["uncertainty"]["saving"]["boxes"]
    assert saving["needed"] == pytest.approx(200)
    assert saving["saving"] == pytest.approx(1 / 3)
    assert saving["censored"] == 0


def test_an_arm_that_never_gets_there_is_named_so(tmp_path: Path) -> None:
    report = reported(tmp_path, cells(3, lambda _: -0.05))
    saving = report["arms"]["uncertainty"]["saving"]["boxes"]
    assert (saving["saving"], saving["censored"]) == (None, 1.0)
    assert "not reached" in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_report_from_the_table_alone_has_the_same_figures(tmp_path: Path) -> None:
    report = reported(tmp_path, cells(4, lambda seed: 0.01 * seed / 3))
    before = {name: (tmp_path / name).read_bytes() for name in ("report.json", "report.html")}
    for name in before:
        (tmp_path / name).unlink()
    assert write_report(tmp_path) == report
    assert {name: (tmp_path / name).read_bytes() for name in before} == before
    assert json.loads(before["report.json"]) == report


def test_a_seed_that_is_not_finished_takes_no_part(tmp_path: Path) -> None:
    report = reported(tmp_path, cells(3, lambda _: 0.02)[:-1])
    assert report["arms"]["uncertainty"]["seeds"] == 2
    assert report["arms"]["random"]["seeds"] == 3
    assert report["unfinished"] == 2


def test_the_three_ways_count_what_is_left_to_do(tmp_path: Path) -> None:
    ways = reported(tmp_path, cells(2, lambda _: 0.02))["ways"]
    assert [way["way"] for way in ways] == ["once", "random", "sampled"]
    once, random, _ = ways
    assert once["left"] == pytest.approx(90 / 90)
    assert once["whole"] == pytest.approx((100 + 90) / 100)
    assert random["left"] == pytest.approx(90 / 88)
    assert random["whole"] == pytest.approx((300 + 90) / 100)
    assert random["hours"] == pytest.approx((7.0 * 390 + 1.8 * 5) / 3600)


def test_the_page_needs_nothing_else_and_text_from_files_is_text(tmp_path: Path) -> None:
    reported(tmp_path, cells(3, lambda _: 0.02))
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=|https?://|@import|url\(", page)
    assert "<b>more</b>" not in page
    assert page.count("<polyline") == 2 * 6
    assert "prefers-color-scheme:dark" in page


def test_no_cell_of_the_table_is_a_formula(tmp_path: Path) -> None:
    reported(tmp_path, cells(2, lambda _: 0.02))
    text = (tmp_path / "cells.csv").read_text(encoding="utf-8")
    assert not [part for line in text.splitlines() for part in line.split(",") if part.startswith(("=", "+", "@"))]


@pytest.mark.parametrize(
    ("seeds", "ahead", "arm", "said"),
    [
        (8, lambda seed: 0.02 + 0.001 * seed, "uncertainty", "Use uncertainty"),
        (8, lambda seed: 0.02 * (-1) ** seed, None, "There is not enough evidence that any rule"),
        (4, lambda seed: 0.02 + 0.001 * seed, None, "signs but not enough evidence"),
        (8, lambda seed: 0.0005 + 0.00001 * seed, None, "nobody would notice"),
        (1, lambda _: 0.02, None, "one run tells nothing"),
        (8, lambda seed: -0.02 - 0.001 * seed, None, "There is not enough evidence that any rule"),
        (8, lambda seed: -0.02 - 0.001 * seed, None, "behind random batches"),
    ],
)
def test_the_answer_follows_the_interval(
    tmp_path: Path, seeds: int, ahead: Callable[[int], float], arm: str | None, said: str
) -> None:
    found = verdict(reported(tmp_path, cells(seeds, ahead)))
    assert found.arm == arm
    assert said in found.text


@pytest.mark.parametrize(
    ("changed", "arm", "said"),
    [
        ({}, "margin", "Use margin"),
        (
            {"low": 0.0},
            None,
            "There is not enough evidence that any rule is better than random batches here. The best of 1",
        ),
        ({"low": -0.001}, None, "Random batches are as good a choice until there are more labels."),
        ({"p_holm": 0.06}, None, "There are signs but not enough evidence yet"),
        ({"p_holm": 0.05}, "margin", "Use margin"),
        ({"values": [0.01] * (ENOUGH_SEEDS - 1)}, None, "repeat it at least 10 times"),
        ({"values": [0.01] * ENOUGH_SEEDS}, "margin", "Use margin"),
        ({"mean": USEFUL / 100 - 1e-6}, None, "All rules are as good as random batches here"),
        ({"mean": USEFUL / 100}, "margin", "Use margin"),
        ({"mean": None}, None, "No rule was compared"),
        ({"low": None, "high": None}, None, "one run tells nothing"),
    ],
)
def test_the_answer_at_each_bound(changed: dict[str, Any], arm: str | None, said: str) -> None:
    told = {"mean": 0.01, "low": 0.005, "high": 0.02, "p_holm": 0.01, "values": [0.01] * 8, **changed}
    report = {
        "primary": {"axis": "boxes", "metric": "AP"},
        "arms": {
            "random": {"difference": {"boxes": {"AP": {"mean": 1.0}}}},
            "margin": {"difference": {"boxes": {"AP": told}}, "saving": {"boxes": {"saving": None}}},
        },
    }
    found = verdict(report)
    assert found.arm == arm
    assert said in found.text


def test_a_folder_without_cells_is_told_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="cannot be read"):
        write_report(tmp_path)
    (tmp_path / "cells.csv").write_text("arm,seed\nrandom,0\n")
    with pytest.raises(FormatError, match="holds no cells"):
        write_report(tmp_path)
