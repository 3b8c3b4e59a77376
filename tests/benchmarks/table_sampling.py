"""Does choosing images earn its keep? The whole evidence: eleven rules on five pools, ten repeats each, from one base.

    python tests/benchmarks/table_sampling.py [--pools aquarium,bccd,cards,skewed,duplicates] [--seeds 10] [--jobs 2]

Every finished training is kept below `bench-out/sampling`, so a stopped run goes on; the tables of all pools so far are
printed after each of them. Hours on two cores.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.cli.app import run
from boxwright.simulate.output import FIGURES

REPOSITORY = Path(__file__).resolve().parents[2]
# The set that each pool is made of, and how.
POOLS = {
    "aquarium": ("aquarium", ()),
    "bccd": ("bccd", ()),
    "cards": ("cards", ()),
    "skewed": ("aquarium", ("--pool", "skewed:penguin")),
    "duplicates": ("aquarium", ("--pool", "duplicates")),
}
RULES = (
    "random",
    "uncertainty-random",
    "uncertainty-random:random=70%",
    "uncertainty:random=0%",
    "subset-uncertainty:random=0%",
    "uncertainty:score=detection_entropy,aggregate=mean,random=0%",
    "uncertainty:aggregate=count,random=0%",
    "uncertainty-diversity:random=0%",
    "uncertainty-diversity:score=detection_entropy,aggregate=mean,rare=yes,random=0%",
    "uncertainty-diversity",
    "uncertainty-diversity:score=detection_entropy,aggregate=mean,rare=yes",
)
HEAD = (
    "rule",
    "repeats",
    "mAP50-95, last round",
    "AP points ahead at equal boxes (95 %)",
    "p (Holm)",
    "ahead in the last round",
    "boxes saved",
    "boxes to fix per image left",
)


def points(told: Mapping[str, Any]) -> str:
    if told["mean"] is None:
        return "–"
    interval = "" if told["low"] is None else f" ({100 * told['low']:+.2f} to {100 * told['high']:+.2f})"
    return f"{100 * told['mean']:+.2f}{interval}"


def saving(told: Mapping[str, Any]) -> str:
    if told["random"] is None:
        return "–"
    return "not reached" if told["saving"] is None else f"{told['saving']:.0%}"


def table(pool: str, report: Mapping[str, Any]) -> str:
    """Markdown: the primary figure, what the last round gained, and the labels saved."""
    lines = [
        f"### {pool}",
        "",
        f"| {' | '.join(HEAD)} |",
        f"|{'---|' * len(HEAD)}",
    ]
    left = {way["arm"]: way["left"] for way in report["ways"] if way["way"] != "once"}
    for arm, found in report["arms"].items():
        last, primary = found["rounds"][-1]["AP"], found["difference"]["boxes"]["AP"]
        spread = "" if last["sd"] is None else f" ± {last['sd']:.3f}"
        compared = ["–"] * 4
        if arm != "random":
            p = primary.get("p_holm")
            compared = [points(primary), "–" if p is None else f"{p:.2g}", points(found["final"]["AP"]),
                        saving(found["saving"]["boxes"])]  # fmt: skip
        row = [arm, str(found["seeds"]), f"{last['mean']:.3f}{spread}", *compared, f"{left[arm]:.2f}"]
        lines.append(f"| {' | '.join(row)} |")
    if report["noise"]:
        noise = report["noise"]["AP"]
        lines += [
            "",
            f"Noise of one training: mAP50-95 {noise['mean']:.4f}, standard deviation {noise['sd'] or 0:.4f}.",
        ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pools", default=",".join(POOLS))
    parser.add_argument("--seeds", default="10")
    parser.add_argument("--noise", default="5")
    parser.add_argument("--size", help="side of the input; the base's own when not given")
    parser.add_argument("--jobs", default=str(os.cpu_count() or 1))
    parser.add_argument("--out", type=Path, default=REPOSITORY / "bench-out" / "sampling")
    parser.add_argument("--features", type=Path, help="folder for what the base sees, gigabytes  [in --out]")
    given = parser.parse_args()
    data = Path(os.environ.get("BOXWRIGHT_TEST_DATA", str(REPOSITORY.parent / "shared")))
    tables = []
    for pool in given.pools.split(","):
        name, more = POOLS[pool]
        folder = given.out / pool
        command = ["simulate", data / "data" / name, "--model", data / "models" / "yolox_nano.onnx", "--out", folder]
        command += ["--samplers", ",".join(RULES), "--seeds", given.seeds, "--noise", given.noise]
        command += ["--features", given.features or given.out, "--jobs", given.jobs, *more]
        command += ["--size", given.size] if given.size else []
        status = run([str(part) for part in command])
        if status:
            sys.exit(status)
        tables.append(table(pool, json.loads((folder / FIGURES).read_text(encoding="utf-8"))))
        print("\n\n".join(tables), flush=True)


if __name__ == "__main__":
    main()
