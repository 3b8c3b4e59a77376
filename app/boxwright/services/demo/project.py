"""Making of the demo project, or going on where it was stopped; what a person did in it stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

from boxwright.config import paths
from boxwright.config.in_order import map_in_order
from boxwright.config.opencv import cv2
from boxwright.domain.annotation import Annotation, Origin, drawn
from boxwright.domain.errors import ProjectError
from boxwright.domain.image import ImageState, Split
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report, ShouldStop, check, never
from boxwright.services.batches.next_batch import next_batch
from boxwright.services.batches.schedule import ruled, schedule_of
from boxwright.services.demo.picture import DemoPicture, picture
from boxwright.services.demo.shapes import CLASSES
from boxwright.services.demo.truth import FILE, TrueBox, read_truth, write_truth
from boxwright.services.detectors.admission import add_model
from boxwright.services.detectors.registry import chosen_model
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.layout import DATABASE
from boxwright.services.project.project import Project
from boxwright.services.project.split import freeze_validation

# Another series than the starter's.
SEED = 42
PICTURES = 160
VALIDATION_SHARE = 0.1
# Of the first hundred seeds the one whose sixteen pictures have the pool's mix of crowds, empty trays and bearings.
VALIDATION_SEED = 35
FIRST_BATCH = 16
FOLDER = "pictures"
_QUALITY = 90


def make_demo(
    folder: Path, report: Report, should_stop: ShouldStop = never, pictures: int = PICTURES, ready: bool = True
) -> Project:
    """A project in `folder`, open for writing: drawn pictures, classes, a labelled validation split, the starter
    detector active and, when `ready`, pre-labels and a first batch. The true boxes lie in `folder/truth.json`.

    A folder made before is opened and only completed, so a person's labels are never touched; where another program
    has it open it comes back read-only. Raises `ProjectError` on a folder that holds something else, `Cancelled`.
    """
    folder = folder.expanduser().absolute()
    _check_folder(folder)
    if (folder / DATABASE).exists():
        project = Project.open(folder)
        if project.read_only:
            return project
    else:
        _draw(folder, pictures, report, should_stop)
        project = Project.create(folder, CLASSES)
    try:
        _complete(project, report, should_stop)
        if ready:
            _make_ready(project, report, should_stop)
    except BaseException:
        project.close()
        raise
    return project


def demo_folder() -> Path:
    """Where the demo lives when nobody says otherwise."""
    return paths.data_dir() / "demo"


def _check_folder(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise ProjectError("The demo cannot be made at {0}: that is a file; name a folder.", folder)
    if not folder.exists() or (folder / FOLDER).is_dir() or not any(folder.iterdir()):
        return
    raise ProjectError("The demo cannot be made in {0}: it holds other files; name a new or an empty folder.", folder)


def _draw(folder: Path, count: int, report: Report, should_stop: ShouldStop) -> None:
    """Write the pictures as JPEG and, last of all, the truth file."""
    target = folder / FOLDER
    try:
        target.mkdir(parents=True, exist_ok=True)
        began = monotonic()
        made: dict[str, DemoPicture] = {}
        for number, one in enumerate(_in_order(count), 1):
            check(should_stop)
            name = f"tray-{number:03d}.jpg"
            done, jpeg = cv2.imencode(".jpg", one.image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
            assert done
            (target / name).write_bytes(jpeg.tobytes())
            made[name] = one
            report(Progress(number, count, Message("drawing pictures"), number / (monotonic() - began)))
        write_truth(folder / FILE, made)
    except OSError as error:
        raise ProjectError(
            "The demo cannot be written to {0}: {1}.", folder, Message((error.strerror or str(error)).lower())
        ) from error


def _in_order(count: int) -> Iterator[DemoPicture]:
    """Pictures 0 to `count` - 1, a few drawn ahead on all cores; numpy and OpenCV let go of the interpreter."""
    workers = min(8, os.cpu_count() or 1)
    return (made for _, made in map_in_order(partial(picture, SEED), range(count), workers, "draw"))


def _complete(project: Project, report: Report, should_stop: ShouldStop) -> None:
    """Every step looks for its own result first."""
    if not len(project.images.ids()):
        add_folders(project, [project.folder / FOLDER], report, should_stop)
    if not len(project.images.ids(split=Split.VALIDATION)):
        freeze_validation(project, VALIDATION_SHARE, VALIDATION_SEED)
    _label_validation(project)
    if project.settings.schedule_seed is None:
        project.settings.schedule_seed = SEED
    if project.models.active() is None:
        project.models.activate(add_model(project, paths.models() / "starter.onnx").id)


def _make_ready(project: Project, report: Report, should_stop: ShouldStop) -> None:
    if project.batches.latest() is None:
        prelabel(project, chosen_model(project), "auto", report, should_stop)
        check(should_stop)
        next_batch(project, ruled(schedule_of(project), FIRST_BATCH, first=True, seed=SEED))


def _label_validation(project: Project) -> None:
    """Give the frozen images their true boxes, so that `evaluate` has something to measure from the first minute."""
    open_ids = project.images.ids(state=ImageState.UNLABELED, split=Split.VALIDATION)
    if not len(open_ids):
        return
    truth = read_truth(project.folder / FILE)
    ids = {c.name: c.id for c in project.classes.all()}
    found = [(i, truth.get(Path(project.images.get(int(i)).path).name)) for i in open_ids]
    project.labels.import_labels((int(i), _imported(boxes, ids)) for i, boxes in found if boxes is not None)


def _imported(boxes: tuple[TrueBox, ...], class_ids: dict[str, int]) -> list[Annotation]:
    known = [b for b in boxes if b.name in class_ids]
    return [replace(drawn(b.box, class_ids[b.name]), origin=Origin.IMPORTED) for b in known]
