"""Probe of training: torch, the trainers with what hinders them, and additions of other packages."""

from __future__ import annotations

from boxwright.config.packages import command_line
from boxwright.config.plugins import Plugins
from boxwright.services.doctor.check import Check, State

SECTION = "Training"


def torch(_project: str) -> list[Check]:
    from boxwright.training.checks import PARTS, not_installed

    missing = not_installed(PARTS)
    if missing:
        says = f"Not installed: {', '.join(missing)}. Labelling needs neither; training needs both."
        return [Check(SECTION, "torch", State.WARNING, says, f"Type: {command_line('trainers', '--install')}")]
    from boxwright.training.torch_facts import torch_facts

    facts = torch_facts()
    if facts.cuda_runs:
        return [Check(SECTION, "torch", State.OK, f"{facts.version} trains on the GPU.")]
    built = f"built for CUDA {facts.cuda}, which does not run here" if facts.cuda else "built for the processor"
    return [Check(SECTION, "torch", State.OK, f"{facts.version}, {built}: it trains on the processor.")]


def trainers(_project: str) -> list[Check]:
    from boxwright.training import registry

    found = registry.trainers()
    own = {name: found[name] for name in registry.BUILT_IN if name in found}
    checks = []
    for name, trainer in own.items():
        obstacle = trainer.obstacle()
        if obstacle is None:
            checks.append(Check(SECTION, f"Trainer {name}", State.OK, trainer.summary))
        elif name == "ultralytics":
            says = "Not installed, and needed only for who has checkpoints of it."
            checks.append(Check(SECTION, f"Trainer {name}", State.OK, says, names=(obstacle,)))
        else:
            says = "It cannot run here: a package is missing."
            checks.append(Check(SECTION, f"Trainer {name}", State.WARNING, says, names=(obstacle,)))
    return [*checks, _additions()]


def _additions() -> Check:
    """Additions of all four kinds."""
    from boxwright.formats.registry import FORMATS
    from boxwright.inference.registry import DECODERS
    from boxwright.sampling.samplers import SAMPLERS
    from boxwright.training.registry import TRAINERS

    every: tuple[Plugins[object], ...] = (FORMATS, DECODERS, SAMPLERS, TRAINERS)  # type: ignore[assignment]
    added = [f"{p.kind} {name}" for p in every for name in p.all() if name not in p.built_in]
    broken = [sentence for p in every for sentence in p.broken]
    says = f"{len(added)} from other packages." if added else "None from other packages."
    if broken:
        todo = "Update or uninstall the package that brings it."
        said = f"{says} {len(broken)} could not be loaded and are left out."
        return Check(SECTION, "Plug-ins", State.WARNING, said, todo, names=(*added, *broken))
    return Check(SECTION, "Plug-ins", State.OK, says, names=tuple(added))
