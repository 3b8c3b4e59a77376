"""The verb `look`: read a dataset and preview it beside a project; the parent imports what this leaves."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from boxwright.domain.messages import to_json
from boxwright.domain.progress import Progress, Report, never
from boxwright.services.importing.dataset import preview_read
from boxwright.services.importing.jobs import PICTURES, PREVIEW
from boxwright.services.importing.read import read_dataset, save_read
from boxwright.services.project.project import Project
from boxwright.worker.verbs import Emit

_BETWEEN_SECONDS = 0.1


def run(job: Mapping[str, Any], emit: Emit) -> dict[str, Any]:
    """`job`: project, path, format (or None), columns of a table, part (where an archive is unpacked), folder."""
    folder = Path(job["folder"])
    report = _report(emit)
    path = Path(job["path"]).expanduser().resolve()
    read = read_dataset(path, job["format"], Path(job["part"]), report, never, job["columns"])
    with Project.open(Path(job["project"]), read_only=True) as project:
        preview = preview_read(project, read, {}, folder / PICTURES, report, never)
    save_read(read, folder)
    (folder / PREVIEW).write_bytes(orjson.dumps(to_json(preview.to_json())))
    emit({"event": "chunk", "file": PREVIEW})
    return {"images": preview.images}


def _report(emit: Emit) -> Report:
    last: tuple[float, str] = (0.0, "")

    def report(progress: Progress) -> None:
        nonlocal last
        now = time.monotonic()
        if progress.what != last[1] or now - last[0] > _BETWEEN_SECONDS:
            last = (now, progress.what)
            emit({"event": "progress", "done": progress.done, "total": progress.total, "what": progress.what})

    return report
