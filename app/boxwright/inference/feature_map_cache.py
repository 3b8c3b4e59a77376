"""Cache of the feature maps found in detector files: finding them takes a run of all the file's nodes."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable

from boxwright.config import paths
from boxwright.config.atomic import atomic_write
from boxwright.domain.card import InputSpec

Taps = tuple[tuple[str, ...], ...]

# Of how maps are looked for; changes when the same file would give others.
_SEARCH = 1
_log = logging.getLogger(__name__)


def remembered(model: bytes, spec: InputSpec, search: Callable[[], Taps | None]) -> Taps | None:
    """What `search` finds in the file `model` at the input size of `spec`, from the last time where there was one. A
    memory that cannot be read or written is done without."""
    told = hashlib.sha256(model)
    told.update(f"{_SEARCH} {spec.width} {spec.height}".encode())
    file = paths.cache_dir() / "taps" / f"{told.hexdigest()}.json"
    try:
        known = json.loads(file.read_bytes())
        return None if known is None else tuple(tuple(str(name) for name in level) for level in known)
    except (OSError, ValueError, TypeError):
        found = search()
    try:
        atomic_write(file, json.dumps(found).encode())
    except OSError as error:
        _log.info("The maps of a detector are not remembered: %s", error)
    return found
