"""Import a dataset: its images found in the pool or added to it, its labels stored, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from boxwright.domain.progress import Progress, Report, ShouldStop, check, ignore, never
from boxwright.formats.dataset import Problem
from boxwright.formats.registry import reader_for
from boxwright.services.import_classes import parsed_map
from boxwright.services.import_conflicts import Conflicts
from boxwright.services.import_labels import CATEGORY_IDS, LabelImport
from boxwright.services.import_prelabels import store_prelabels
from boxwright.services.import_result import ImportResult
from boxwright.services.import_run import ImportAs, ImportRun, Wanted
from boxwright.services.placing import Placing
from boxwright.services.project import Project

__all__ = ["CATEGORY_IDS", "Conflicts", "ImportAs", "ImportResult", "Wanted", "import_dataset"]


def import_dataset(
    project: Project,
    path: Path,
    format: str | None = None,  # noqa: A002 - the word of the commands
    as_: ImportAs = "labels",
    report: Report = ignore,
    should_stop: ShouldStop = never,
    class_map: Mapping[str, str] | Sequence[str] = (),
    conflicts: Conflicts = Conflicts.MINE,
) -> ImportResult:
    """Bring the dataset at `path` (a folder or a file) into `project`.

    Images are found by where they lie, by content, or by name; those on disk that the pool lacks are added. Classes are
    added by name, or by what `class_map` makes of it (see `Wanted`; or `OLD=NEW` texts). An image that a person has
    labelled, begun or skipped keeps what it has, unless `conflicts` says otherwise. The dataset's validation and test
    images become the project's where it has no validation split yet. As `prelabels` the boxes become those of a
    detector that has no file, which is shown when the project has no active detector.

    Raises FormatError when the dataset cannot be read or none of its images is found, SettingError for a class that it
    does not have, Cancelled when stopped, and ReadOnlyProject; in each case the project is as it was.
    """
    project.require_writable()
    path = Path(path).expanduser().resolve()
    reader = reader_for(path, format)
    problems: list[Problem] = []
    report(Progress(0, 0, "reading the dataset"))
    dataset = reader.read(path, problems)
    check(should_stop)
    if not isinstance(class_map, Mapping):
        class_map = parsed_map(class_map, [known.name for known in dataset.classes])
    wanted = Wanted(as_, class_map, conflicts)
    with project.transaction():
        placed = Placing(project, dataset, problems, report, should_stop).place()
        run = ImportRun(project, path, reader, dataset, placed, problems, wanted, report, should_stop)
        return store_prelabels(run) if as_ == "prelabels" else LabelImport(run).store()
