"""Job that reads a dataset in a child process, because parsing a large file would stall the window."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.messages import Message, from_json
from boxwright.domain.progress import Progress, Report, ShouldStop
from boxwright.formats.table_map import NO_MAPPING
from boxwright.services.child import OWNER, Event, Job
from boxwright.services.importing.archives import part_folder, remove
from boxwright.services.importing.dataset import store_read
from boxwright.services.importing.preview import Preview
from boxwright.services.importing.read import load_read
from boxwright.services.importing.request import ImportRequest
from boxwright.services.importing.result import ImportResult
from boxwright.services.project.project import Project

PREVIEW, PICTURES = "preview.json", "pictures"


@dataclass(frozen=True)
class DatasetPreview:
    """Preview with its pictures (PNG files, in the order of its samples); `folder` holds what `store_looked` needs.
    `part`: where an archive is unpacked; the caller removes it when it does not import."""

    preview: Preview
    pictures: tuple[Path, ...]
    folder: Path
    part: Path


def start_looking(
    project: Project,
    path: Path,
    format_name: str | None,
    folder: Path,
    on_progress: Report,
    on_done: Callable[[DatasetPreview], None],
    on_error: Callable[[BoxwrightError], None],
    columns: Mapping[str, str] = NO_MAPPING,
) -> Job:
    """Read the dataset at `path` and preview it, leaving the results in the empty `folder`, which is the caller's to
    remove. The callbacks run on a background thread; `on_error` gets `Cancelled` after `Job.cancel()`. Raises
    `ReadOnlyProject` and `JobFailed`."""
    project.require_writable()
    part = part_folder(project.folder)

    def handle(event: Event, job_folder: Path) -> None:
        if event["event"] == "progress":
            on_progress(Progress(int(event["done"]), int(event["total"]), str(event["what"])))
        elif event["event"] == "chunk":
            for made in job_folder.iterdir():
                if made.name not in ("job.json", OWNER):
                    shutil.move(made, folder / made.name)

    def done(result: Mapping[str, Any] | None) -> None:
        if result is None:
            failed(Cancelled("Stopped; nothing was imported."))
            return
        preview = Preview.from_json(from_json(orjson.loads((folder / PREVIEW).read_bytes())))
        pictures = tuple(folder / PICTURES / f"{n}.png" for n in range(1, len(preview.samples) + 1))
        on_done(DatasetPreview(preview, pictures, folder, part))

    def failed(error: BoxwrightError) -> None:
        remove(part)
        on_error(error)

    arguments = {
        "project": str(project.folder),
        "path": str(path),
        "format": format_name,
        "columns": dict(columns),
        "part": str(part),
    }
    return Job("look", arguments, handle, done, failed, Message("nothing was imported; try again"))


def store_looked(
    project: Project, folder: Path, wanted: ImportRequest, report: Report, should_stop: ShouldStop
) -> ImportResult:
    """Import what `start_looking` left in `folder`; see `import_dataset`."""
    report(Progress(0, 0, Message("loading what was read")))
    return store_read(project, load_read(folder), wanted, report, should_stop)
