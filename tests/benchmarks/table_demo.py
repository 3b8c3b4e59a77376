"""The demo's story for several seeds: AP50, AP and edits per image of the starter and of each round. Ends with status 1
where a round is no better than the detector before it.

    python tests/benchmarks/table_demo.py [--seeds 42,43,44] [--rounds 2] [--share 20]

Each seed draws its own batches from the same pictures; some ten minutes each on two idle cores.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

from boxwright.domain.progress import ignore
from boxwright.services.demo import make_demo


def play(seed: int, plot: argparse.Namespace, folder: Path) -> list[dict[str, Any]]:
    """One story in a process of its own; its rounds."""
    command = [sys.executable, __file__, "--seeds", str(seed), "--rounds", str(plot.rounds), "--share", str(plot.share)]
    subprocess.run([*command, "--into", str(folder)], check=True)
    rounds: list[dict[str, Any]] = json.loads((folder / "summary.json").read_text())["rounds"]
    return rounds


def play_here(seed: int, plot: argparse.Namespace) -> None:
    from boxwright.ui.demo.run import play_demo
    from boxwright.ui.demo.story import StorySettings

    with make_demo(plot.into / "project", ignore, ready=False) as project:
        project.settings.schedule_seed = seed
    play_demo(plot.into / "project", plot.into, StorySettings(plot.rounds, plot.share, seed=seed))


def improves(rounds: list[dict[str, Any]]) -> bool:
    return all(
        after["AP50"] > before["AP50"] and after["edits_per_image"] < before["edits_per_image"]
        for before, after in pairwise(rounds)
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", default="42,43,44")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--share", type=int, default=20, help="percent of the pool in a batch")
    parser.add_argument("--into", type=Path, help="play one seed here and leave its report in this folder")
    given = parser.parse_args()
    seeds = [int(seed) for seed in given.seeds.split(",")]
    if given.into is not None:
        play_here(seeds[0], given)
        return 0
    better, found = True, {}
    print(" seed detector     AP50     AP  fixes/image  edits/image  edits/box")
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            rounds = found[seed] = play(seed, given, Path(folder))
        better = better and improves(rounds)
        for one in rounds:
            print(
                f"{seed:>5} {one['detector']:<10} {one['AP50']:>6.3f} {one['AP']:>6.3f} "
                f"{one['fixes_per_image']:>12.1f} {one['edits_per_image']:>12.1f} {one['edits_per_box']:>10.2f}"
            )
    print(json.dumps(found))
    return 0 if better else 1


if __name__ == "__main__":
    sys.exit(main())
