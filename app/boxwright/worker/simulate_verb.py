"""The verb `simulate`: let rules for choosing images compete on a project's labels; the project is only read."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from boxwright.domain.progress import never
from boxwright.services.project.project import Project
from boxwright.worker.verbs import Emit, progress_to


def run(job: Mapping[str, Any], emit: Emit) -> dict[str, Any]:
    """`job`: project, trial (of a `Trial`). Returns an `Answer` as JSON."""
    # Before torch is loaded: each training takes one core.
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = "1"
    from boxwright.simulate.from_project import Trial, try_rules

    with Project.open(Path(job["project"]), read_only=True) as project:
        answer = try_rules(project, Trial(**job["trial"]), progress_to(emit), never)
    return answer.to_json()
