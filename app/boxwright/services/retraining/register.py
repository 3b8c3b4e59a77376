"""Registration of a candidate, the parent's part: it becomes one of the project's detectors, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol, TypeVar

from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message, reason_of
from boxwright.domain.model import Model
from boxwright.evaluation.fixes import SHOWN
from boxwright.inference.cards import save_card
from boxwright.services.detectors.admission import same_detector
from boxwright.services.detectors.files import copied_aside, forget, into_home, known, sha256_of
from boxwright.services.project.backups import Why, before
from boxwright.services.project.project import Project
from boxwright.services.retraining.result import RetrainResult, RetrainVerdict
from boxwright.services.retraining.wire import TrainedCandidate
from boxwright.store.rounds import NewRound

T = TypeVar("T")
# Of an AP on screen: what reads as equal there is no worse.
SHOWN_DIGITS = 3


class Writes(Protocol):
    """Writer that runs a function on the project as one transaction, as a `WriteQueue` does."""

    def submit(self, function: Callable[[Project], T]) -> Future[T]: ...


def register(project: Project, writes: Writes, found: TrainedCandidate, file: Path, seconds: float) -> RetrainResult:
    """Copy the candidate `file` into the project, store its figures and the round, and activate it if it is no worse.

    `project` is only asked where it lies and for its write lock, on any thread. Raises ModelError when the disk
    refuses, and what `writes` raises; then nothing is left in the project.
    """
    before(project.folder, Why.RETRAIN, project.tell)
    try:
        copy = copied_aside(project.folder, file)
        try:
            save_card(copy, found.card)
            sha256 = sha256_of(copy)
            copy = into_home(copy, writes.submit(_next_name).result())
            kept = Path(copy)
            result, used = writes.submit(lambda writing: _stored(writing, found, kept, sha256, seconds)).result()
        except BaseException:
            forget(copy)
            raise
        if used:
            known(copy)
        else:
            forget(copy)
    except OSError as error:
        raise ModelError(
            "The new detector could not be copied into the project ({0}); the active detector "
            "and all labels are as they were.",
            reason_of(error),
        ) from error
    return result


def _next_name(project: Project) -> str:
    return f"round-{len(project.rounds.all()) + 1}"


def _stored(
    project: Project, found: TrainedCandidate, file: Path, sha256: str, seconds: float
) -> tuple[RetrainResult, bool]:
    """The result, and whether `file` is the one the project uses now: the same detector is not kept twice."""
    model = same_detector(project, sha256, found.card)
    used = model is None
    if model is None:
        there = {c.id for c in project.classes.all()}
        class_map = {label: class_id for label, class_id in enumerate(found.class_ids) if class_id in there}
        relative = file.relative_to(project.folder).as_posix()
        model = project.models.add(file.parent.name, relative, sha256, found.card, class_map)
    if found.after:
        project.models.set_metrics(model.id, found.after.to_json())
    active = project.models.active()
    if found.before and found.measured_id is not None:
        project.models.set_metrics(found.measured_id, found.before.to_json())
    verdict, note = _verdict(found, active, model)
    if verdict is RetrainVerdict.ACTIVATED:
        project.models.activate(model.id)
    _note_round(project, found, model.id, seconds, verdict)
    result = RetrainResult(
        model.id, verdict, found.before, found.after, seconds, found.stages, found.history, found.images, found.boxes,
        note, found.useless,
    )  # fmt: skip
    return result, used


def _verdict(found: TrainedCandidate, active: Model | None, model: Model) -> tuple[RetrainVerdict, str]:
    if active is None or active.id == model.id:
        first_of_no_use = active is None and found.useless
        return (RetrainVerdict.USELESS if first_of_no_use else RetrainVerdict.ACTIVATED), found.note
    if active.id != found.measured_id:
        return (
            RetrainVerdict.UNMEASURED,
            Message("Another detector was made active meanwhile, so the new one was not compared with it."),
        )
    if found.before is None or found.after is None:
        return RetrainVerdict.UNMEASURED, found.note
    if round(found.after.ap, SHOWN_DIGITS) < round(found.before.ap, SHOWN_DIGITS):
        return RetrainVerdict.WORSE, found.note
    # One that is of no use in place of another that is of none is no harm, if it leaves less to fix.
    useless = bool(found.useless) and found.after.fixes_per_image >= found.before.fixes_per_image
    return (RetrainVerdict.USELESS if useless else RetrainVerdict.ACTIVATED), found.note


def _note_round(
    project: Project, found: TrainedCandidate, model_id: int, seconds: float, verdict: RetrainVerdict
) -> None:
    before = project.rounds.latest()
    after = found.after
    project.rounds.add(
        NewRound(
            model_id=model_id,
            images=found.images,
            boxes=found.boxes,
            ap=after.ap if after else None,
            ap50=after.ap50 if after else None,
            fixes_per_image=after.fixes_per_image if after else None,
            edits_per_image=project.rounds.edits_per_image(before.created if before else "", SHOWN),
            seconds=seconds,
            activated=verdict is RetrainVerdict.ACTIVATED,
        )
    )
