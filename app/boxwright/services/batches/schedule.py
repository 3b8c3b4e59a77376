"""Schedule of rounds: the published loop as a project setting, and what it says to do now.

Label a small share at random; then, round by round: retrain, pre-label, draw the next batch, by default half of it the
images that the detector learns most from and half of it at random; stop at a share of the pool.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil

from boxwright.domain.batch import Batch, Slot
from boxwright.domain.image import ImageState, Split
from boxwright.domain.messages import Message, plural
from boxwright.sampling import default
from boxwright.sampling.samplers import samplers
from boxwright.services.batches.appearances import appearances_for
from boxwright.services.batches.next_batch import NextRequest, next_batch
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import Schedule, WayOfWorking
from boxwright.services.retraining.facts import training_facts

# Boxes of so many images are drawn by hand in an hour, and a first detector learns something from them.
BY_HAND = 24


def schedule_of(project: Project) -> Schedule:
    return project.settings.schedule


def set_schedule(project: Project, schedule: Schedule) -> None:
    latest = project.batches.latest()
    project.settings.schedule = schedule
    project.settings.schedule_set_after = latest.id if latest else 0


class ScheduleStep(StrEnum):
    """Kind of what to do next."""

    DRAW_INITIAL = "draw_initial"
    LABEL = "label"
    RETRAIN = "retrain"
    DRAW_NEXT = "draw_next"
    FINISHED = "finished"


@dataclass(frozen=True)
class Advice:
    """Advice of a schedule: what to do now.

    `text`: one sentence. `size`: images of the batch to draw, 0 where none is to be drawn now.
    """

    step: ScheduleStep
    text: str
    size: int = 0


def advice(project: Project) -> Advice:
    """From the database alone, in a moment."""
    schedule = schedule_of(project)
    counts = project.images.counts()
    total = project.images.usable_count()
    if not total:
        return Advice(ScheduleStep.DRAW_INITIAL, Message("Add images to begin."))
    if (waiting := _waiting(project)) is not None:
        return waiting
    labeled = counts["labeled"]
    if first_batch(project, schedule):
        return _first_batch(project, schedule)
    unmeasured = len(project.images.ids(state=ImageState.UNLABELED, split=Split.VALIDATION))
    # Without a detector they would be drawn by hand: the first one helps with them.
    if unmeasured and project.models.active() is not None:
        text = Message(
            "Label the {0} set aside for measuring, so that detectors can be compared.", Message(_images(unmeasured))
        )
        return Advice(ScheduleStep.LABEL, text)
    if (retraining := _retraining(project, schedule)) is not None:
        return retraining
    return _drawing(project, schedule, labeled, total)


def draw_scheduled(project: Project) -> Batch:
    """The next batch as the schedule has it: its size, and its sampler by the way. Reads image files where no detector
    has looked at them. Raises as `next_batch`."""
    request = scheduled_request(project)
    return next_batch(project, request, appearances_for(project, request))


def scheduled_request(project: Project) -> NextRequest:
    """What `draw_scheduled` asks for."""
    schedule = schedule_of(project)
    first, size = first_batch(project, schedule), advice(project).size
    if not size:
        size = batch_size(project, schedule, first)
    unseen = project.models.active() is None
    return (unseen_request if unseen else ruled)(schedule, size, first, _seed(project))


def offered_request(project: Project) -> NextRequest:
    """What a person is offered who draws by hand: the rule of the latest batch, where it was drawn since the schedule
    was set, by a rule and not as a first batch; otherwise the schedule's."""
    planned, latest = scheduled_request(project), project.batches.latest()
    if planned.first or latest is None or latest.id <= project.settings.schedule_set_after:
        return planned
    if latest.model_id is None:
        # What was said without a detector says nothing of how one is to choose.
        return planned
    last = latest.settings
    if last.get("sampler") not in samplers() or all(item.slot is Slot.INITIAL for item in latest.items):
        return planned
    return replace(
        planned,
        sampler=str(last["sampler"]),
        score=str(last.get("score", planned.score)),
        aggregate=str(last.get("aggregate", planned.aggregate)),
        rare_classes=bool(last.get("rare_classes")),
        subset=_number(last.get("subset"), planned.subset),
        random_share=_number(last.get("random"), planned.random_share),
    )


def _number(stored: object, otherwise: float) -> float:
    return float(stored) if isinstance(stored, (int, float)) else otherwise


def ruled(schedule: Schedule, size: int, first: bool = False, seed: int | None = None) -> NextRequest:
    """A batch by the rule of the schedule; the first one is drawn at random, whatever the rule."""
    return NextRequest(
        size,
        schedule.sampler if schedule.way is WayOfWorking.SAMPLED and not first else default.RANDOM,
        schedule.score,
        schedule.aggregate,
        schedule.rare_classes,
        subset=schedule.subset,
        random_share=schedule.random_share,
        seed=seed,
        first=first,
    )


