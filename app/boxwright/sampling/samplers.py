"""Registry of samplers: built in, and added by packages through the entry-point group `boxwright.samplers`."""

from __future__ import annotations

from collections.abc import Mapping

from boxwright.config.plugins import Plugins
from boxwright.domain.errors import SettingError
from boxwright.sampling import default
from boxwright.sampling.protocol import Sampler

BUILT_IN = {
    default.PUBLISHED: "boxwright.sampling.builtin:PublishedSampler",
    "uncertainty": "boxwright.sampling.builtin:UncertaintySampler",
    "subset-uncertainty": "boxwright.sampling.builtin:SubsetSampler",
    default.RANDOM: "boxwright.sampling.builtin:RandomSampler",
    default.SAMPLER: "boxwright.sampling.diverse:DiverseSampler",
    "hybrid": "boxwright.sampling.diverse:HybridSampler",
    "typiclust": "boxwright.sampling.diverse:TypicalSampler",
}
SAMPLERS: Plugins[Sampler] = Plugins("sampler", "boxwright.samplers", Sampler, BUILT_IN)


def samplers() -> Mapping[str, Sampler]:
    """All samplers by name, the built-in ones first."""
    return SAMPLERS.all()


def by_name(name: str) -> Sampler:
    """Raises `SettingError` on an unknown name."""
    found = SAMPLERS.get(name)
    if found is None:
        raise SettingError("There is no sampler '{0}'; choose one of {1}.", name, ", ".join(samplers()))
    return found
