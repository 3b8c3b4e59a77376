"""Default trainer, where nobody names one."""

from __future__ import annotations

from boxwright.services.project.project import Project
from boxwright.training.registry import trainers

WITH_A_DETECTOR, WITHOUT_ONE = "transfer", "scratch"
# It is no choice before a person has said which program.
NEEDS_A_PROGRAM = "command"


def default_trainer(project: Project) -> str:
    """`transfer` where the project has a detector to start from, else `scratch`; where that one cannot run here, the
    first of another package that can. Where none can, what is missing for the first is told by its `obstacle`."""
    has_detector = any(model.file and (project.folder / model.file).is_file() for model in project.models.all())
    known = trainers()
    first = WITH_A_DETECTOR if has_detector else WITHOUT_ONE
    usable = [
        name
        for name in (first, WITHOUT_ONE, *known)
        if name in known
        and name != NEEDS_A_PROGRAM
        and (has_detector or not known[name].needs_base_model)
        and known[name].obstacle() is None
    ]
    return usable[0] if usable else first
