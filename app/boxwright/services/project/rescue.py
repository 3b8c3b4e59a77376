"""Rescue copies: edits that the project file refuses, put where a person says, and taken in again later."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from boxwright.config.atomic import atomic_write
from boxwright.domain.annotation import Annotation
from boxwright.domain.classes import LabelClass
from boxwright.domain.edits import BoxChange, Edit, EditKind, KeptChange, MarksChange, StandingChange, StateChange
from boxwright.domain.errors import ProjectError
from boxwright.domain.image import Image, ImageState
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.domain.marks import ImageMarks
from boxwright.domain.messages import reason_of
from boxwright.domain.prediction import Prediction
from boxwright.services.project.label_edit import LabelEdit
from boxwright.services.project.layout import DATABASE, FOLDERS
from boxwright.services.project.project import Project
from boxwright.store.edit_log import stored_annotation

RESCUE = "rescue.json"
README = "README.txt"
MARK, VERSION = "boxwright_rescue", 1
KIND = EditKind.TAKE_IN_A_RESCUE_COPY
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Lost:
    """Image with edits that are not in the project, as a person sees it."""

    image: Image
    labels: ImageLabels


@dataclass(frozen=True)
class TakenIn:
    """Result of taking a rescue copy in.

    `changed`: paths of images that somebody worked on since, which stay as they are; `missing`: those that the
    project does not have.
    """

    images: int
    unchanged: int
    changed: tuple[str, ...]
    missing: tuple[str, ...]


def write_rescue(folder: Path, old: Path, lost: Sequence[Lost], classes: Sequence[LabelClass], readme: str) -> None:
    """Make `folder`, which must not exist yet, with `lost` of the project in the folder `old`. Reads nothing of that.
    Raises ProjectError."""
    try:
        folder.mkdir(parents=True)
        atomic_write(folder / RESCUE, orjson.dumps(_document(old, lost, classes)))
        atomic_write(folder / README, readme.encode())
    except OSError as error:
        raise ProjectError(
            "The rescue copy could not be written to {0}: {1}. Choose another place.", folder, reason_of(error)
        ) from error


def copy_pool(folder: Path, project: Project, waiting: Sequence[LabelEdit]) -> bool:
    """Make a rescue copy a project of its own, with all of the pool that the open `project` can still read and the
    edits `waiting` in it. False when that cannot be; the copy is then as it was."""
    try:
        _copy_pool(project, folder, waiting)
    except Exception as error:
        # Whatever kept an edit from the project keeps it from the copy.
        logger.warning("The pool could not be copied: %s", error)
        _remove_pool(folder)
        return False
    return True


def take_in(project: Project, file: Path) -> TakenIn:
    """Give images the labels of a rescue copy, `rescue.json` or the folder around it, in one transaction. An image that
    somebody worked on after the copy was written stays as it is. Raises ProjectError."""
    file = file / RESCUE if file.is_dir() else file
    document = _read(file)
    try:
        with project.transaction():
            return _take_in(project, document)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _no_rescue(file) from error


def _take_in(project: Project, document: Mapping[str, Any]) -> TakenIn:
    used = {a["class_id"] for raw in document["images"] for a in raw["annotations"]}
    classes = {raw["id"]: project.classes.add(raw["name"]).id for raw in document["classes"] if raw["id"] in used}
    images = unchanged = 0
    changed: list[str] = []
    missing: list[str] = []
    for raw in document["images"]:
        image = _found(project, raw)
        if image is None:
            missing.append(raw["path"])
            continue
        edit = _edit(project.labels.load(image.id), raw, classes)
        if edit.is_void:
            unchanged += 1
        elif _newer(project, image.id, document["at"]):
            changed.append(raw["path"])
        else:
            project.labels.apply(image.id, edit)
            images += 1
    return TakenIn(images, unchanged, tuple(changed), tuple(missing))


def _document(folder: Path, lost: Sequence[Lost], classes: Sequence[LabelClass]) -> dict[str, Any]:
    return {
        MARK: VERSION,
        "project": str(folder),
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "classes": [{"id": c.id, "name": c.name} for c in classes],
        "images": [_image(one) for one in lost],
    }


def _image(lost: Lost) -> dict[str, Any]:
    image, labels = lost.image, lost.labels
    return {
        "id": image.id,
        "root": image.root,
        "path": image.path,
        "width": image.width,
        "height": image.height,
        "state": str(labels.state),
        "skip_reason": labels.skip_reason,
        "annotations": [_plain(a) for a in labels.annotations.values()],
        "standings": [
            {"prediction_id": id_, "standing": str(standing), "box": list(_corners(labels.predictions[id_]))}
            for id_, standing in labels.standings.items()
            if id_ in labels.predictions
        ],
        "marks": {"tags": sorted(labels.marks.tags), "note": labels.marks.note},
        "kept": sorted(labels.kept),
    }


def _plain(annotation: Annotation) -> Any:
    return orjson.loads(orjson.dumps(annotation, default=sorted))


def _corners(prediction: Prediction) -> tuple[float, float, float, float]:
    box = prediction.box
    return (box.x1, box.y1, box.x2, box.y2)


def _copy_pool(project: Project, folder: Path, waiting: Sequence[LabelEdit]) -> None:
    roots = project.roots.all()
    project.store.rebuild_to(folder / DATABASE)
    with Project.open_for_writing(folder) as copy, copy.transaction():
        for root in roots:
            # One inside the old project is stored relative to it.
            copy.roots.move(root.id, root.folder)
        for edit in waiting:
            edit(copy)
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    # Without its files a detector is only a name; the labels do not need them.
    with suppress(OSError, shutil.Error):
        shutil.copytree(project.folder / "models", folder / "models", dirs_exist_ok=True)


def _remove_pool(folder: Path) -> None:
    for path in folder.iterdir():
        if path.name not in (RESCUE, README):
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any]:
    try:
        document = orjson.loads(file.read_bytes())
    except OSError as error:
        raise ProjectError("The rescue copy {0} cannot be read: {1}.", file, reason_of(error)) from error
    except ValueError as error:
        raise _no_rescue(file) from error
    if not isinstance(document, dict) or not isinstance(document.get(MARK), int):
        raise _no_rescue(file)
    if document[MARK] > VERSION:
        raise ProjectError(
            "The rescue copy {0} was made by a newer Boxwright: update this program to take it in.", file
        )
    return document


def _no_rescue(file: Path) -> ProjectError:
    return ProjectError("{0} is no rescue copy: choose the file {1} in the folder of one.", file, RESCUE)


def _found(project: Project, raw: Mapping[str, Any]) -> Image | None:
    """A copy of the pool has the same numbers; where it does not, the path in its root tells."""
    same = [image for image in project.images.many([raw["id"]]) if image.path == raw["path"]]
    return same[0] if same else project.images.by_path(raw["root"], raw["path"])


def _newer(project: Project, image_id: int, at: str) -> bool:
    log = project.labels.log(image_id)
    return bool(log) and log[-1][0] > at


def _edit(now: ImageLabels, raw: Mapping[str, Any], classes: Mapping[int, int]) -> Edit:
    """What leads from the labels that are stored to those of the copy."""
    wanted = {a["uid"]: _annotation(a, classes) for a in raw["annotations"]}
    boxes = [BoxChange(a, None) for uid, a in now.annotations.items() if uid not in wanted]
    boxes += [BoxChange(now.annotations.get(uid), a) for uid, a in wanted.items() if now.annotations.get(uid) != a]
    marks = ImageMarks(frozenset(raw["marks"]["tags"]), raw["marks"]["note"])
    kept = frozenset(raw["kept"]) & {finding.id for finding in now.findings}
    return Edit(
        KIND,
        tuple(boxes),
        tuple(_standings(now, raw)),
        StateChange(now.state, ImageState(raw["state"]), now.skip_reason, raw["skip_reason"]),
        MarksChange(now.marks, marks),
        kept=tuple(KeptChange(id_, id_ in now.kept, id_ in kept) for id_ in sorted(kept ^ now.kept)),
    )


def _annotation(raw: dict[str, Any], classes: Mapping[int, int]) -> Annotation:
    source = raw["source_class_id"]
    return stored_annotation(
        {**raw, "class_id": classes[raw["class_id"]], "source_class_id": classes.get(source, source)}
    )


def _standings(now: ImageLabels, raw: Mapping[str, Any]) -> list[StandingChange]:
    """Only of pre-labels that are the same box still."""
    said = {
        s["prediction_id"]: Standing(s["standing"])
        for s in raw["standings"]
        if (known := now.predictions.get(s["prediction_id"])) is not None and list(_corners(known)) == s["box"]
    }
    changes = []
    for id_ in now.predictions:
        before, after = now.standing(id_), said.get(id_, Standing.OPEN)
        if before is not after:
            changes.append(StandingChange(id_, before, after))
    return changes
