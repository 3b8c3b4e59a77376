"""The evidence once more from the trainings that are kept: cells.csv, report.html, tables, and the plots of
docs/sampling-experiment.md. Nothing is trained.

    python tests/benchmarks/kept_sampling.py [--folder docs/evidence] [--plots docs/images]
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.table_sampling import POOLS, REPOSITORY, RULES, points, saving, table

from boxwright.simulate.arms import NOISE
from boxwright.simulate.ledger import NAME, CellLog
from boxwright.simulate.output import FIGURES, write_cells, write_report
from boxwright.simulate.plots import HEIGHT, WIDTH, IntervalBar, Series, interval_plot, line_plot

DEFAULT = "uncertainty-diversity:score=detection_entropy,aggregate=mean,rare=yes"
ALONE = f"{DEFAULT},random=0%"
PUBLISHED = "uncertainty-random"
SHORT = {"random": "random", PUBLISHED: "published rule", ALONE: "default without its random half"}
STYLE = (
    "svg{background:#fff}text{font:11px system-ui,sans-serif;fill:#444}line,polyline{stroke-width:1.8}"
    "polyline{fill:none}.grid{stroke:#ddd}.axis{stroke:#888}circle{stroke-width:0}"
    ".c0{stroke:#666}.c1{stroke:#b3541e}.c2{stroke:#1f6fb4}"
    "circle.c0{fill:#666}circle.c1{fill:#b3541e}circle.c2{fill:#1f6fb4}"
)


COMPARED: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "AP points ahead of random at equal boxes": lambda found: points(found["difference"]["boxes"]["AP"]),
    "AP points ahead of random at 42 % of the images": lambda found: points(found["final"]["AP"]),
    "boxes saved": lambda found: saving(found["saving"]["boxes"]),
}


def across(reports: Mapping[str, Mapping[str, Any]], title: str, of: Callable[[Mapping[str, Any]], str]) -> str:
    """Markdown: one figure of every rule on every pool, and over how many repeats."""
    arms = dict.fromkeys(arm for report in reports.values() for arm in report["arms"] if arm != "random")
    lines = [f"| {title} | {' | '.join(reports)} |", f"|---|{'---|' * len(reports)}"]
    for arm in arms:
        found = [report["arms"].get(arm) for report in reports.values()]
        row = ["" if one is None else f"{of(one)} [{one['seeds']}]" for one in found]
        lines.append(f"| `{arm}` | {' | '.join(row)} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=REPOSITORY / "docs" / "evidence")
    parser.add_argument("--plots", type=Path, default=REPOSITORY / "docs" / "images")
    given = parser.parse_args()
    reports = {pool: remade(given.folder / pool) for pool in POOLS if (given.folder / pool / NAME).exists()}
    for axis, of in COMPARED.items():
        print(across(reports, axis, of), end="\n\n")
    print("\n\n".join(table(pool, report) for pool, report in reports.items()))
    (given.plots / "sampling-curves.svg").write_text(side_by_side(list(curves(reports))), encoding="utf-8")
    (given.plots / "sampling-ahead.svg").write_text(side_by_side(list(ahead(reports))), encoding="utf-8")


def remade(folder: Path) -> dict[str, Any]:
    """The report of all arms of which a cell is kept, those of the evidence first."""
    about = json.loads((folder / NAME).read_text(encoding="utf-8").splitlines()[0])
    cells = list(CellLog(folder, about).cells.values())
    about = json.loads((folder / NAME).read_text(encoding="utf-8").splitlines()[0])
    kept = {cell.arm for cell in cells} - {NOISE}
    arms = [*(arm for arm in RULES if arm in kept), *sorted(kept - set(RULES))]
    write_cells(cells, arms, {k: v for k, v in about.items() if k != "fingerprint"}, folder)
    report = write_report(folder)
    # The page says the same; the figures are megabytes of it.
    (folder / FIGURES).unlink()
    return report


def curves(reports: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    places = {name: place for place, name in enumerate(SHORT.values())}
    for pool, report in reports.items():
        lines = []
        for arm, name in SHORT.items():
            found = report["arms"].get(arm)
            if found is not None:
                x, y = zip(*((r["boxes"], r["AP"]["mean"]) for r in found["rounds"]))
                lines.append(Series(name, x, y, [None] * len(x)))
        yield line_plot(lines, places, f"{pool}: boxes labelled", "mAP50-95")


def ahead(reports: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    places = {name: place for place, name in enumerate(SHORT.values())}
    for pool, report in reports.items():
        bars = []
        for arm in (PUBLISHED, ALONE):
            told = report["arms"].get(arm, {}).get("difference", {}).get("boxes", {}).get("AP")
            if told is not None and told["mean"] is not None:
                low, high = (None if told[k] is None else 100 * told[k] for k in ("low", "high"))
                bars.append(IntervalBar(SHORT[arm], 100 * told["mean"], low, high))
        yield interval_plot(bars, places, f"{pool}: AP points ahead of random at equal boxes")


def side_by_side(plots: list[str], columns: int = 2) -> str:
    """One SVG of several of the same width; groups, for not every viewer draws one SVG inside another."""
    height = HEIGHT if all(f'height="{HEIGHT}"' in plot for plot in plots) else 110
    rows = -(-len(plots) // columns)
    placed = [
        f'<g transform="translate({k % columns * (WIDTH + 20)},{k // columns * (height + 20)})">'
        + re.sub("</?svg[^>]*>", "", plot)
        + "</g>"
        for k, plot in enumerate(plots)
    ]
    names = "".join(
        f'<circle class="c{k}" cx="{20 + 260 * k}" cy="12" r="5"/><text x="{30 + 260 * k}" y="16">{name}</text>'
        for k, name in enumerate(SHORT.values())
    )
    whole_width, whole_height = columns * (WIDTH + 20), rows * (height + 20) + 30
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole_width} {whole_height}" width="{whole_width}" '
        f'height="{whole_height}"><style>{STYLE}</style><rect width="100%" height="100%" fill="#fff"/>{names}'
        f'<g transform="translate(0,30)">{"".join(placed)}</g></svg>\n'
    )


if __name__ == "__main__":
    main()
