"""Cards on disk: `NAME.card.json` beside `NAME.onnx`, whole or only the points that a person had to say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from boxwright.config.atomic import atomic_write
from boxwright.domain.card import METADATA_KEY, DetectorCard
from boxwright.domain.errors import ModelError
from boxwright.domain.prediction import ProbKind
from boxwright.inference.card_checks import CardFields, check_fields


def card_path(onnx_path: Path) -> Path:
    return onnx_path.with_name(f"{onnx_path.stem}.card.json")


def load_fields(onnx_path: Path) -> dict[str, Any]:
    """What the card beside `onnx_path` says; empty without one. Raises ModelError for a card that cannot be read."""
    path = card_path(onnx_path)
    if not path.is_file():
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except RecursionError as error:
        raise ModelError("The card {0} holds lists in lists without end; mend or remove it.", path.name) from error
    except (OSError, ValueError) as error:
        raise ModelError("The card {0} is not readable JSON ({1}); mend or remove it.", path.name, error) from error
    if not isinstance(data, dict):
        raise ModelError('The card {0} must be a JSON object such as {{"classes": ["cat", "dog"]}}.', path.name)
    check_fields(data, path.name)
    return data


def load_card(onnx_path: Path) -> DetectorCard | None:
    """The card beside `onnx_path`, None without one. Raises ModelError for one that is not whole."""
    data = load_fields(onnx_path)
    if not data:
        return None
    try:
        return DetectorCard.from_json(data)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            "The card {0} is not whole: {1} is missing or wrong.", card_path(onnx_path).name, error
        ) from error


def carried_fields(raw: Mapping[str, str], file: str) -> dict[str, Any]:
    """The card that a detector of ours carries in its metadata; empty for others, and for one that is no card: what the
    file shows of itself then serves."""
    try:
        data = json.loads(raw.get(METADATA_KEY, "{}"))
        check_fields(data, file)
    except (ValueError, TypeError, AttributeError, RecursionError, ModelError):
        return {}
    return dict(data)


def save_card(onnx_path: Path, card: DetectorCard) -> Path:
    """Write the card beside `onnx_path` and return where."""
    path = card_path(onnx_path)
    atomic_write(path, (json.dumps(card.to_json(), indent=2, ensure_ascii=False) + "\n").encode())
    return path


def overlaid(card: DetectorCard, data: CardFields) -> DetectorCard:
    """`card` with the points of `data` on top; `data` has passed `check_fields`."""
    spec = dict(data.get("input", {}))
    for key in ("mean", "std"):
        if key in spec:
            spec[key] = tuple(float(v) for v in spec[key])
    return DetectorCard(
        layout=str(data.get("layout", card.layout)),
        kind=ProbKind(data.get("kind", card.kind)),
        classes=tuple(str(c) for c in data["classes"]) if data.get("classes") else card.classes,
        input=replace(card.input, **spec),
        options={**card.options, **data.get("options", {})},
        notes={**card.notes, **{str(k): str(v) for k, v in data.get("notes", {}).items()}},
    )


def merged(first: CardFields, second: CardFields) -> dict[str, Any]:
    """`first` with `second` on top, `input`, `options` and `notes` key by key."""
    result = {**first, **second}
    for key in ("input", "options", "notes"):
        if key in first and key in second:
            result[key] = {**first[key], **second[key]}
    return result
