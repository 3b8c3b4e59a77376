"""Diagnosis of errors that nobody expected: whether they come of what stands in the project file."""

from __future__ import annotations

import logging
from pathlib import Path
from types import TracebackType

from boxwright.domain.errors import BoxwrightError
from boxwright.services.project.layout import DATABASE
from boxwright.services.project.project import Project
from boxwright.store import backup
from boxwright.store.errors import DamagedProject
from boxwright.store.odd_values import SMALL, odd_value

log = logging.getLogger(__name__)
_LONGEST = 120


def diagnosed(folder: Path, error: Exception) -> BoxwrightError | None:
    """A sentence for the person when the file of the project in `folder` is damaged, or holds a row that cannot be;
    None when the fault is the program's. Reads the whole file, so it is for an error that would end the work anyhow."""
    database = folder / DATABASE
    if isinstance(error, BoxwrightError) or not database.is_file():
        return None
    log.info("An error on the project %s", folder, exc_info=error)
    try:
        if backup.flaw_of(database) is not None:
            return DamagedProject(database)
        what = odd_value(database) or _odd_setting(folder)
    except BoxwrightError as found:
        return found
    if what is None and _came_through_store(error.__traceback__):
        what = f"{type(error).__name__}: {error}".replace("\n", " ")[:_LONGEST]
    return None if what is None else DamagedProject(database, what)


def _odd_setting(folder: Path) -> str | None:
    """Of those that are read in many places; None when each can be read."""
    from boxwright.services.batches.schedule import schedule_of
    from boxwright.services.batches.stream import stream_of
    from boxwright.services.importing.undo import last_import
    from boxwright.services.prelabelling.plan import suppression_of

    with Project.open(folder, read_only=True) as project:
        for name, read in (
            ("schedule", schedule_of), ("stream", stream_of), ("suppression", suppression_of), ("imports", last_import),
        ):  # fmt: skip
            try:
                read(project)
            except BoxwrightError:
                raise
            except Exception as error:
                return f"setting {name}: {error}".replace("\n", " ")[:_LONGEST]
    return None


def open_whole(folder: Path) -> Project:
    """As `Project.open`, with a look at what a window shows at once, so that a damaged page is told as it opens."""
    project = Project.open(folder)
    try:
        if (what := odd_value(project.store.path, SMALL)) is not None:
            raise DamagedProject(project.store.path, what)
        project.classes.all()
        project.roots.all()
        project.models.all()
        project.batches.latest()
        project.settings.check_json()
    except BoxwrightError:
        project.close()
        raise
    except Exception as error:
        project.close()
        if (found := diagnosed(project.folder, error)) is not None:
            raise found from error
        raise
    return project


def _came_through_store(trace: TracebackType | None) -> bool:
    """Whether it was raised while rows were made into values."""
    last = ""
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        last = name if name.startswith("boxwright.") and not name.startswith("boxwright.domain") else last
        trace = trace.tb_next
    return last.startswith("boxwright.store.")
