"""The same project exported twice, by two processes that order sets differently, is the same to the byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.pools import label, make_pool, tag

from boxwright.domain.box import Box
from boxwright.domain.edits import BoxChange, Edit, EditKind
from boxwright.formats.registry import formats

PROGRAM = """
import sys
from pathlib import Path
from boxwright.domain.image_filter import ImageFilter
from boxwright.formats.registry import formats
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.project.project import Project
with Project.open(Path(sys.argv[1]), read_only=True) as project:
    for known in formats():
        if known.capabilities.writes:
            export_dataset(project, Path(sys.argv[2]) / known.name, known.name, chosen=ImageFilter(unlabeled=True))
"""


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_two_processes_write_the_same_bytes_in_every_format(tmp_path: Path) -> None:
    with make_pool(tmp_path) as project:
        tag(project, "a b.png", "night", "rain", "fog", "wet road", "dusk")
        label(project, "empty.png", ("nut", Box(1, 2, 8, 9)), by="Ada")
        for image_id in project.images.ids().tolist():
            for a in project.labels.annotations([image_id])[image_id]:
                marked = a
                for flag in ("difficult", "occluded", "truncated", "crowd"):
                    marked = marked.with_flag(flag)
                for name, value in (("size", "big"), ("count", 3), ("wet", True), ("angle", 0.5)):
                    marked = marked.with_attribute(name, value)
                project.labels.apply(image_id, Edit(EditKind.OTHER, (BoxChange(a, marked),)))
        folder = project.folder
    for seed in ("1", "2"):
        subprocess.run(
            [sys.executable, "-c", PROGRAM, str(folder), str(tmp_path / seed)],
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
    one, two = tree(tmp_path / "1"), tree(tmp_path / "2")
    assert {name.split("/")[0] for name in one} == {known.name for known in formats() if known.capabilities.writes}
    assert [name for name in sorted(one.keys() | two.keys()) if one.get(name) != two.get(name)] == []
