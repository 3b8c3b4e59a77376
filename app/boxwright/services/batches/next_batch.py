"""Drawing of a project's next batch: which images are worth a person's time now, and why each of them."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Batch, BatchItem, Slot
from boxwright.domain.errors import SettingError
from boxwright.domain.features import ImageFeatures
from boxwright.domain.image import ImageState
from boxwright.domain.messages import Message, to_text
from boxwright.domain.model import Model
from boxwright.domain.scores import FLIP, PoolScores
from boxwright.sampling import default
from boxwright.sampling.draw_batch import Draw, PoolState, Scoring, draw_batch
from boxwright.sampling.protocol import Sampler
from boxwright.sampling.samplers import by_name
from boxwright.sampling.scores import meaningful_scores
from boxwright.sampling.view import SamplerParams
from boxwright.services.detectors.feature_model import stored_features
from boxwright.services.project.project import Project

# The deciding box is looked up for this many images from the top: a batch beyond it is a share of a huge pool, which
# nobody labels before the next one is drawn.
EXPLAINED = 2_000

Settings = dict[str, str | int | float | None]


@dataclass(frozen=True)
class NextRequest:
    """Request for a batch, by the default rule unless told.

    `size`: images asked for. `rare_classes`: boxes of classes that few were labelled of count for more. `subset`: share
    of the scored pool to search, over 0 to 1. `random_share`: part of the batch drawn at random whatever the sampler,
    0..1. `seed`: None draws one, which the batch's settings tell. `redraw`: images still unlabelled in the latest batch
    may be drawn again; otherwise they are left where they are. `first`: nothing was learnt from this project yet, so
    images drawn by `random` are an initial batch.
    """

    size: int
    sampler: str = default.SAMPLER
    score: str = default.SCORE
    aggregate: str = default.AGGREGATE
    rare_classes: bool = default.RARE_CLASSES
    subset: float = default.SUBSET
    random_share: float = default.RANDOM_SHARE
    seed: int | None = None
    redraw: bool = False
    first: bool = False

    @property
    def knobs(self) -> SamplerParams:
        return SamplerParams(self.size, self.subset, self.random_share)

    @property
    def initial(self) -> bool:
        return self.first and self.sampler == default.RANDOM

    def by(self, sampler: str) -> NextRequest:
        """The same by another sampler. The published one brings the whole published rule, to the letter."""
        if sampler == self.sampler:
            return self
        if sampler != default.PUBLISHED:
            return replace(self, sampler=sampler)
        published, knobs = Scoring(), SamplerParams(self.size)
        return replace(
            self,
            sampler=sampler,
            score=published.score,
            aggregate=published.aggregate,
            rare_classes=published.rare_classes,
            subset=knobs.subset,
            random_share=knobs.random_share,
        )


def next_batch(project: Project, request: NextRequest, appearances: ImageFeatures | None = None) -> Batch:
    """Draw a batch and store it. Reads stored scores only: no image, no detector, and no prediction but those of the
    images drawn.

    Images of the latest batch that are still unlabelled are left out, so that two draws in a row give two different
    batches; asking again with the same seed and settings repeats the same draw instead. A short pool gives what is
    left and the batch's notes say so; from an empty one comes a batch with id 0 and no items, which is not stored.
    Without any score a sampler by scores draws every image at random, slot `initial`, and so is each of a first batch
    by `random`. `appearances`: by what images are compared where no detector made features, see `appearances_for`.
    Raises `SettingError` on a request outside its ranges, `ReadOnlyProject` where another program holds the project.
    """
    sampler = _checked(request)
    request = replace(request, seed=secrets.randbits(31) if request.seed is None else request.seed)
    model = project.models.active()
    score, notes = _score_that_serves(project, request.score, model)
    settings = _settings(request, score)
    candidates, left_out = _candidates(project, request, settings)
    notes += _shortage(request.size, len(candidates), left_out)

    pool = project.scores.read(model.id, [score], labels=request.rare_classes) if model else None
    labeled = project.images.ids(state=ImageState.LABELED)
    known = PoolState(
        candidates, pool, labeled, _class_boxes(project, model), lambda: stored_features(project) or appearances
    )
    rng = np.random.Generator(np.random.PCG64(request.seed))
    scoring = Scoring(score, request.aggregate, request.rare_classes)
    chosen = draw_batch(sampler, known, scoring, request.knobs, rng)
    if not chosen.scored and len(candidates):
        notes.append(_why_initial(model, Slot.TYPICAL in chosen.selection.slots))
    elif request.initial and len(candidates):
        notes.append(Message("This is the first batch, so all of it is drawn at random from the whole pool."))
    settings["notes"] = "\n".join(map(to_text, [*notes, *chosen.selection.notes]))
    picked = _items(candidates, chosen, request.initial or not chosen.scored)
    if not picked:
        return Batch(0, "", model.id if model else None, settings, ())
    items = explained(project, model, picked, pool, score) if model and pool and chosen.scored else picked
    return project.batches.add(model.id if model else None, settings, items)


def usable_count(project: Project) -> int:
    """Images a share such as `10%` refers to: all that can be labelled, labelled ones included."""
    return project.images.usable_count()


def _checked(request: NextRequest) -> Sampler:
    if request.size < 1:
        raise SettingError("A batch needs at least one image; give a size such as 50 or 10%.")
    if not 0 < request.subset <= 1:
        raise SettingError("The subset to search must be over 0 % and at most 100 % of the pool.")
    if not 0 <= request.random_share <= 1:
        raise SettingError("The random share must be from 0 % to 100 % of the batch.")
    Scoring(request.score, request.aggregate)
    if request.seed is not None and not 0 <= request.seed < 2**63:
        raise SettingError("The seed must be a whole number from 0 to 9223372036854775807.")
    return by_name(request.sampler)


def _score_that_serves(project: Project, score: str, model: Model | None) -> tuple[str, list[str]]:
    if model is None:
        return score, []
    meaningful = meaningful_scores(model.card.kind, len(model.card.classes))
    if score in meaningful or (score == FLIP and project.scores.has(model.id, FLIP)):
        return score, []
    if score == FLIP:
        return meaningful[0], [
            Message(
                "No image was looked at in the mirror, which '{0}' needs; '{1}' serves instead. Let the "
                "pre-labelling look twice, and run it.",
                Message(FLIP),
                Message(meaningful[0]),
            )
        ]
    reason = (
        Message("knows a single class")
        if len(model.card.classes) < 2
        else Message("gives only the top score of each box")
    )
    return meaningful[0], [
        Message(
            "The detector '{0}' {1}, so '{2}' is the same for every box; '{3}' serves instead.",
            model.name,
            reason,
            Message(score),
            Message(meaningful[0]),
        )
    ]


def _settings(request: NextRequest, score: str) -> Settings:
    return {
        "sampler": request.sampler,
        "score": score,
        "aggregate": request.aggregate,
        "rare_classes": request.rare_classes,
        "subset": request.subset,
        "random": request.random_share,
        "size": request.size,
        "seed": request.seed,
    }


def _candidates(project: Project, request: NextRequest, settings: Settings) -> tuple[NDArray[np.int64], int]:
    """The images to choose from, and how many were left out because they wait in the latest batch. A batch drawn with
    these very settings is the one being drawn again, so the one before it counts as the latest."""
    candidates = project.images.candidates()
    if request.redraw:
        return candidates, 0
    latest = project.batches.latest()
    while latest is not None and all(latest.settings.get(key, False) == value for key, value in settings.items()):
        latest = project.batches.get(latest.id - 1) if latest.id > 1 else None
    if latest is None:
        return candidates, 0
    waiting = np.isin(candidates, np.array([item.image_id for item in latest.items], dtype=np.int64))
    return candidates[~waiting], int(waiting.sum())


def _class_boxes(project: Project, model: Model | None) -> NDArray[np.int64]:
    """(C,) boxes labelled so far of each class of the detector; 0 for one that the project does not have."""
    if model is None:
        return np.zeros(0, dtype=np.int64)
    counts, _ = project.labels.training_counts()
    labels = range(len(model.card.classes))
    return np.array([counts.get(model.class_map.get(label, 0), 0) for label in labels], dtype=np.int64)


def _shortage(size: int, available: int, left_out: int) -> list[str]:
    if available >= size:
        return []
    if left_out:
        text = (
            Message("Only {0} of the {1} images asked for are left", available, size)
            if available
            else Message("No unlabelled image is left")
        )
        return [
            Message("{0}; {1} more wait in the latest batch (finish them, or ask to draw them again).", text, left_out)
        ]
    if available:
        return [Message("Only {0} of the {1} images asked for are left.", available, size)]
    return [Message("No unlabelled image is left.")]


def _why_initial(model: Model | None, typical: bool) -> str:
    if model is None and typical:
        return Message(
            "The project has no detector yet, so these images are unlike each other by their colours and shapes: draw "
            "their boxes by hand, and retrain makes a first detector of them."
        )
    if model is None:
        return Message("The project has no detector yet, so this batch is drawn at random.")
    return Message(
        "The detector '{0}' has not seen the pool yet, so this batch is drawn at random; "
        "run the pre-labels to rank it.",
        model.name,
    )


def _items(candidates: NDArray[np.int64], chosen: Draw, initial: bool) -> list[BatchItem]:
    indices, slots = chosen.selection.indices, chosen.selection.slots
    ids = candidates[indices].tolist()
    if initial:
        slots = tuple(Slot.INITIAL if slot is Slot.RANDOM else slot for slot in slots)
    scores = [None if value != value else value for value in chosen.scores[indices].tolist()]
    return list(map(BatchItem, ids, range(len(ids)), slots, scores))


def explained(project: Project, model: Model, items: list[BatchItem], pool: PoolScores, score: str) -> list[BatchItem]:
    """The items with the stored box that is the most uncertain of its image, for the first `EXPLAINED` that were
    chosen by their score."""
    chosen = [item.image_id for item in items[:EXPLAINED] if item.slot is Slot.UNCERTAIN]
    rows = np.searchsorted(pool.image_ids, np.array(chosen, dtype=np.int64))
    boxes = pool.box_scores[score]
    spans = ((i, pool.offsets[row], pool.offsets[row + 1]) for i, row in zip(chosen, rows))
    places = {i: int(boxes[first:last].argmax()) for i, first, last in spans if last > first}
    deciding = project.predictions.ids_at(model.id, places)
    return [
        item._replace(prediction_id=deciding[item.image_id]) if item.image_id in deciding else item for item in items
    ]
