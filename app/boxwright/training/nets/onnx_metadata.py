"""Metadata of a detector file of ours, beside its graph."""

from __future__ import annotations

import json

from boxwright.domain.card import METADATA_KEY, DetectorCard
from boxwright.training.nets.head import STRIDES


def metadata(card: DetectorCard, trainer: str) -> dict[str, str]:
    """Under the keys that other programs read as well, and the whole card under our own."""
    return {
        "names": json.dumps(dict(enumerate(card.classes)), ensure_ascii=False),
        "task": "detect",
        "stride": str(STRIDES[-1]),
        "imgsz": json.dumps([card.input.height, card.input.width]),
        "producer": f"boxwright {trainer}",
        METADATA_KEY: json.dumps(card.to_json(), ensure_ascii=False),
    }
