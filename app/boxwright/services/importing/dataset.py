"""Import of a dataset: its images found in the pool or added to it, its labels stored, all of it or nothing."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from boxwright.domain.progress import Report, ShouldStop, ignore, never
from boxwright.formats.registry import by_name
from boxwright.formats.table_map import NO_MAPPING
from boxwright.formats.weighing import also_words
from boxwright.services.importing.archives import arrived, part_folder, remove, settle
from boxwright.services.importing.classes import parsed_map
from boxwright.services.importing.conflicts import Conflicts
from boxwright.services.importing.image_matching import ImageMatcher
from boxwright.services.importing.labels import LabelImport
from boxwright.services.importing.orientation import turned_photos, turned_words
from boxwright.services.importing.pictures import picture
from boxwright.services.importing.prelabels import store_prelabels
from boxwright.services.importing.preview import Preview, preview_of
from boxwright.services.importing.read import ReadDataset, read_dataset, rebase
from boxwright.services.importing.request import ImportAs, ImportRequest, ImportRun
from boxwright.services.importing.result import ImportResult
from boxwright.services.importing.undo import Recording
from boxwright.services.project.backups import Why, before
from boxwright.services.project.project import Project

__all__ = [
    "Conflicts",
    "ImportAs",
    "ImportRequest",
    "ImportResult",
    "Preview",
    "import_dataset",
    "preview_dataset",
    "preview_read",
    "store_read",
]  # fmt: skip

ClassMap = Mapping[str, str] | Sequence[str]


def import_dataset(
    project: Project,
    path: Path,
    format: str | None = None,  # noqa: A002 - the word of the commands
    as_: ImportAs = "labels",
    report: Report = ignore,
    should_stop: ShouldStop = never,
    class_map: ClassMap = (),
    conflicts: Conflicts = Conflicts.MINE,
    columns: Mapping[str, str] = NO_MAPPING,
    by_name: bool = False,
    stored: bool = False,
) -> ImportResult:
    """Bring the dataset at `path` (a folder, a file, or an archive) into `project`.

    Images are found by where they lie, by content, or by the end of their path, and where `by_name` says so by their
    name alone (`services.importing.pool_index`); those on disk that the pool lacks are added. Classes are
    added by name, or by what `class_map` makes of it (see `ImportRequest`; or `OLD=NEW` texts). An image that a person
    has labelled, begun or skipped keeps what it has, unless `conflicts` says otherwise. The dataset's validation and
    test images become the project's where it has no validation split yet. As `prelabels` the boxes become those of a
    detector that has no file, which is shown when the project has no active detector. `columns`: what the columns of a
    table mean, where their names do not say it (`formats.table_map`).

    An archive is unpacked in `imports/` of the project and stays there when images came from it, otherwise it goes.

    `stored`: see `import_columns.fitted`.

    Raises FormatError when the dataset cannot be read or none of its images is found, SettingError for a class that it
    does not have, Cancelled when stopped, and ReadOnlyProject; in each case the project is as it was.
    """
    project.require_writable()
    path = Path(path).expanduser().resolve()
    part = part_folder(project.folder)
    try:
        read = read_dataset(path, format, part, report, should_stop, columns)
        return store_read(
            project,
            read,
            ImportRequest(as_, _mapping(class_map, read), conflicts, by_name, stored),
            report,
            should_stop,
        )
    finally:
        remove(part)


def store_read(
    project: Project, read: ReadDataset, wanted: ImportRequest, report: Report = ignore, should_stop: ShouldStop = never
) -> ImportResult:
    """Store a dataset that has been read; see `import_dataset`."""
    before(project.folder, Why.IMPORT, project.tell)
    home = None
    if read.unpacked is not None:
        home = settle(read.unpacked, read.path, project.folder)
        rebase(read.dataset, read.unpacked, home)
    added = 0
    try:
        with project.transaction():
            placed = ImageMatcher(project, read.dataset, read.problems, report, should_stop, wanted.by_name).place()
            reader = by_name(read.format)
            run = ImportRun(
                project, read.path, reader, read.dataset, placed, read.problems, wanted, report, should_stop
            )
            recording = Recording(project)
            result = store_prelabels(run) if wanted.as_ == "prelabels" else LabelImport(run).store()
            photos = turned_photos((item, run.file_of(image)) for image, item in placed.pairs if item.labeled)
            words = [*also_words(read.guesses, read.format), turned_words(photos, wanted.stored)]
            result = replace(result, notes=(*result.notes, *filter(None, words)))
            recording.keep(read.path, result)
        added = result.added
    finally:
        if home is not None and not added:
            remove(home)
        elif home is not None:
            arrived(home)
    return result


def preview_dataset(
    project: Project,
    path: Path,
    format: str | None = None,  # noqa: A002 - the word of the commands
    class_map: ClassMap = (),
    pictures: Path | None = None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
    columns: Mapping[str, str] = NO_MAPPING,
) -> Preview:
    """What `import_dataset` would find, with nothing written but, into the folder `pictures`, PNG files of the
    preview's images with their boxes. Raises as `import_dataset`."""
    path = Path(path).expanduser().resolve()
    with tempfile.TemporaryDirectory(prefix="boxwright-preview-") as temporary:
        read = read_dataset(path, format, Path(temporary) / "archive", report, should_stop, columns)
        return preview_read(project, read, class_map, pictures, report, should_stop)


def preview_read(
    project: Project,
    read: ReadDataset,
    class_map: ClassMap,
    pictures: Path | None,
    report: Report = ignore,
    should_stop: ShouldStop = never,
) -> Preview:
    """As `preview_dataset`, of a dataset that has been read."""
    preview = preview_of(project, read, _mapping(class_map, read), report, should_stop)
    if pictures is not None:
        pictures.mkdir(parents=True, exist_ok=True)
        names = [known.name for known in read.dataset.classes]
        for number, sample in enumerate(preview.samples, start=1):
            (pictures / f"{number}.png").write_bytes(picture(sample, names))
    return preview


def _mapping(class_map: ClassMap, read: ReadDataset) -> Mapping[str, str]:
    if isinstance(class_map, Mapping):
        return class_map
    return parsed_map(class_map, [known.name for known in read.dataset.classes])
