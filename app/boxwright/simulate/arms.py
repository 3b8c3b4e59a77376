"""Arms of an experiment: samplers with their settings, written `NAME:key=value,key=value`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from boxwright.domain.errors import SettingError
from boxwright.domain.scores import FLIP
from boxwright.sampling import default
from boxwright.sampling.draw_batch import Scoring
from boxwright.sampling.samplers import by_name
from boxwright.services.project.project_settings import Schedule, WayOfWorking

# The arm that the others are compared with, and the name under which repeats of one training are kept.
RANDOM, NOISE = default.RANDOM, "noise"
_KEYS = ("score", "aggregate", "rare", "subset", "random")


# As published, so that the name of an arm in a kept experiment means the same for good; see also `current_name`.
_USUAL = Scoring()


@dataclass(frozen=True)
class Arm:
    """Arm of an experiment. `subset`, `random_share`: as in the parameters of a sampler, the random part by the
    default where none is told. Raises `SettingError` on a value that the samplers do not know."""

    sampler: str
    scoring: Scoring = _USUAL
    subset: float = default.SUBSET
    random_share: float = default.RANDOM_SHARE

    def __post_init__(self) -> None:
        by_name(self.sampler)
        if self.scoring.score == FLIP:
            raise SettingError(
                "The score '{0}' needs a second look at every image in every round, which an experiment does not "
                "take; compare the other scores.",
                FLIP,
            )
        if not 0 < self.subset <= 1:
            raise SettingError("The subset of the arm '{0}' must be over 0 % and at most 100 %.", self.name)
        if not 0 <= self.random_share <= 1:
            raise SettingError("The random share of the arm '{0}' must be from 0 % to 100 %.", self.name)

    @property
    def name(self) -> str:
        """As it can be typed, with those settings alone that are not the usual ones: equal arms have equal names."""
        usual = Arm.__dataclass_fields__
        told = {
            "score": self.scoring.score if self.scoring.score != _USUAL.score else "",
            "aggregate": self.scoring.aggregate if self.scoring.aggregate != _USUAL.aggregate else "",
            "rare": "yes" if self.scoring.rare_classes else "",
            "subset": _percent(self.subset) if self.subset != usual["subset"].default else "",
            "random": _percent(self.random_share) if self.random_share != usual["random_share"].default else "",
        }
        settings = ",".join(f"{key}={value}" for key, value in told.items() if value)
        return f"{self.sampler}:{settings}" if settings else self.sampler


def parse_arms(text: str) -> tuple[Arm, ...]:
    """The arms of a list such as `random,uncertainty:score=margin,aggregate=mean,subset-uncertainty`: what has a `=`
    and no `:` belongs to the arm before it. Each once; `random` is always the first. Raises `SettingError`."""
    specs: list[str] = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        if "=" in part and ":" not in part:
            if not specs:
                raise SettingError("'{0}' belongs to no sampler; write NAME:{0}.", part)
            specs[-1] += f"{',' if ':' in specs[-1] else ':'}{part}"
        else:
            specs.append(part)
    arms = [Arm(RANDOM), *(_parsed(spec) for spec in specs)]
    return tuple({arm.name: arm for arm in arms}.values())


# What an experiment says of itself so that its arms' names are read as they are written now.
NAMES = ("random part", f"{default.RANDOM_SHARE:.0%} unless named")
# Before, these had no random part, whatever was named, and the last was another sampler with it.
_WITHOUT_RANDOM = ("uncertainty", "subset-uncertainty", "uncertainty-diversity", "typiclust")
_HYBRID = "hybrid"


def current_name(name: str) -> str:
    """What an arm is called now that was called `name` before every rule had a random part."""
    sampler = name.partition(":")[0]
    if sampler == _HYBRID:
        return f"uncertainty-diversity{name.removeprefix(_HYBRID)}"
    return replace(_parsed(name), random_share=0.0).name if sampler in _WITHOUT_RANDOM else name


def arm_of(schedule: Schedule) -> Arm:
    """The rule by which a project draws its batches. Raises `SettingError` when its sampler is not installed."""
    if schedule.way is not WayOfWorking.SAMPLED:
        return Arm(RANDOM)
    scoring = Scoring(schedule.score, schedule.aggregate, schedule.rare_classes)
    return Arm(schedule.sampler, scoring, schedule.subset, schedule.random_share)


USUAL_ARMS = f"{RANDOM},{default.PUBLISHED},{arm_of(Schedule()).name}"
"""What competes where nobody says."""


def scheduled(schedule: Schedule, arm: Arm) -> Schedule:
    """`schedule` with `arm` as the rule from now on."""
    if arm.sampler == RANDOM:
        return replace(schedule, way=WayOfWorking.RANDOM)
    return replace(
        schedule,
        way=WayOfWorking.SAMPLED,
        sampler=arm.sampler,
        score=arm.scoring.score,
        aggregate=arm.scoring.aggregate,
        rare_classes=arm.scoring.rare_classes,
        subset=arm.subset,
        random_share=arm.random_share,
    )


def _parsed(spec: str) -> Arm:
    name, _, rest = spec.partition(":")
    given: dict[str, str] = {}
    for setting in filter(None, rest.split(",")):
        key, sign, value = (part.strip() for part in setting.partition("="))
        if not sign or key not in _KEYS:
            raise SettingError(
                "'{0}' in '{1}' is none of the settings {2}, such as score=margin.", setting, spec, ", ".join(_KEYS)
            )
        given[key] = value
    return _made(name, given, spec)


def _made(name: str, given: Mapping[str, str], spec: str) -> Arm:
    if given.get("rare", "no") not in ("yes", "no"):
        raise SettingError("'rare' in '{0}' is yes or no.", spec)
    score, aggregate = given.get("score", _USUAL.score), given.get("aggregate", _USUAL.aggregate)
    arm = Arm(name, Scoring(score, aggregate, given.get("rare") == "yes"))
    if "subset" in given:
        arm = replace(arm, subset=_share(given["subset"], spec))
    if "random" in given:
        arm = replace(arm, random_share=_share(given["random"], spec))
    return arm


def _share(text: str, spec: str) -> float:
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise SettingError("'{0}' in '{1}' is no share; write 30% or 0.3.", text, spec)
    return value


def _percent(share: float) -> str:
    return f"{round(100 * share, 4):g}%"