def unseen_request(schedule: Schedule, size: int, first: bool = False, seed: int | None = None) -> NextRequest:
    """A batch where there is no detector: images unlike each other, but at random where that is the way."""
    request = ruled(schedule, size, first, seed)
    if schedule.way is WayOfWorking.RANDOM:
        return request
    return replace(request, sampler=default.UNSEEN, random_share=0.0)


def batch_size(project: Project, schedule: Schedule, first: bool) -> int:
    """Images of the first batch or of a later one. Without a detector their boxes are drawn by hand, so it holds
    `BY_HAND` where nobody has set another share, the whole pool where it is smaller."""
    share, usual = (schedule.initial, Schedule.initial) if first else (schedule.step, Schedule.step)
    total = project.images.usable_count()
    return step_size(share, total) if share != usual or project.models.active() else max(1, min(BY_HAND, total))


def first_batch(project: Project, schedule: Schedule) -> bool:
    """Whether the next batch is the one that the loop begins with: no image is labelled that a detector may learn from,
    or a person has labelled a few, fewer than a first batch holds, and neither drew a batch nor retrained."""
    labeled = len(project.images.ids(state=ImageState.LABELED, split=Split.TRAIN))
    if not labeled:
        return True
    few = labeled < batch_size(project, schedule, first=True)
    return few and project.batches.latest() is None and project.rounds.latest() is None


def step_size(share: float, total: int) -> int:
    """Images in `share` of `total`, at least 1."""
    return max(1, round(share * total))


def _seed(project: Project) -> int | None:
    """Another one for each batch."""
    first, latest = project.settings.schedule_seed, project.batches.latest()
    return None if first is None else first + (latest.id if latest else 0)


def _waiting(project: Project) -> Advice | None:
    latest = project.batches.latest()
    if latest is None:
        return None
    images = project.images.many([item.image_id for item in latest.items])
    left = sum(1 for image in images if image.state is ImageState.UNLABELED and image.usable)
    return (
        Advice(ScheduleStep.LABEL, Message("Label the {0} left in batch {1}.", Message(_images(left)), latest.id))
        if left
        else None
    )


def _retraining(project: Project, schedule: Schedule) -> Advice | None:
    """A batch was finished since the last round, or as much as a batch was labelled or imported besides."""
    last = project.rounds.latest()
    if last is not None and schedule.way is WayOfWorking.ONCE:
        return None
    facts = training_facts(project)
    if facts.obstacle is not None:
        return None
    new = facts.images - (last.images if last else 0)
    latest = project.batches.latest()
    finished = latest is not None and (last is None or last.batch_id != latest.id)
    if new < 1 or not (finished or new >= batch_size(project, schedule, first=False)):
        return None
    what = (
        Message("Batch {0} is finished", latest.id)
        if finished and latest
        else Message("{0} were labelled", Message(_images(new)))
    )
    boxes = sum(facts.boxes.values())
    more = Message(", {0} of them new since the last round", new) if last else ""
    return Advice(
        ScheduleStep.RETRAIN,
        Message("{0}: retrain now? There are {1} with {2} boxes{3}.", what, _images(facts.images), boxes, more),
    )


def _drawing(project: Project, schedule: Schedule, labeled: int, total: int) -> Advice:
    left, open_images = ceil(schedule.stop * total - 1e-9) - labeled, len(project.images.candidates())
    if left <= 0 and open_images:
        share = f"{labeled / total:.0%}"
        return Advice(
            ScheduleStep.FINISHED,
            Message(
                "{0} of the images are labelled, which is where the schedule stops: look through the pre-labels of "
                "the others, export, or raise the stop.",
                share,
            ),
        )
    size = min(open_images, left, batch_size(project, schedule, first=False))
    if size <= 0:
        return Advice(ScheduleStep.FINISHED, Message("Every image is labelled or skipped: export the labels."))
    return Advice(ScheduleStep.DRAW_NEXT, Message("Draw the next batch of {0}.", _images(size)), size)


def _first_batch(project: Project, schedule: Schedule) -> Advice:
    size = batch_size(project, schedule, first=True)
    if project.models.active() is not None:
        text = Message("Draw a first batch of {0} at random and label it.", _images(size))
    else:
        text = Message(
            "There is no detector yet: draw a first batch of {0}, unlike each other, and label them by hand; "
            "retraining makes a first detector of them.",
            _images(size),
        )
    return Advice(ScheduleStep.DRAW_INITIAL, text, _drawable(project, size))


def _drawable(project: Project, size: int) -> int:
    return min(size, len(project.images.candidates()))


def _images(count: int) -> Message:
    return plural("1 image", "{0:,} images", count)
