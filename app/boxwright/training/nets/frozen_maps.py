"""Feature maps of a frozen base in half precision: one picture, and many of them on threads for a file to keep them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from boxwright.config.in_order import map_in_order
from boxwright.config.onnx_runtime import Session
from boxwright.domain.errors import TrainingError
from boxwright.domain.messages import Message, reason_of
from boxwright.domain.progress import Progress, ShouldStop, check
from boxwright.training.nets.base_graph import FEATURES, BaseGraph
from boxwright.training.nets.onnx_run import run
from boxwright.training.protocol import Feed, TrainReport

Job = TypeVar("Job")
Found = TypeVar("Found")


def half_maps(session: Session, base: BaseGraph, feed: Feed, picture: NDArray[np.uint8]) -> list[NDArray[np.float16]]:
    """The maps of one (H,W,3) BGR picture of the base's input size, stride by stride, each (C,h,w)."""
    found = run(session, {base.image: feed(picture, base.spec)[None]})
    # Half precision ends at 65504; a base that goes beyond it is not usable in it.
    return [np.clip(found[name][0], -6e4, 6e4).astype(np.float16) for name in FEATURES]


def look_at_all(
    look: Callable[[Job], Found], jobs: Sequence[Job], threads: int, report: TrainReport, should_stop: ShouldStop
) -> Iterator[tuple[Job, Found]]:
    """Each job with what `look` made of it on one of `threads` threads, in their order and little ahead of who takes
    them. Raises `Cancelled`, and whatever `look` raises."""
    began = monotonic()
    for done, (job, found) in enumerate(map_in_order(look, jobs, threads, "features"), 1):
        check(should_stop)
        yield job, found
        rate = done / max(1e-9, monotonic() - began)
        report(Progress(done, len(jobs), Message("looking at the images"), rate))


@contextmanager
def kept_in(folder: Path) -> Iterator[None]:
    """Makes `folder`. An OSError of the body becomes a `TrainingError` that the features cannot be stored there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise TrainingError(
            "The features for training could not be stored in {0}: {1}; "
            "see that there is room and that you may write there, then start again.",
            folder.parent,
            reason_of(error),
        ) from error
