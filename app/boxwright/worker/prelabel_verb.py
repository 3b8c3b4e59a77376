"""The verb `prelabel`: detect on the pool and leave what was found as chunk files; the parent stores them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boxwright.domain.progress import never
from boxwright.services.prelabelling.detect import run_plan
from boxwright.services.prelabelling.label_check import review_plan_of
from boxwright.services.prelabelling.plan import plan_of
from boxwright.services.prelabelling.prediction_file import save_chunk
from boxwright.services.project.project import Project
from boxwright.worker.verbs import Emit

if TYPE_CHECKING:
    from boxwright.inference.detector import Detector


def run(job: Mapping[str, Any], emit: Emit) -> dict[str, Any]:
    """`job`: project, model_id, device, folder; `again`: image ids, see `plan_of`; `labeled`: the images
    of `review_plan_of` instead. `features_failed` of the result: why other images got no features, or ""."""
    folder = Path(job["folder"])
    with Project.open(Path(job["project"]), read_only=True) as project:
        model = project.models.get(int(job["model_id"]))
        plan = review_plan_of(project, model) if job.get("labeled") else plan_of(project, model, job.get("again", ()))
        said = {"event": "started", "total": plan.total, "already": plan.already}
        if not plan.total:
            emit({**said, "device": "", "device_note": "", "offers_features": None})
            return {"images": 0}

        def started(detector: Detector) -> None:
            offers = detector.offers_features if plan.asks else None
            device = {"device": detector.device, "device_note": detector.device_note}
            emit({**said, **device, "offers_features": offers})

        failed: list[str] = []
        work = run_plan(project, plan, str(job["device"]), never, started, lambda error: failed.append(str(error)))
        for number, (images, chunk) in enumerate(work):
            name = f"{number:06d}.npz"
            save_chunk(chunk, folder / name)
            emit({"event": "chunk", "file": name, "images": images})
    return {"images": plan.total, "features_failed": "".join(failed)}
