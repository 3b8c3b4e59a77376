"""Metadata of an ONNX file, key by key as exporters write it."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Metadata:
    """Metadata that matters here, read from what exporters wrote.

    `names` in label order; `first_label` is the label number of the first name. `image_size` is (width, height)
    pixels. `raw` is everything as text.
    """

    raw: Mapping[str, str]
    names: tuple[str, ...] = ()
    first_label: int = 0
    image_size: tuple[int, int] | None = None
    task: str = ""
    end_to_end: bool = False

    @property
    def exporter_conventions(self) -> bool:
        """True for the metadata that YOLO exporters write; they share one way to prepare a picture."""
        return bool(self.names) and ("stride" in self.raw or "imgsz" in self.raw)


def parse_metadata(raw: Mapping[str, str]) -> Metadata:
    """Unreadable entries are treated as absent: metadata is data, never code."""
    names, first = _names(raw)
    return Metadata(
        raw=dict(raw),
        names=names,
        first_label=first,
        image_size=_image_size(raw.get("imgsz", "")),
        task=raw.get("task", "").strip().lower(),
        end_to_end=raw.get("end2end", "").strip().lower() == "true",
    )


def _literal(text: str) -> Any:
    """A Python or JSON literal, None when it is neither."""
    for parse in (json.loads, ast.literal_eval):
        try:
            return parse(text)
        except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
            continue
    return None


def _names(raw: Mapping[str, str]) -> tuple[tuple[str, ...], int]:
    for key in ("names", "classes", "class_names", "labels"):
        text = raw.get(key, "").strip()
        if not text:
            continue
        value = _literal(text)
        if isinstance(value, dict):
            return _numbered(value)
        if isinstance(value, list | tuple) and value:
            return tuple(str(v) for v in value), 0
        if value is None and not text.startswith(("{", "[", "(")):
            parts = text.splitlines() if "\n" in text else text.split(",")
            return tuple(p.strip() for p in parts if p.strip()), 0
    return (), 0


def _numbered(value: Mapping[Any, Any]) -> tuple[tuple[str, ...], int]:
    """Names from `{0: "a", 1: "b"}` (or `{"a": 0}`), gaps filled so that a label still finds its name."""
    try:
        by_number = {int(k): str(v) for k, v in value.items()}
    except (TypeError, ValueError):
        try:
            by_number = {int(v): str(k) for k, v in value.items()}
        except (TypeError, ValueError):
            return (), 0
    if not by_number or min(by_number) < 0 or max(by_number) > 100_000:
        return (), 0
    first = min(by_number)
    return tuple(by_number.get(i, f"class {i}") for i in range(first, max(by_number) + 1)), first


def _image_size(text: str) -> tuple[int, int] | None:
    """`[height, width]` or one number, as (width, height)."""
    value = _literal(text) if text else None
    if isinstance(value, int) and value > 0:
        return value, value
    if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(v, int) and v > 0 for v in value):
        return value[1], value[0]
    return None
