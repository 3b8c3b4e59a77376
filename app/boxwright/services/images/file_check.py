"""Check of image files: there, and the ones that were worked on, asked before anything is made of them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from boxwright.domain.errors import ProjectError
from boxwright.domain.image import Image, ImageState
from boxwright.domain.labels import ImageLabels
from boxwright.domain.messages import Message, joined, plural, to_text
from boxwright.domain.names import listed
from boxwright.services.project.project import Project
from boxwright.store.files import FileRow, KnownContent


@dataclass(frozen=True)
class Checked:
    """Result of a check of many files.

    `good` images, in the order asked for. Not among them: `missing` files, `unreadable` ones, and `replaced`: with
    other content than a person worked on.
    """

    good: list[Image] = field(default_factory=list)
    missing: list[Image] = field(default_factory=list)
    unreadable: list[Image] = field(default_factory=list)
    replaced: list[Image] = field(default_factory=list)

    @property
    def left_out(self) -> int:
        return len(self.missing) + len(self.unreadable) + len(self.replaced)

    def sentences(self) -> tuple[Message, ...]:
        """What was left out, a sentence each."""
        told = []
        if names := _names(self.missing):
            told.append(
                plural(
                    "1 labelled image is not there, so it was left out: {1}.",
                    "{0} labelled images are not there, so they were left out: {1}.",
                    len(self.missing),
                    names,
                )
            )
        if names := _names(self.unreadable):
            told.append(
                plural(
                    "1 labelled image cannot be read, so it was left out: {1}.",
                    "{0} labelled images cannot be read, so they were left out: {1}.",
                    len(self.unreadable),
                    names,
                )
            )
        if names := _names(self.replaced):
            told.append(
                plural(
                    "1 image is not the file that was labelled, so it was left out: {1}. "
                    "Look at its boxes in the window and say whether they hold.",
                    "{0} images are not the files that were labelled, so they were left out: {1}. "
                    "Look at their boxes in the window and say whether they hold.",
                    len(self.replaced),
                    names,
                )
            )
        return tuple(told)


def check_labelled(project: Project, images: Sequence[Image]) -> Checked:
    """As `check_files`, of images that something is to be made of. Raises ProjectError when the whole folder of some is
    away, or when none is left."""
    checked = check_files(project, images)
    require_folders(project, checked.missing)
    if images and not checked.good:
        told = joined(" ", checked.sentences())
        raise ProjectError("None of the {0} labelled images can be used. {1}", len(images), told)
    return checked


def check_files(project: Project, images: Sequence[Image], without_files: bool = False) -> Checked:
    """By size and time, content deciding where these differ. `without_files`: only the labels are wanted, so a file may
    be away."""
    checked = Checked()
    stamps = project.files.stamps([image.id for image in images])
    for image in images:
        stamp = stamps[image.id]
        problem = image.problem or _problem(stamp)
        if image.replaced:
            checked.replaced.append(image)
        elif problem is None or (without_files and problem != _OTHER):
            checked.good.append(image)
        else:
            kind = checked.missing if not os.path.lexists(stamp.disk) else checked.unreadable
            (checked.replaced if problem == _OTHER else kind).append(image)
    return checked


def now_other(project: Project, image_id: int) -> FileRow | None:
    """What is in the file of an image now, where that is not what the pool knows."""
    stamp = project.files.stamps([image_id])[image_id]
    if _problem(stamp) != _OTHER:
        return None
    known = project.files.row(image_id)
    return file_row(known.root_id, known.path, stamp.disk)


def file_row(root_id: int, path: str, disk: Path) -> FileRow:
    """What is in the file at `disk` now, which the pool knows as `path` below a root. Never raises."""
    from boxwright.imaging.probe import probe

    p = probe(disk)
    return FileRow(
        root_id,
        path,
        p.width,
        p.height,
        p.content_hash,
        p.size,
        p.mtime_ns,
        p.problem and to_text(p.problem),
        p.ctime_ns,
    )


@dataclass(frozen=True)
class OnDisk:
    """Image and its labels as they are of its file now.

    `other`: that is not what the pool knows. `mtime_ns` of the
    file, 0 where it is gone.
    """

    image: Image
    labels: ImageLabels
    other: bool = False
    mtime_ns: int = 0


def as_on_disk(project: Project, image: Image, labels: ImageLabels) -> OnDisk:
    """With the true size. Pre-labels of other pixels are gone where nobody has worked on them."""
    try:
        mtime_ns = project.images.file(image.id).stat().st_mtime_ns
    except OSError:
        return OnDisk(image, labels)
    row = now_other(project, image.id)
    if row is None or row.problem is not None:
        return OnDisk(image, labels, False, mtime_ns)
    worked_on = image.state is not ImageState.UNLABELED or bool(labels.annotations or labels.standings)
    image = replace(image, width=row.width, height=row.height, replaced=image.replaced or worked_on)
    labels = replace(labels, width=row.width, height=row.height)
    return OnDisk(image, labels if worked_on else replace(labels, predictions={}), True, mtime_ns)


def take_note(project: Project, image_ids: Iterable[int]) -> list[int]:
    """Take over what is in the files of these images now, as adding their folder would in place; returns those that a
    person had worked on, which are `replaced` from now on."""
    with project.transaction():
        rows = {image_id: row for image_id in image_ids if (row := now_other(project, image_id)) is not None}
        return change_in_place(project, rows)


def change_in_place(project: Project, rows: dict[int, FileRow]) -> list[int]:
    """These images have other files in their places. Returns those that a person had worked on."""
    files = project.files
    before = files.pictures(list(rows))
    left = {files.row(image_id).content_hash for image_id in rows}
    for image_id, row in rows.items():
        files.update(image_id, row)
    other = [i for i, row in rows.items() if row.problem is None and row.content_hash != before[i]]
    worked_on = files.forget_predictions(other)
    files.note_replaced([(image_id, before[image_id]) for image_id in worked_on if before[image_id]])
    files.settle_copies({*left, *(row.content_hash for row in rows.values())})
    return worked_on


def keep_labels(project: Project, image_ids: Sequence[int]) -> None:
    """A person says that the labels of these images hold for the files as they are now."""
    with project.transaction():
        take_note(project, image_ids)
        project.files.settle_replaced(image_ids)


_OTHER = "is another file"


def _problem(stamp: KnownContent) -> str | None:
    try:
        status = stamp.disk.stat()
    except OSError as error:
        return error.strerror or str(error)
    if (status.st_size, status.st_mtime_ns) == (stamp.size, stamp.mtime_ns):
        return None if os.access(stamp.disk, os.R_OK) else Message("permission denied")
    from boxwright.imaging.probe import probe

    now = probe(stamp.disk)
    return now.problem or (None if now.content_hash == stamp.content_hash else _OTHER)


def require_folders(project: Project, missing: Sequence[Image]) -> None:
    """A drive that is not connected is no reason to leave its images out: then it raises ProjectError."""
    concerned = {image.root for image in missing}
    for root in project.roots.all():
        if root.name in concerned and not root.folder.is_dir():
            count = sum(image.root == root.name for image in missing)
            raise ProjectError(
                "The image folder {0} is not there, and {1} labelled images are in it: connect its "
                "drive, or point the project to its new place.",
                root.folder,
                count,
            )


def _names(images: Sequence[Image]) -> str:
    return listed([image.path for image in images])
