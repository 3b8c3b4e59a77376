"""Detect on the pool and leave what was found as chunk files; the parent stores them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.domain.progress import never
from boxwright.services.chunks import save_chunk
from boxwright.services.prelabel import detect_chunks, open_for_pipeline, to_do
from boxwright.services.project import Project
from boxwright.worker.verbs import Emit


def run(job: Mapping[str, Any], emit: Emit) -> dict[str, Any]:
    """`job`: project, model_id, device, folder."""
    folder = Path(job["folder"])
    with Project.open(Path(job["project"]), read_only=True) as project:
        model = project.models.get(int(job["model_id"]))
        todo, already = to_do(project, model)
        if not len(todo):
            emit({"event": "started", "total": 0, "already": already, "device": "", "device_note": ""})
            return {"images": 0}
        detector = open_for_pipeline(project, model, str(job["device"]))
        emit(
            {
                "event": "started",
                "total": len(todo),
                "already": already,
                "device": detector.device,
                "device_note": detector.device_note,
            }
        )
        for number, chunk in enumerate(detect_chunks(project, detector, todo, never)):
            name = f"{number:06d}.npz"
            save_chunk(chunk, folder / name)
            emit({"event": "chunk", "file": name, "images": len(chunk)})
    return {"images": len(todo)}
