"""The published loop as a project setting, and what it says to do now.

Label a small share at random; then, round by round: retrain, pre-label, draw the next batch, half of it the most
uncertain images of a random subset and half of it at random; stop at a share of the pool.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from math import ceil

from boxwright.domain.batch import Batch
from boxwright.domain.errors import SettingError
from boxwright.domain.image import ImageState, Split
from boxwright.sampling import default
from boxwright.services.next_batch import NextRequest, next_batch
from boxwright.services.project import Project
from boxwright.services.retrain.facts import training_facts

KEY = "schedule"
# A whole number in a project's settings from which its scheduled batches are drawn, so that the same answers give the
# same batches; without it each draw has a seed of its own.
SEED_KEY = "schedule_seed"
_RANDOM_SAMPLER = "random"


class Way(StrEnum):
    """`ONCE`: retrain once and let that detector help with the rest. `RANDOM`: retrain every round, batches drawn at
    random. `SAMPLED`: retrain every round, batches drawn by uncertainty."""

    ONCE = "once"
    RANDOM = "random"
    SAMPLED = "sampled"


@dataclass(frozen=True)
class Schedule:
    """Shares, 0..1. Of all usable images: `initial` for the first batch, `step` for each later one, `stop` labelled in
    all. A sampled batch is drawn by `sampler`, which ranks by `score`, `aggregate` and `rare_classes` as
    `sampling.choose.Scoring` has them; it heeds `random_share` and `subset` where these are among its knobs.
    Raises SettingError on a share out of its range; an unknown name is told when a batch is drawn, for a sampler that
    was installed once may be gone."""

    way: Way = Way.SAMPLED
    initial: float = 0.02
    step: float = 0.10
    stop: float = 0.42
    random_share: float = 0.5
    subset: float = 0.2
    sampler: str = default.SAMPLER
    score: str = default.SCORE
    aggregate: str = default.AGGREGATE
    rare_classes: bool = default.RARE_CLASSES

    def __post_init__(self) -> None:
        for name in ("initial", "step", "stop", "subset"):
            if not 0 < getattr(self, name) <= 1:
                raise SettingError(f"The schedule's {name} must be over 0 % and at most 100 %.")
        if not 0 <= self.random_share <= 1:
            raise SettingError("The schedule's random share must be from 0 % to 100 % of a batch.")


def schedule_of(project: Project) -> Schedule:
    stored = dict(project.settings.get(KEY, {}))
    return Schedule(**{**stored, "way": Way(stored.get("way", Way.SAMPLED))})


def set_schedule(project: Project, schedule: Schedule) -> None:
    project.settings[KEY] = asdict(schedule)


class Step(StrEnum):
    DRAW_INITIAL = "draw_initial"
    LABEL = "label"
    RETRAIN = "retrain"
    DRAW_NEXT = "draw_next"
    FINISHED = "finished"


@dataclass(frozen=True)
class Advice:
    """What to do now. `text`: one sentence. `size`: images of the batch to draw, 0 where none is to be drawn now."""

    step: Step
    text: str
    size: int = 0


def advice(project: Project) -> Advice:
    """From the database alone, in a moment."""
    schedule = schedule_of(project)
    counts = project.images.counts()
    total = project.images.usable_count()
    if not total:
        return Advice(Step.DRAW_INITIAL, "Add images to begin.")
    if (waiting := _waiting(project)) is not None:
        return waiting
    labeled = counts["labeled"]
    if not labeled:
        size = step_size(schedule.initial, total)
        return Advice(
            Step.DRAW_INITIAL,
            f"Draw a first batch of {_images(size)} at random and label it.",
            _drawable(project, size),
        )
    if unmeasured := len(project.images.ids(state=ImageState.UNLABELED, split=Split.VALIDATION)):
        text = f"Label the {_images(unmeasured)} set aside for measuring, so that detectors can be compared."
        return Advice(Step.LABEL, text)
    if (retraining := _retraining(project, schedule, total)) is not None:
        return retraining
    return _drawing(project, schedule, labeled, total)


def draw_scheduled(project: Project) -> Batch:
    """The next batch as the schedule has it: its size, and its sampler by the way. Raises as `next_batch`."""
    return next_batch(project, scheduled_request(project))


def scheduled_request(project: Project) -> NextRequest:
    """What `draw_scheduled` asks for."""
    schedule = schedule_of(project)
    total = project.images.usable_count()
    sampler = schedule.sampler if schedule.way is Way.SAMPLED else _RANDOM_SAMPLER
    size = advice(project).size
    if not size:
        started = bool(project.images.counts()["labeled"])
        size = step_size(schedule.step if started else schedule.initial, total)
    seed = _seed(project)
    return NextRequest(
        size,
        sampler,
        schedule.score,
        schedule.aggregate,
        schedule.rare_classes,
        subset=schedule.subset,
        random_share=schedule.random_share,
        seed=seed,
    )


def step_size(share: float, total: int) -> int:
    """Images in `share` of `total`, at least 1."""
    return max(1, round(share * total))


def _seed(project: Project) -> int | None:
    """Another one for each batch."""
    first, latest = project.settings.get(SEED_KEY), project.batches.latest()
    return None if first is None else int(first) + (latest.id if latest else 0)


def _waiting(project: Project) -> Advice | None:
    latest = project.batches.latest()
    if latest is None:
        return None
    images = project.images.many([item.image_id for item in latest.items])
    left = sum(1 for image in images if image.state is ImageState.UNLABELED and image.usable)
    return Advice(Step.LABEL, f"Label the {_images(left)} left in batch {latest.id}.") if left else None


def _retraining(project: Project, schedule: Schedule, total: int) -> Advice | None:
    """A batch was finished since the last round, or as much as a batch was labelled or imported besides."""
    last = project.rounds.latest()
    if last is not None and schedule.way is Way.ONCE:
        return None
    facts = training_facts(project)
    if facts.obstacle is not None:
        return None
    new = facts.images - (last.images if last else 0)
    latest = project.batches.latest()
    finished = latest is not None and (last is None or last.batch_id != latest.id)
    if new < 1 or not (finished or new >= step_size(schedule.step, total)):
        return None
    what = f"Batch {latest.id} is finished" if finished and latest else f"{_images(new)} were labelled"
    boxes = sum(facts.boxes.values())
    more = f", {new} of them new since the last round" if last else ""
    return Advice(Step.RETRAIN, f"{what}: retrain now? There are {_images(facts.images)} with {boxes} boxes{more}.")


def _drawing(project: Project, schedule: Schedule, labeled: int, total: int) -> Advice:
    left, open_images = ceil(schedule.stop * total - 1e-9) - labeled, len(project.images.candidates())
    if left <= 0 and open_images:
        share = f"{labeled / total:.0%}"
        return Advice(
            Step.FINISHED,
            f"{share} of the images are labelled, which is where the schedule stops: look through the pre-labels of "
            "the others, export, or raise the stop.",
        )
    size = min(open_images, left, step_size(schedule.step, total))
    if size <= 0:
        return Advice(Step.FINISHED, "Every image is labelled or skipped: export the labels.")
    return Advice(Step.DRAW_NEXT, f"Draw the next batch of {_images(size)}.", size)


def _drawable(project: Project, size: int) -> int:
    return min(size, len(project.images.candidates()))


def _images(count: int) -> str:
    return "1 image" if count == 1 else f"{count} images"
