"""Making of a project with all that `init` can put into it, whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from boxwright.domain.errors import Cancelled
from boxwright.domain.progress import Report, ShouldStop, ignore, never
from boxwright.services.images.scan import ScanResult, add_folders
from boxwright.services.importing.result import ImportResult
from boxwright.services.project.project import Project, missing_parts, remove_parts
from boxwright.services.project.split import freeze_validation


@dataclass(frozen=True)
class Created:
    """Project that was made.

    `project` is open; the caller closes it. `validation`: images set aside.
    """

    project: Project
    scan: ScanResult
    imported: ImportResult | None
    validation: int


@dataclass(frozen=True)
class NewProjectRequest:
    """Request for a new project: what it begins with. `validation_share` 0..1."""

    images: Sequence[Path] = ()
    class_names: Sequence[str] = ()
    labels: Path | None = None
    labels_format: str | None = None
    validation_share: float = 0.0
    seed: int = 0


def create_project(
    folder: Path,
    wanted: NewProjectRequest,
    report: Report = ignore,
    should_stop: ShouldStop = never,
    finish: bool = True,
) -> Created:
    """Make the project. An error leaves nothing behind; stopping keeps what was finished, to be gone on with. Without
    `finish` the caller says `made` when everything is told: a kill before leaves what is made anew.

    Raises ProjectError, FormatError, SettingError and Cancelled.
    """
    made = missing_parts(folder)
    project = Project.create(folder, wanted.class_names, filled=False)
    try:
        created = _filled(project, wanted, report, should_stop)
        if finish:
            project.made()
        return created
    except BaseException as error:
        if isinstance(error, Cancelled | KeyboardInterrupt):
            project.made()
        project.close()
        if not isinstance(error, Cancelled | KeyboardInterrupt):
            remove_parts(made)
        raise


def _filled(project: Project, wanted: NewProjectRequest, report: Report, should_stop: ShouldStop) -> Created:
    scan = add_folders(project, wanted.images, report, should_stop)
    if scan.stopped:
        raise Cancelled("Stopped; 'boxwright add \"{0}\" FOLDER' goes on from there.", project.folder)
    imported = None
    if wanted.labels is not None:
        from boxwright.services.importing.dataset import import_dataset

        imported = import_dataset(project, wanted.labels, wanted.labels_format, "labels", report, should_stop)
    validation = project.images.counts()["validation"]
    if wanted.validation_share:
        validation = freeze_validation(project, wanted.validation_share, wanted.seed)
    return Created(project, scan, imported, validation)
