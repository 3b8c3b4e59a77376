"""Wire format of a retraining's events and findings on their way from the child to the parent, as JSON."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from boxwright.domain.card import DetectorCard
from boxwright.domain.progress import Progress
from boxwright.services.retraining.result import Figures, RetrainEvent, Stage
from boxwright.training.line_throttle import LineThrottle
from boxwright.training.protocol import Epoch, LogLine

LINE_LENGTH = 2_000
PROGRESS_SECONDS = 0.1


@dataclass(frozen=True)
class TrainedCandidate:
    """Candidate that the child hands over, loaded and measured.

    What the child hands over with a candidate that loads and was measured. `class_ids`: project class of each of its
    classes. `measured_id`: the detector that was active then and that `before` is of. Others as in `RetrainResult`.
    """

    file: str
    card: DetectorCard
    class_ids: tuple[int, ...]
    measured_id: int | None
    before: Figures | None
    after: Figures | None
    stages: Mapping[str, float]
    history: tuple[Epoch, ...]
    images: int
    boxes: int
    note: str = ""
    useless: str = ""

    def to_json(self) -> dict[str, Any]:
        """JSON types; `from_json` reads it back."""
        return {
            **asdict(replace(self, before=None, after=None)),
            "card": self.card.to_json(),
            "before": self.before and self.before.to_json(),
            "after": self.after and self.after.to_json(),
        }

    @staticmethod
    def from_json(data: Mapping[str, Any]) -> TrainedCandidate:
        return TrainedCandidate(
            file=str(data["file"]),
            card=DetectorCard.from_json(data["card"]),
            class_ids=tuple(data["class_ids"]),
            measured_id=data["measured_id"],
            before=Figures.from_json(data["before"]) if data["before"] else None,
            after=Figures.from_json(data["after"]) if data["after"] else None,
            stages=dict(data["stages"]),
            history=tuple(Epoch(**epoch) for epoch in data["history"]),
            images=int(data["images"]),
            boxes=int(data["boxes"]),
            note=str(data["note"]),
            useless=str(data["useless"]),
        )


def to_event(told: RetrainEvent) -> dict[str, Any]:
    """The line for `told`, as `boxwright.services.child` lists it."""
    if isinstance(told, Progress):
        return {"event": "progress", **asdict(told)}
    if isinstance(told, Epoch):
        return {"event": "epoch", **asdict(plain(told))}
    if isinstance(told, LogLine):
        return {"event": "line", "text": told.text[:LINE_LENGTH]}
    return {"event": "stage", "text": told.text}


def from_event(event: Mapping[str, Any]) -> RetrainEvent | None:
    """What `to_event` wrote; None for an event of another kind."""
    fields = {key: value for key, value in event.items() if key != "event"}
    kinds: dict[str, Callable[..., RetrainEvent]] = {
        "progress": Progress, "epoch": Epoch, "line": LogLine, "stage": Stage,
    }  # fmt: skip
    kind = kinds.get(str(event["event"]))
    return kind(**fields) if kind else None


def plain(epoch: Epoch) -> Epoch:
    """With Python's own numbers, whatever a trainer counted with."""
    ap50 = None if epoch.ap50 is None else float(epoch.ap50)
    return Epoch(
        int(epoch.number),
        float(epoch.loss),
        float(epoch.class_loss),
        float(epoch.box_loss),
        float(epoch.seconds),
        ap50,
    )


class EventThrottle:
    """Throttle of what a trainer tells: holds back what nobody could read, lines as `LineThrottle`, and
    progress that follows the last within `PROGRESS_SECONDS`."""

    def __init__(self, tell: Callable[[RetrainEvent], None]) -> None:
        self._tell = tell
        self._lines = LineThrottle(tell)
        self._progress_at = 0.0

    def __call__(self, told: RetrainEvent) -> None:
        if isinstance(told, LogLine):
            self._lines(told)
        elif isinstance(told, Progress):
            now = time.monotonic()
            if told.done >= told.total or now - self._progress_at >= PROGRESS_SECONDS:
                self._progress_at = now
                self._tell(told)
        else:
            self._tell(told)
