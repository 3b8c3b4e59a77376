"""The verbs `obtain` and `try`: a detector of the catalogue is brought here, and tried where it can do no harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from boxwright.domain.progress import never
from boxwright.worker.inspect_verb import limited
from boxwright.worker.verbs import Emit, progress_to


def obtain(arguments: Mapping[str, Any], emit: Emit) -> dict[str, Any]:
    """`arguments`: entry, into (a folder), source_folder ("" for the network). Returns what
    `services.detectors.obtain.Obtained` holds."""
    from boxwright.services.detectors.catalogue_entry import CatalogueEntry
    from boxwright.services.detectors.obtain import obtain as bring

    entry = CatalogueEntry.from_json(arguments["entry"])
    source = Path(arguments["source_folder"]) if arguments["source_folder"] else None
    found = bring(entry, Path(arguments["into"]), progress_to(emit), never, source)
    return {**asdict(found), "file": str(found.file)}


def try_out(arguments: Mapping[str, Any], _emit: object) -> dict[str, Any]:
    """`arguments`: file, said (points of a card). Returns what `services.detectors.trial.Trial` holds."""
    from boxwright.services.detectors.trial import try_out as run

    return asdict(run(limited(arguments), arguments["said"]))
