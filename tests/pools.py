"""A pool of five small pictures, for tests of what leaves a project."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as Picture

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, combined, set_marks, set_state
from boxwright.domain.image import ImageState, Split
from boxwright.domain.marks import ImageMarks
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project


def picture(file: Path, seed: int, orientation: int | None = None) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (48, 64, 3), dtype=np.uint8)
    exif = Picture.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    Picture.fromarray(pixels).save(file, exif=exif)
    return file


def id_of(project: Project, path: str) -> int:
    image = project.images.by_path(None, path)
    assert image is not None
    return image.id


def label(project: Project, path: str, *boxes: tuple[str, Box], root: str | None = None, by: str = "") -> int:
    """Mark the image labelled, with `boxes`; what it had before stays. `by`: the annotator."""
    image = project.images.by_path(root, path)
    assert image is not None
    labels = project.labels.load(image.id)
    edits = [add(drawn(box, project.classes.add(name).id)) for name, box in boxes]
    step = combined(EditKind.OTHER, [*edits, set_state(labels, ImageState.LABELED, EditKind.OTHER)])
    project.labels.apply(image.id, step.signed(by))
    return image.id


def tag(project: Project, path: str, *tags: str) -> None:
    image = project.images.by_path(None, path)
    assert image is not None
    labels = project.labels.load(image.id)
    project.labels.apply(image.id, set_marks(labels, ImageMarks(frozenset(tags))))


def make_pool(folder: Path) -> Project:
    """Five images: two labelled with boxes, the second of them for validation, one confirmed empty, one nobody has
    seen, one skipped."""
    for seed, name in enumerate(["a b.png", "ü/日本.png", "empty.png", "open.png", "skipped.png"]):
        picture(folder / "pool" / name, seed)
    made = Project.create(folder / "project", ["nut", "bolt", "unused"])
    add_folders(made, [folder / "pool"])
    label(made, "a b.png", ("nut", Box(1.5, 2.25, 30, 40)), ("bolt", Box(0, 0, 64, 48)))
    held_out = label(made, "ü/日本.png", ("bolt", Box(10, 10, 20, 20)))
    made.images.set_split([held_out], Split.VALIDATION)
    label(made, "empty.png")
    skipped = made.images.by_path(None, "skipped.png")
    assert skipped is not None
    labels = made.labels.load(skipped.id)
    made.labels.apply(skipped.id, set_state(labels, ImageState.SKIPPED, EditKind.OTHER))
    return made
