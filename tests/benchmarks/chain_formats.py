"""Each dataset in, out in every format, and back: what is left, and how far a corner moved.

    python tests/benchmarks/chain_formats.py DATA [SET ...] [--in-a-row] [--out TABLE.md]

DATA is a folder of datasets. A set is imported into a project, exported in each format, and each export imported into
a new project of its own; what is compared are the labels of the first project. With `--in-a-row` each format is
exported from the project that the format before it was imported into, so that losses would add up. Images are told
apart by their content.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from boxwright.domain.image import ImageState
from boxwright.formats.registry import formats
from boxwright.formats.staging import ImageMode
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.importing.dataset import import_dataset
from boxwright.services.project.project import Project

SETS = ("bccd", "aquarium", "cards", "coco-val128")
# By content of the image: its boxes as class name and corners, in a stable order.
Boxes = dict[str, list[tuple[str, tuple[float, ...]]]]


def boxes_of(project: Project) -> Boxes:
    """Every labelled image of `project`."""
    names = {known.id: known.name for known in project.classes.all()}
    by_content = {id_: content for content, id_ in project.images.ids_by_content().items()}
    found: Boxes = {}
    for id_, listed in project.labels.annotations(project.images.ids(state=ImageState.LABELED)).items():
        rows = [(names[a.class_id], tuple(map(float, a.box.array()))) for a in listed]
        found[by_content[id_]] = sorted(rows, key=lambda row: (row[0], [round(v, 1) for v in row[1]], row[1]))
    return found


def difference(before: Boxes, after: Boxes) -> tuple[int, int, float]:
    """Images and boxes that came back with their class, and the largest move of a corner, pixels; infinite where the
    boxes of an image are not the same ones."""
    worst = 0.0
    for content, rows in before.items():
        again = after.get(content, [])
        if [name for name, _ in rows] != [name for name, _ in again]:
            worst = float("inf")
            continue
        for (_, a), (_, b) in zip(rows, again, strict=True):
            worst = max(worst, float(np.abs(np.subtract(a, b)).max()))
    return len(after), sum(map(len, after.values())), worst


def chain(source: Path, folder: Path, in_a_row: bool) -> list[str]:
    """The rows of the table for one set, one for each format."""
    rows = []
    with ExitStack() as opened:
        first = opened.enter_context(Project.create(folder / "first"))
        import_dataset(first, source)
        origin = first
        before = boxes_of(first)
        splits = first.images.counts()
        rows.append(f"| {source.name} | (as it came) | {len(before)} | {sum(map(len, before.values()))} | – | – |")
        for known in formats():
            if not known.capabilities.writes:
                continue
            out = folder / "out" / known.name
            # A format whose images are its own needs them; the others share them.
            export_dataset(origin, out, known.name, ImageMode.LINK)
            second = opened.enter_context(Project.create(folder / "again" / known.name))
            import_dataset(second, out)
            images, boxes, worst = difference(before, boxes_of(second))
            kept = second.images.counts()
            if in_a_row:
                origin = second
            same = all(splits[part] == kept[part] for part in ("validation", "test"))
            rows.append(
                f"| {source.name} | {known.name} | {images} | {boxes} | {worst:.6f} px | {'yes' if same else 'no'} |"
            )
            sys.stderr.write(rows[-1] + "\n")
    return rows


def table(rows: Mapping[str, list[str]]) -> str:
    head = ["| set | format | images | boxes | largest move of a corner | splits |", "|---|---|---|---|---|---|"]
    return "\n".join([*head, *(row for found in rows.values() for row in found)]) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("sets", nargs="*", default=list(SETS))
    parser.add_argument("--in-a-row", action="store_true")
    parser.add_argument("--out", type=Path, help="write the table here as well")
    given = parser.parse_args()
    rows = {}
    for name in given.sets:
        with tempfile.TemporaryDirectory() as folder:
            rows[name] = chain(given.data / name, Path(folder), given.in_a_row)
    text = table(rows)
    print(text)
    if given.out is not None:
        given.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
