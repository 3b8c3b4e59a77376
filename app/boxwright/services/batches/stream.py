"""Streams: images that arrive later are scored on arrival, and those worth a label are put in the queue."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Batch, BatchItem, Slot
from boxwright.domain.image import ImageState
from boxwright.domain.messages import Message
from boxwright.domain.model import Model
from boxwright.domain.progress import Report, ShouldStop, ignore, never
from boxwright.domain.scores import FLIP
from boxwright.sampling.draw_batch import Scoring, scores_of
from boxwright.sampling.scores import meaningful_scores
from boxwright.sampling.stream import passing
from boxwright.services.batches.next_batch import Settings, explained
from boxwright.services.detectors.registry import chosen_model
from boxwright.services.images.scan import ScanResult, add_folders
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import Stream

# The sampler that a batch of arrivals names.
STREAM = "stream"
# Scored images from which on their scores make a distribution.
FEWEST = 20


@dataclass(frozen=True)
class Arrivals:
    """Result of judging arrivals.

    `looked_at` images had arrived and were judged now, each for the only time; `queued` of them passed, `random` of
    these by chance. `waiting` have no score yet and are judged once they have one. `batch`: where they were put, None
    for nowhere. `note`: one sentence where something came out differently, or empty.
    """

    looked_at: int = 0
    queued: int = 0
    random: int = 0
    waiting: int = 0
    batch: Batch | None = None
    note: str = ""


def stream_of(project: Project) -> Stream | None:
    """None where the project takes no stream."""
    return project.settings.stream


def set_stream(project: Project, **wanted: Any) -> Stream:
    """Take images that arrive from now on, or change how; `wanted`: fields of `Stream` that a person said."""
    known = stream_of(project)
    if known is None:
        newest = int(project.images.ids(usable=False).max(initial=0))
        known = Stream(seed=secrets.randbits(31), after=newest)
    changed = replace(known, **wanted)
    project.settings.stream = changed
    return changed


def end_stream(project: Project) -> None:
    """Take no more arrivals; they are images of the pool like all others."""
    del project.settings.stream


def take_in(
    project: Project, device: str = "auto", report: Report = ignore, should_stop: ShouldStop = never
) -> tuple[ScanResult, Arrivals]:
    """Look for new images in the project's folders, score them with the active detector and queue those that pass.
    Raises ProjectError, ModelError."""
    model = chosen_model(project)
    scan = add_folders(project, [root.folder for root in project.roots.all()], report, should_stop)
    prelabel(project, model, device, report, should_stop)
    return scan, queue_arrivals(project)


def queue_arrivals(project: Project) -> Arrivals:
    """Judge the arrivals that have a score, in one transaction: none is judged twice, nor one that is in a batch. Those
    that pass are put at the end of the latest batch while it has images to label and was drawn by the same detector,
    otherwise into one of their own.
    Nothing happens in a project without a stream."""
    stream, model = stream_of(project), project.models.active()
    if stream is None or model is None:
        return Arrivals()
    with project.transaction():
        return _queue(project, stream, model)


def _queue(project: Project, stream: Stream, model: Model) -> Arrivals:
    candidates = project.images.candidates()
    late = (candidates > stream.after) | np.isin(candidates, np.array(stream.pending, dtype=np.int64))
    arrived = np.setdiff1d(candidates[late], project.batches.drawn_ids())
    meaningful = meaningful_scores(model.card.kind, len(model.card.classes))
    serves = stream.score in meaningful or (stream.score == FLIP and project.scores.has(model.id, FLIP))
    scoring = Scoring(stream.score if serves else meaningful[0], stream.aggregate)
    scores = project.scores.read(model.id, [scoring.score])
    known = scores_of(arrived, scores, scoring)
    scored, waiting = arrived[np.isfinite(known)], arrived[~np.isfinite(known)]
    pool = scores_of(np.setdiff1d(scores.image_ids, arrived), scores, scoring)
    if len(pool) < FEWEST:
        note = Message(
            "Only {0} images of the pool have a score: from {1} on it can be told what is unusual.", len(pool), FEWEST
        )
        return Arrivals(waiting=len(arrived), note=note)
    rng = np.random.Generator(np.random.PCG64((stream.seed, stream.after)))
    found = passing(pool, known[np.isfinite(known)], stream.budget, stream.random_share, rng)
    values = known[np.isfinite(known)][found.indices].tolist()
    ids = scored[found.indices].tolist()
    items = [BatchItem(i, rank, slot, value) for rank, (i, slot, value) in enumerate(zip(ids, found.slots, values))]
    newest = max(stream.after, int(project.images.ids(usable=False).max(initial=0)))
    set_stream(project, after=newest, pending=tuple(waiting.tolist()))
    batch = None
    if items:
        settings: Settings = {
            "sampler": STREAM, "score": scoring.score, "aggregate": scoring.aggregate, "random": stream.random_share,
            "budget": stream.budget, "seed": stream.seed, "size": len(items), "notes": "",
        }  # fmt: skip
        batch = _put(project, model, settings, explained(project, model, items, scores, scoring.score))
    return Arrivals(len(scored), len(items), found.slots.count(Slot.RANDOM), len(waiting), batch)


def _put(project: Project, model: Model, settings: Settings, items: list[BatchItem]) -> Batch:
    # A batch tells one detector that scored all of it, which is what its random images are an estimate of.
    latest = project.batches.latest()
    same = latest is not None and latest.model_id == model.id
    if latest is not None and same and _to_do(project, np.array([i.image_id for i in latest.items], dtype=np.int64)):
        return project.batches.extend(latest.id, items)
    return project.batches.add(model.id, settings, items)


def _to_do(project: Project, image_ids: NDArray[np.int64]) -> bool:
    return bool(np.isin(image_ids, project.images.ids(state=ImageState.UNLABELED)).any())
