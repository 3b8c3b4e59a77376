"""What a sampler is, and the registry of those that are there: the built-in ones and plug-ins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Slot
from boxwright.domain.errors import SettingError

ENTRY_POINTS = "boxwright.samplers"
DEFAULT_SAMPLER = "uncertainty-random"


@dataclass(frozen=True)
class Selection:
    """indices: (K,) int64 into the candidates, in the order to be labelled. slots: why, one for each. notes: one
    sentence for each thing that came out differently from what was asked."""

    indices: NDArray[np.int64]
    slots: tuple[Slot, ...]
    notes: tuple[str, ...] = ()


class Sampler(Protocol):
    """`name` is what a person types; `summary` one line of what it does; `needs_scores`: without any it cannot work."""

    name: str
    summary: str
    needs_scores: bool

    def select(
        self,
        candidates: NDArray[np.int64],
        image_scores: NDArray[np.float64],
        size: int,
        rng: np.random.Generator,
        subset: float,
        random_share: float,
    ) -> Selection:
        """Choose up to `size` of the (N,) ascending image ids `candidates`, each at most once; fewer only when there
        are fewer. `image_scores`: (N,), larger = more uncertain, NaN where the image has no score. All randomness
        comes from `rng`. `subset` (0..1]: the share of the scored candidates to search. `random_share` 0..1."""
        ...


def samplers() -> Mapping[str, Sampler]:
    """All samplers by name, built-in ones first. A plug-in cannot take a built-in name; one that fails to load is
    left out, and `broken_plugins` says why."""
    return _loaded()[0]


def broken_plugins() -> tuple[str, ...]:
    """One sentence for each plug-in that could not be used."""
    return _loaded()[1]


def by_name(name: str) -> Sampler:
    """Raises `SettingError` on an unknown name."""
    try:
        return samplers()[name]
    except KeyError:
        known = ", ".join(samplers())
        raise SettingError(f"There is no sampler '{name}'; choose one of {known}.") from None


@cache
def _loaded() -> tuple[Mapping[str, Sampler], tuple[str, ...]]:
    from boxwright.sampling.builtin import BUILT_IN

    found: dict[str, Sampler] = {sampler.name: sampler for sampler in BUILT_IN}
    broken: list[str] = []
    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda e: e.name):
        if entry.value.startswith("boxwright."):
            continue
        if entry.name in found:
            broken.append(f"The sampler plug-in '{entry.name}' ({entry.value}) is left out: the name is taken.")
            continue
        try:
            found[entry.name] = entry.load()()
        except Exception as error:  # a stranger's code may fail in any way and must not take the rest with it
            broken.append(f"The sampler plug-in '{entry.name}' ({entry.value}) could not be loaded: {error}")
    return found, tuple(broken)
