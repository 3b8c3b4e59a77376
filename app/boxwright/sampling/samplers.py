"""What a sampler is, and the registry of those that are there: the built-in ones and plug-ins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.batch import Slot
from boxwright.domain.errors import SettingError
from boxwright.sampling.view import Knobs, PoolView

ENTRY_POINTS = "boxwright.samplers"


@dataclass(frozen=True)
class Selection:
    """indices: (K,) int64 into the candidates, in the order to be labelled. slots: why, one for each. notes: one
    sentence for each thing that came out differently from what was asked."""

    indices: NDArray[np.int64]
    slots: tuple[Slot, ...]
    notes: tuple[str, ...] = ()


class Sampler(Protocol):
    """`name` is what a person types; `summary` one line of what it does. `needs_scores`: without any it cannot work,
    and a batch is drawn at random instead. `needs_features`: it looks at them where the pool has some, and says in a
    note what it does where there are none. `knobs`: which of "subset" and "random_share" change what it does; one that
    does not name the random share is asked for the rest of the batch only, and the random part is drawn beside it."""

    name: str
    summary: str
    needs_scores: bool
    needs_features: bool
    knobs: tuple[str, ...]

    def select(self, pool: PoolView, knobs: Knobs, rng: np.random.Generator) -> Selection:
        """Choose `knobs.size` of the pool's images, each at most once; fewer only when there are fewer. All randomness
        comes from `rng`."""
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
            found[entry.name] = _whole(entry.load()())
        except Exception as error:  # a stranger's code may fail in any way and must not take the rest with it
            broken.append(f"The sampler plug-in '{entry.name}' ({entry.value}) could not be loaded: {error}")
    return found, tuple(broken)


def _whole(sampler: Any) -> Sampler:
    """Raises `SettingError` for what is no sampler, or one that was written for an older version."""
    missing = [name for name in ("name", "summary", "needs_scores", "needs_features", "knobs", "select")
               if not hasattr(sampler, name)]  # fmt: skip
    if missing:
        raise SettingError(f"it has no '{missing[0]}', which a sampler of this version has.")
    return sampler  # type: ignore[no-any-return]
