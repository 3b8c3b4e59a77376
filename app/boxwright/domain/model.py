"""Models: the detectors that belong to a project."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from boxwright.domain.card import DetectorCard


@dataclass(frozen=True)
class Model:
    """Detector of a project.

    `file` is relative to the project folder. `class_map`: index into the model's classes -> project class id;
    an index that is missing is dropped, visibly. `metrics`, measured on the validation split: `AP`, `AP50` (0..1),
    `images`, `fixes_per_image`, and `per_class`: name -> AP, AP50, boxes. Empty before the first
    measurement. `added` is UTC, ISO 8601.
    """

    id: int
    name: str
    file: str
    sha256: str
    card: DetectorCard
    class_map: Mapping[int, int]
    active: bool
    added: str
    metrics: Mapping[str, Any] = field(default_factory=dict)
