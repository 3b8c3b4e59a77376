"""Statistics of an experiment's cells: curves, differences to random with their uncertainty, savings, and work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.simulate.arms import NOISE, RANDOM
from boxwright.simulate.curves import mean_height, reached_at
from boxwright.simulate.plan import Cell
from boxwright.simulate.statistics import INTERVAL, bootstrap_interval, holm, wilcoxon
from boxwright.simulate.table import CellTable
from boxwright.simulate.workflow_costs import workflow_costs

Floats = NDArray[np.float64]

AXES: dict[str, Callable[[Cell], float]] = {
    "boxes": lambda cell: cell.boxes,
    "images": lambda cell: cell.images,
    "seconds": lambda cell: cell.work.seconds,
}
METRICS: dict[str, Callable[[Cell], float]] = {"AP": lambda cell: cell.ap, "AP50": lambda cell: cell.ap50}
# Named before any run: what decides which rule is better.
PRIMARY = ("boxes", "AP")
_RESAMPLES = 2_000

# Cells of one arm: of each seed, round by round.
Runs = Mapping[int, Sequence[Cell]]


def build_report(table: CellTable) -> dict[str, Any]:
    """All figures, ready to be written as JSON. Only seeds with all their rounds take part."""
    cells = [cell for cell in table.cells if cell.arm != NOISE]
    arms = list(dict.fromkeys(cell.arm for cell in cells))
    last = max((cell.round for cell in cells), default=0)
    runs = {arm: _whole(cells, arm, last) for arm in arms}
    random = runs.get(RANDOM, {})
    found = {arm: _arm(runs[arm], random) for arm in arms if runs[arm]}
    _correct([one for arm, one in found.items() if arm != RANDOM])
    return {
        "about": dict(table.about),
        "primary": {"axis": PRIMARY[0], "metric": PRIMARY[1]},
        "rounds": last,
        "classes": list(cells[0].classes) if cells else [],
        "unfinished": sum(cell.seed not in runs[cell.arm] for cell in cells),
        "arms": found,
        "ways": workflow_costs({arm: run for arm, run in runs.items() if run}),
        "noise": _noise([cell for cell in table.cells if cell.arm == NOISE]),
    }


def _whole(cells: Sequence[Cell], arm: str, last: int) -> Runs:
    seeds: dict[int, list[Cell]] = {}
    for cell in cells:
        if cell.arm == arm:
            seeds.setdefault(cell.seed, []).append(cell)
    return {
        seed: sorted(found, key=lambda cell: cell.round)
        for seed, found in sorted(seeds.items())
        if len({cell.round for cell in found}) == last + 1
    }


def _arm(runs: Runs, random: Runs) -> dict[str, Any]:
    shared = [seed for seed in runs if seed in random]
    every = list(zip(*runs.values()))
    return {
        "seeds": len(runs),
        "rounds": [_round(cells) for cells in every],
        "area": _for_each(lambda axis, metric: _mean(_area(run, run, axis, metric) for run in runs.values())),
        "difference": _for_each(
            lambda axis, metric: _difference(
                [_area(runs[s], random[s], axis, metric) - _area(random[s], runs[s], axis, metric) for s in shared]
            )
        ),
        "final": {
            metric: _difference([of(runs[s][-1]) - of(random[s][-1]) for s in shared]) for metric, of in METRICS.items()
        },
        "saving": {axis: _saving([runs[s] for s in shared], [random[s] for s in shared], axis) for axis in AXES},
        "classes": _classes(every[-1]),
    }


def _for_each(of: Callable[[str, str], Any]) -> dict[str, dict[str, Any]]:
    return {axis: {metric: of(axis, metric) for metric in METRICS} for axis in AXES}


def _round(cells: Sequence[Cell]) -> dict[str, Any]:
    told: dict[str, Any] = {axis: _mean(map(of, cells)) for axis, of in AXES.items()}
    for metric, of in METRICS.items():
        values = np.array([of(cell) for cell in cells])
        told[metric] = {"mean": float(values.mean()), "sd": _deviation(values)}
    return told


def _area(run: Sequence[Cell], other: Sequence[Cell], axis: str, metric: str) -> float:
    """The mean height of the curve of `run` over the stretch that both have."""
    x, y = _curve(run, axis, metric)
    there, _ = _curve(other, axis, metric)
    return mean_height(x, y, max(x[0], there[0]), min(x[-1], there[-1]))


def _curve(run: Sequence[Cell], axis: str, metric: str) -> tuple[Floats, Floats]:
    return np.array([AXES[axis](c) for c in run], float), np.array([METRICS[metric](c) for c in run], float)


def _difference(values: Sequence[float]) -> dict[str, Any]:
    """Paired by seed. `values` are told as well, so that anybody can test them otherwise."""
    if not values:
        return {"mean": None, "low": None, "high": None, "p": None, "values": []}
    numbers = np.array(values, float)
    low, high = bootstrap_interval(numbers) or (None, None)
    return {"mean": float(numbers.mean()), "low": low, "high": high, "p": wilcoxon(numbers), "values": list(values)}


def _correct(arms: Sequence[dict[str, Any]]) -> None:
    """Add to the primary difference its p value among those of all arms."""
    told = [arm["difference"][PRIMARY[0]][PRIMARY[1]] for arm in arms]
    tested = [one for one in told if one["p"] is not None]
    for one, corrected in zip(tested, holm([one["p"] for one in tested])):
        one["p_holm"] = corrected


def _saving(runs: Sequence[Sequence[Cell]], random: Sequence[Sequence[Cell]], axis: str) -> dict[str, Any]:
    """What the arm needs to reach the AP that random ends with, on curves that are means over seeds. `saving`: the
    share that it does without, None where it does not get there; `censored`: the share of resamples where it does
    not."""
    if not runs:
        return {"random": None, "needed": None, "saving": None, "low": None, "high": None, "censored": None}
    ours, theirs = _stack(runs, axis), _stack(random, axis)
    needed, end = _needed(ours.mean(0), theirs.mean(0))
    rng = np.random.Generator(np.random.PCG64(0))
    again = []
    for _ in range(_RESAMPLES if len(runs) > 1 else 0):
        drawn = rng.integers(0, len(runs), len(runs))
        got, of = _needed(ours[drawn].mean(0), theirs[drawn].mean(0))
        again.append(np.nan if got is None else 1 - got / of)
    reached = np.array(again)[~np.isnan(again)] if again else np.zeros(0)
    low, high = np.percentile(reached, INTERVAL).tolist() if len(reached) else (None, None)
    return {
        "random": end,
        "needed": needed,
        "saving": None if needed is None else 1 - needed / end,
        "low": low,
        "high": high,
        "censored": 1 - len(reached) / len(again) if again else None,
    }


def _needed(ours: Floats, theirs: Floats) -> tuple[float | None, float]:
    """Of two mean curves (rounds,2): where the first reaches the height at which the second ends, and that end."""
    return reached_at(ours[:, 0], ours[:, 1], float(theirs[-1, 1])), float(theirs[-1, 0])


def _stack(runs: Sequence[Sequence[Cell]], axis: str) -> Floats:
    """(seeds,rounds,2)"""
    return np.array([np.stack(_curve(run, axis, PRIMARY[1]), 1) for run in runs])


def _classes(cells: Sequence[Cell]) -> dict[str, Any]:
    """In the last round, means over seeds; None for a class without a true box in the test set."""
    return {
        name: {
            "AP": _mean(cell.classes[name][0] for cell in cells),
            "AP50": _mean(cell.classes[name][1] for cell in cells),
            "boxes": _mean(cell.classes[name][2] for cell in cells),
        }
        for name in cells[0].classes
    }


def _noise(cells: Sequence[Cell]) -> dict[str, Any] | None:
    """How much figures differ when nothing but the seed of the training does."""
    if not cells:
        return None
    told: dict[str, Any] = {"trainings": len(cells), "images": cells[0].images}
    for metric, of in METRICS.items():
        values = np.array([of(cell) for cell in cells])
        told[metric] = {"mean": float(values.mean()), "sd": _deviation(values)}
    return told


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _deviation(values: Floats) -> float | None:
    return float(values.std(ddof=1)) if len(values) > 1 else None
