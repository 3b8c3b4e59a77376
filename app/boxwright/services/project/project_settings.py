"""Settings of a project: every key with its type, its default, its range, and who reads and writes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Generic, TypedDict, TypeVar, overload

from boxwright.domain.errors import SettingError
from boxwright.domain.messages import Message
from boxwright.domain.suppression import Suppression
from boxwright.sampling import default
from boxwright.sampling.draw_batch import Scoring
from boxwright.store.connection import Store
from boxwright.store.edit_log import LogSpan
from boxwright.store.settings import SettingRepository

T = TypeVar("T")


class WayOfWorking(StrEnum):
    """Way of working. `ONCE`: retrain once and let that detector help with the rest. `RANDOM`: retrain every round,
    batches drawn at random. `SAMPLED`: retrain every round, batches drawn by uncertainty but for their random share."""

    ONCE = "once"
    RANDOM = "random"
    SAMPLED = "sampled"


_SHARES = {
    "initial": Message("The schedule's initial must be over 0 % and at most 100 %."),
    "step": Message("The schedule's step must be over 0 % and at most 100 %."),
    "stop": Message("The schedule's stop must be over 0 % and at most 100 %."),
    "subset": Message("The schedule's subset must be over 0 % and at most 100 %."),
}


@dataclass(frozen=True)
class Schedule:
    """Schedule of a project.

    Shares, 0..1. Of all usable images: `initial` for the first batch, drawn at random, `step` for each later one,
    `stop` labelled in all. Of a sampled batch `random_share` is drawn at random and the rest by `sampler`, which ranks
    by `score`, `aggregate` and `rare_classes` as `sampling.draw_batch.Scoring` has them, and heeds `subset` where that
    is among its knobs.
    Raises SettingError on a share out of its range; an unknown name is told when a batch is drawn, for a sampler that
    was installed once may be gone.
    """

    way: WayOfWorking = WayOfWorking.SAMPLED
    initial: float = 0.02
    step: float = 0.10
    stop: float = 0.42
    random_share: float = default.RANDOM_SHARE
    subset: float = default.SUBSET
    sampler: str = default.SAMPLER
    score: str = default.SCORE
    aggregate: str = default.AGGREGATE
    rare_classes: bool = default.RARE_CLASSES

    def __post_init__(self) -> None:
        for name, wrong in _SHARES.items():
            if not 0 < getattr(self, name) <= 1:
                raise SettingError(wrong)
        if not 0 <= self.random_share <= 1:
            raise SettingError("The schedule's random share must be from 0 % to 100 % of a batch.")


@dataclass(frozen=True)
class Stream:
    """Setting of a stream.

    How arrivals are taken. budget: share of them to be labelled, over 0 to 1; random_share: part of these that is
    taken by chance alone, 0..1; seed: of all chance. after: the arrivals are the images with larger ids, and `pending`,
    which no detector had scored when they were looked for. Raises SettingError on a value out of its range.
    """

    budget: float = 0.1
    random_share: float = default.RANDOM_SHARE
    score: str = default.SCORE
    aggregate: str = default.AGGREGATE
    seed: int = 0
    after: int = 0
    pending: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.budget <= 1:
            raise SettingError("The budget must be over 0 % and at most 100 % of the images that arrive.")
        if not 0 <= self.random_share <= 1:
            raise SettingError("The random share must be from 0 % to 100 % of what is queued.")
        Scoring(self.score, self.aggregate)


class FrozenSplit(TypedDict, total=False):
    """Draw of the validation split: `share` 0..1, `seed` 0 to 2**63 - 1, images with ids up to `through` were there."""

    share: float
    seed: int
    through: int


class StoredSetting(Generic[T]):
    """Setting of a project by its key.

    One key: `default` where nothing is stored, else what `read` makes of the JSON value; it raises what it raises on
    a damaged one. `write` makes the JSON value. An attribute of `ProjectSettings`, to be read, set and deleted; what is
    not stored is deleted without an error.
    """

    def __init__(
        self, key: str, default: T, read: Callable[[Any], T], write: Callable[[T], Any] = lambda value: value
    ) -> None:
        self.key = key
        self._default, self._read, self._write = default, read, write

    @overload
    def __get__(self, settings: None, owner: type) -> StoredSetting[T]: ...

    @overload
    def __get__(self, settings: ProjectSettings, owner: type) -> T: ...

    def __get__(self, settings: ProjectSettings | None, owner: type) -> StoredSetting[T] | T:
        if settings is None:
            return self
        try:
            value = settings._stored[self.key]
        except KeyError:
            return self._default
        return self._read(value)

    def __set__(self, settings: ProjectSettings, value: T) -> None:
        settings._stored[self.key] = self._write(value)

    def __delete__(self, settings: ProjectSettings) -> None:
        settings._stored.pop(self.key, None)


def _as_stored(value: Any) -> Any:
    return value


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) else None


def _schedule(value: Any) -> Schedule:
    stored = dict(value)
    if stored and "sampler" not in stored:
        # Stored when there was no other rule than the published one.
        stored |= {"sampler": default.PUBLISHED, **asdict(Scoring())}
    return Schedule(**{**stored, "way": WayOfWorking(stored.get("way", WayOfWorking.SAMPLED))})


def _stream(value: Any) -> Stream | None:
    return None if value is None else Stream(**{**value, "pending": tuple(value["pending"])})


def _spans(value: Any) -> tuple[LogSpan, ...]:
    return tuple(LogSpan(*pair) for pair in value)


def _without_empty(spans: Sequence[LogSpan]) -> list[list[int]]:
    return [[span.first, span.last] for span in spans if span]


class ProjectSettings:
    """Settings that are stored with a project. A damaged value raises as it is read, but where another answer is told
    for it."""

    __slots__ = ("_stored",)

    def __init__(self, store: Store) -> None:
        self._stored = SettingRepository(store)

    schedule = StoredSetting("schedule", Schedule(), _schedule, asdict)
    """How the rounds go; `batches.schedule`."""
    schedule_set_after = StoredSetting[int]("schedule_set_after", 0, int)
    """Id of the newest batch when the schedule was last set, 0 for none: what was drawn later is a person's later word;
    `batches.schedule`."""
    schedule_seed = StoredSetting[int | None](
        "schedule_seed", None, lambda value: None if value is None else int(value)
    )
    """From which the scheduled batches are drawn, so that the same answers give the same batches; without it each draw
    has a seed of its own. `demo.project` writes it, `batches.schedule` reads it."""
    stream = StoredSetting[Stream | None]("stream", None, _stream, lambda value: value and asdict(value))
    """How images that arrive are taken, None where they are not; `batches.stream`."""
    suppression = StoredSetting("suppression", Suppression(), lambda value: Suppression(**value), asdict)
    """What non-maximum suppression compares; `prelabelling.plan`."""
    look_twice = StoredSetting("look_twice", False, bool)
    """Whether pre-labelling looks at the mirror image of each picture as well; `prelabelling.plan`."""
    feature_model = StoredSetting[int | None]("feature_model", None, _as_stored)
    """Id of the detector whose features images are compared by; `detectors.feature_model`."""
    models_without_features = StoredSetting[Sequence[int]]("models_without_features", (), _as_stored)
    """Ids of detectors that nobody asks for features again, ascending; `detectors.feature_model`."""
    validation = StoredSetting[FrozenSplit]("validation", {}, _as_stored)
    """How the validation split was drawn, empty before it was; `project.split`."""
    imports = StoredSetting[Sequence[Mapping[str, Any]]]("imports.done", (), _as_stored)
    """The imports that can be undone, oldest first, at most 50, as `importing.undo` notes and reads them."""
    cancelled_spans = StoredSetting[Sequence[LogSpan]]("imports.cancelled", (), _spans, _without_empty)
    """Spans of the edit log that cancel out; `importing.undo`, `project.class_removal`."""
    category_ids = StoredSetting[Mapping[str, int]]("formats.category_ids", {}, dict)
    """Project class id, as text -> the number that the class had in an imported dataset; `importing.labels` writes it,
    `exporting.source` reads it."""
    layout = StoredSetting[str | None]("layout", None, lambda value: value if isinstance(value, str) else None)
    """Base64 of where the window's panels are, None also for a damaged value; `ui.shell`."""
    retraining = StoredSetting[Mapping[str, Any]]("retrain", {}, lambda value: value if isinstance(value, dict) else {})
    """`trainer`, `effort`, `seconds`, `options` of the last retraining, empty for a damaged value; `ui.retraining`."""
    advice_dismissed = StoredSetting[int | None]("advice_dismissed", None, _whole)
    """Id of the latest batch when the advice was put away, None also for a damaged value; `ui.retraining`."""

    def prelabels_made_with(self, model_id: int) -> Mapping[str, Any] | None:
        """What the pre-labels of a detector were made with, None before any was or for a damaged value;
        `prelabelling.plan`."""
        stored: object = self._stored.get(_made_with(model_id))
        return stored if isinstance(stored, dict) else None

    def set_prelabels_made_with(self, model_id: int, how: Mapping[str, Any] | None) -> None:
        """None forgets it."""
        if how is None:
            self._stored.pop(_made_with(model_id), None)
        else:
            self._stored[_made_with(model_id)] = how

    def check_json(self) -> None:
        """Raises where a stored value is no JSON."""
        dict(self._stored)


def _made_with(model_id: int) -> str:
    return f"prelabels_of_model_{model_id}"
